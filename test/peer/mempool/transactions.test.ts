import { expect } from 'chai';
import { DEFAULT_POLICY } from '../../../peer/mempool/transactions.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { MonoMs, Now } from '../../../shared/units.js';
import {
  ALLOCATION,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  type MadeBlock,
} from '../../support/blocks.js';
import { accept, memoryStore } from '../../support/chains.js';
import { MempoolScene, SCENE_NOW } from '../../support/mempoolScene.js';
import { childOf, payGenesis } from '../../support/mempools.js';

const network = makeNetwork();
const genesis = genesisOf(network);

type Tx = DecodedTransaction;
type Made = MadeBlock;

describe('mempool/transactions', () => {
  it('lets go of what a block holds, and remembers it for a while', () => {
    const scene = new MempoolScene(network);
    const [one, two] = [payGenesis(network, 0), payGenesis(network, 1)];
    scene.put(one, two).give(nextBlock(network, genesis, { transactions: [one] }));
    expect([scene.waits(one), scene.waits(two)]).to.deep.equal([false, true]);
    expect(scene.transactions.has(one.wtxid)).to.equal(true);
    expect(scene.transactions.has(payGenesis(network, 2).wtxid)).to.equal(false);
  });

  it('takes back what a reorganisation left, in order, once the new tip is there', () => {
    const scene = new MempoolScene(network);
    const parent = payGenesis(network, 0);
    const child = childOf(network, parent);
    const waiting = childOf(network, child);
    const first = nextBlock(network, genesis, { transactions: [parent] });
    scene.give(first, nextBlock(network, first, { transactions: [child] })).put(waiting);
    scene.give(...nextBlocks(network, genesis, 3, { extraNonce: 1 }));
    expect([parent, child, waiting].map((tx) => scene.waits(tx))).to.deep.equal([true, true, true]);
    expect(scene.transactions.mempool.get(waiting.txid)?.ancestors.count).to.equal(3);
  });

  it('lets go of what the new branch holds or spends', () => {
    const scene = new MempoolScene(network);
    const [both, lost, other] = [
      payGenesis(network, 0),
      payGenesis(network, 1),
      payGenesis(network, 1, 2_000),
    ];
    scene.give(nextBlock(network, genesis, { transactions: [both, lost] }));
    const side = nextBlock(network, genesis, { transactions: [both, other], extraNonce: 1 });
    scene.give(side, nextBlock(network, side));
    expect(scene.transactions.mempool.count).to.equal(0);
  });

  it('follows one reorganisation before the next begins', () => {
    const scene = new MempoolScene(network);
    const tx = payGenesis(network, 0);
    const a = nextBlock(network, genesis, { transactions: [tx] });
    const [b, c] = [2, 14].map((count) =>
      nextBlocks(network, genesis, count, { extraNonce: count }),
    );
    scene.give(a);
    for (const { bytes } of b ?? []) accept(scene.chain, scene.store, bytes);
    scene.step(1);
    expect(scene.chain.isMoving).to.equal(true);
    for (const { bytes } of c ?? []) accept(scene.chain, scene.store, bytes);
    // To the end of the first one: the second could begin in the same step.
    while (scene.chain.tip.height === 1) scene.step();
    const killed = new MempoolScene(network, scene.store).rest();
    expect([killed.chain.tip.height, killed.waits(tx)]).to.deep.equal([14, true]);
  });

  it('checks all that waits where too many blocks came at once, each by itself', () => {
    const scene = new MempoolScene(network);
    const [held, lost, free] = [0, 1, 2].map((i) => payGenesis(network, i)) as [Tx, Tx, Tx];
    const child = childOf(network, held);
    scene.give(...nextBlocks(network, genesis, 105)).put(held, lost, free, child);
    const other = payGenesis(network, 1, 2_000);
    const side = nextBlock(network, genesis, { transactions: [held, other], extraNonce: 1 });
    scene.give(side, ...nextBlocks(network, side, 120));
    expect(scene.chain.tip.height).to.equal(121);
    const waits = [held, lost, free, child].map((tx) => scene.waits(tx));
    expect(waits).to.deep.equal([false, false, true, true]);
    const fates = [held, lost].map(({ txid }) => scene.transactions.departures.of(txid));
    expect(fates).to.deep.equal([
      { type: 'gone', departure: 'confirmed' },
      { type: 'gone', departure: 'wrong' },
    ]);
  });

  it('takes back what a block held in the step that leaves it, also with a large block', () => {
    const allocations = Array.from({ length: 50 }, (_, i) => pay(owner(i), ALLOCATION));
    const rich = makeNetwork({ allocations });
    const scene = new MempoolScene(rich);
    const [lost, ...many] = allocations.map((_, i) => payGenesis(rich, i)) as [Tx, ...Tx[]];
    const ours = nextBlock(rich, genesisOf(rich), { transactions: [lost] });
    scene.put(...many).give(ours);
    const [first, second] = nextBlocks(rich, genesisOf(rich), 2, { extraNonce: 1 }) as [Made, Made];
    const third = nextBlock(rich, second, { transactions: many });
    const header = first.bytes.subarray(0, 80);
    scene.store.atomically(() => scene.chain.acceptHeader(header, SCENE_NOW.unix));
    for (const { bytes } of [second, third, first]) accept(scene.chain, scene.store, bytes);
    while (scene.chain.tip.height < 2) scene.step();
    const killed = new MempoolScene(rich, scene.store).rest();
    expect([killed.chain.tip.height, killed.waits(lost)]).to.deep.equal([3, true]);
  });

  it('keeps a child that was stored before its parent, whenever the next stop is', () => {
    const store = memoryStore(network);
    const parent = payGenesis(network, 0);
    const child = childOf(network, parent);
    const scene = new MempoolScene(network, store);
    scene.give(nextBlock(network, genesis, { transactions: [parent] })).put(child);
    scene.give(...nextBlocks(network, genesis, 2, { extraNonce: 1 }));
    expect(store.transactions().map(({ number }) => number)).to.deep.equal([0, 1]);
    const again = new MempoolScene(network, store);
    for (let step = 0; step < 20; step++) {
      again.step();
      expect(store.transactions(), String(step)).to.have.length(2);
    }
    expect([parent, child].map((tx) => again.waits(tx))).to.deep.equal([true, true]);
  });

  it('has what waited after a restart, checked anew; not what went', () => {
    const store = memoryStore(network);
    const scene = new MempoolScene(network, store);
    const [held, parent] = [payGenesis(network, 0), payGenesis(network, 1)];
    const child = childOf(network, parent);
    scene.put(held, parent, child).give(nextBlock(network, genesis, { transactions: [held] }));
    const again = new MempoolScene(network, store);
    expect(again.transactions.mempool.count).to.equal(0);
    again.rest();
    expect([held, parent, child].map((tx) => again.waits(tx))).to.deep.equal([false, true, true]);
    expect(store.transactions().map(({ number }) => number)).to.deep.equal([1, 2]);
    again.put(payGenesis(network, 2));
    expect(store.transactions().map(({ number }) => number)).to.deep.equal([1, 2, 3]);
  });

  it('forgets what it kept and would not take in now', () => {
    const store = memoryStore(network);
    const forged = payGenesis(network, 0).bytes.slice();
    forged[forged.length - 1] = (forged.at(-1) ?? 0) ^ 1;
    store.putTransaction({ number: 4, addedAt: SCENE_NOW.unix, bytes: forged });
    const scene = new MempoolScene(network, store).rest();
    expect(scene.transactions.mempool.count).to.equal(0);
    expect(store.transactions()).to.deep.equal([]);
  });

  it('forgets what waited too long, a minute late at most', () => {
    const scene = new MempoolScene(network, undefined, { ...DEFAULT_POLICY, secondsMax: 3_600 });
    const tx = payGenesis(network, 0);
    scene.put(tx);
    const next = scene.transactions.nextWake(SCENE_NOW.mono) ?? expect.fail();
    expect(next).to.be.at.most(60_000);
    scene.now = { mono: 60_000 as MonoMs, unix: (SCENE_NOW.unix + 3_600) as Now['unix'] };
    expect(scene.rest().waits(tx)).to.equal(true);
    scene.now = { mono: 120_000 as MonoMs, unix: (SCENE_NOW.unix + 3_601) as Now['unix'] };
    expect(scene.rest().waits(tx)).to.equal(false);
    expect(scene.transactions.nextWake(SCENE_NOW.mono)).to.equal(undefined);
  });
});
