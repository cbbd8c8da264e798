import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { answersTo } from '../../../peer/chain/signatures.js';
import type { ChainStore } from '../../../peer/chain/store.js';
import { DEFAULT_POLICY, Transactions } from '../../../peer/mempool/transactions.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { MonoMs, Now } from '../../../shared/units.js';
import {
  genesisOf,
  GENESIS_TIME,
  makeNetwork,
  nextBlock,
  nextBlocks,
  type MadeBlock,
} from '../../support/blocks.js';
import { accept, memoryStore } from '../../support/chains.js';
import { childOf, payGenesis } from '../../support/mempools.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const NOW = { mono: 0 as MonoMs, unix: (GENESIS_TIME + 100_000) as Now['unix'] };

/** A chain with what waits for its blocks, one small step of both after the other. */
class Scene {
  readonly store: ChainStore;
  readonly chain: Chain;
  readonly transactions: Transactions;
  now: Now = NOW;
  /** What the mempool did not know of the tip at some time. */
  wasBehind = false;

  constructor(store: ChainStore = memoryStore(network), policy = DEFAULT_POLICY) {
    this.store = store;
    this.chain = store.atomically(() => new Chain(network, store));
    this.transactions = new Transactions(policy, network.params, { chain: this.chain, store });
  }

  put(...txs: readonly DecodedTransaction[]): this {
    for (const [index, tx] of txs.entries()) {
      this.transactions.intake.put(tx, { type: 'command', id: 1, index });
    }
    return this.rest();
  }

  give(...blocks: readonly MadeBlock[]): this {
    for (const { bytes } of blocks) accept(this.chain, this.store, bytes);
    return this.rest();
  }

  rest(): this {
    while (this.step(1));
    return this;
  }

  waits(tx: DecodedTransaction): boolean {
    return this.transactions.mempool.get(tx.txid) !== undefined;
  }

  /** One step that moves the chain by `cost` at most; whether there is more to do. */
  step(cost: number): boolean {
    return this.store.atomically(() => this.#step(cost));
  }

  #step(cost: number): boolean {
    const advance = this.chain.advance(cost);
    this.transactions.onAdvance(advance, this.now, true);
    if (!this.transactions.isAtTip) this.wasBehind = true;
    const { verify } = this.transactions.settle(this.now);
    const batches = [...advance.verify, ...verify];
    const results = batches.flatMap((batch) => answersTo(network.idBytes, batch));
    this.chain.onVerified(results);
    this.transactions.intake.onVerified(results);
    return advance.more || results.length > 0 || this.transactions.intake.hasMore;
  }
}

describe('mempool/transactions', () => {
  it('lets go of what a block holds, and remembers it for a while', () => {
    const scene = new Scene();
    const [one, two] = [payGenesis(network, 0), payGenesis(network, 1)];
    scene.put(one, two).give(nextBlock(network, genesis, { transactions: [one] }));
    expect([scene.waits(one), scene.waits(two)]).to.deep.equal([false, true]);
    expect(scene.transactions.has(one.wtxid)).to.equal(true);
    expect(scene.transactions.has(payGenesis(network, 2).wtxid)).to.equal(false);
  });

  it('takes back what a reorganisation left, in order, once the new tip is there', () => {
    const scene = new Scene();
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
    const scene = new Scene();
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

  it('is behind the tip only while another reorganisation is under way', () => {
    const scene = new Scene();
    const tx = payGenesis(network, 0);
    scene.put(tx);
    const [a, b, c] = [1, 2, 3].map((extraNonce) =>
      nextBlocks(network, genesis, 12, { extraNonce }),
    );
    scene.give(...(a ?? []).slice(0, 10));
    for (const { bytes } of (b ?? []).slice(0, 11)) accept(scene.chain, scene.store, bytes);
    scene.step(100);
    expect(scene.chain.isMoving).to.equal(true);
    for (const { bytes } of c ?? []) accept(scene.chain, scene.store, bytes);
    // To the end of the first one and into the next.
    while (scene.chain.tip.height === 10) scene.step(100);
    scene.rest();
    expect([scene.wasBehind, scene.transactions.isAtTip]).to.deep.equal([true, true]);
    expect([scene.chain.tip.height, scene.waits(tx)]).to.deep.equal([12, true]);
  });

  it('checks all that waits where too many blocks came at once', () => {
    const scene = new Scene();
    const [held, free] = [payGenesis(network, 0), payGenesis(network, 1)];
    scene.give(...nextBlocks(network, genesis, 2)).put(held, free);
    const side = nextBlock(network, genesis, { transactions: [held], extraNonce: 1 });
    scene.give(side, ...nextBlocks(network, side, 120));
    expect(scene.chain.tip.height).to.equal(121);
    expect([scene.waits(held), scene.waits(free)]).to.deep.equal([false, true]);
  });

  it('has what waited after a restart, checked anew; not what went', () => {
    const store = memoryStore(network);
    const scene = new Scene(store);
    const [held, parent] = [payGenesis(network, 0), payGenesis(network, 1)];
    const child = childOf(network, parent);
    scene.put(held, parent, child).give(nextBlock(network, genesis, { transactions: [held] }));
    const again = new Scene(store);
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
    store.putTransaction({ number: 4, addedAt: NOW.unix, bytes: forged });
    const scene = new Scene(store).rest();
    expect(scene.transactions.mempool.count).to.equal(0);
    expect(store.transactions()).to.deep.equal([]);
  });

  it('forgets what waited too long, a minute late at most', () => {
    const scene = new Scene(undefined, { ...DEFAULT_POLICY, secondsMax: 3_600 });
    const tx = payGenesis(network, 0);
    scene.put(tx);
    const next = scene.transactions.nextWake(NOW.mono) ?? expect.fail();
    expect(next).to.be.at.most(60_000);
    scene.now = { mono: 60_000 as MonoMs, unix: (NOW.unix + 3_600) as Now['unix'] };
    expect(scene.rest().waits(tx)).to.equal(true);
    scene.now = { mono: 120_000 as MonoMs, unix: (NOW.unix + 3_601) as Now['unix'] };
    expect(scene.rest().waits(tx)).to.equal(false);
    expect(scene.transactions.nextWake(NOW.mono)).to.equal(undefined);
  });
});
