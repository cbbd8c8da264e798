import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import type { ChainStore } from '../../../peer/chain/store.js';
import type { SqliteChainStore } from '../../../peer/storage/sqliteChainStore.js';
import type { ChainEvent } from '../../../peer/types.js';
import type { Amount } from '../../../shared/units.js';
import {
  type MadeBlock,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
  spendGenesis,
} from '../../support/blocks.js';
import { accept, feed, LATE, memoryStore, settle } from '../../support/chains.js';

const network = makeNetwork();
/** More than any move here takes. */
const STEPS_MAX = 100;
const genesis = genesisOf(network);

interface Setting {
  readonly chain: Chain;
  readonly store: SqliteChainStore;
}

function newChain(): Setting {
  const store = memoryStore(network);
  return { chain: new Chain(network, store), store };
}

/** One word and height an event. */
const story = (events: readonly ChainEvent[]): string[] =>
  events.map((event) =>
    event.type === 'reorganised'
      ? `reorganised ${String(event.depth)}`
      : `${event.type} ${String(event.height)}`,
  );

/** `count` empty blocks on `parent`; those of another `branch` are others. */
const branch = (parent: MadeBlock, count: number, branchNumber: number): MadeBlock[] =>
  nextBlocks(network, parent, count, { extraNonce: branchNumber });

const last = (blocks: readonly MadeBlock[]): MadeBlock => blocks.at(-1) ?? expect.fail();

/** A block that pays its miner too much: only connecting shows it. */
const greedyOn = (parent: MadeBlock): MadeBlock =>
  nextBlock(network, parent, { reward: network.params.subsidy + 1 });

describe('chain/mover: extension', () => {
  it('connects block after block and tells the new tip once', () => {
    const { chain, store } = newChain();
    const { events } = feed(chain, store, branch(genesis, 3, 0));
    const connected = [1, 2, 3].map((height) => `block-connected ${String(height)}`);
    expect(story(events)).to.deep.equal([...connected, 'tip-changed 3']);
    expect(chain.active(2)?.height).to.equal(2);
    expect(chain.active(4)).to.equal(undefined);
  });

  it('waits for a missing body, and takes those above it that came before', () => {
    const { chain, store } = newChain();
    const blocks = branch(genesis, 4, 0);
    for (const { bytes } of blocks) chain.acceptHeader(bytes.subarray(0, 80), LATE);
    const [first = expect.fail(), ...others] = blocks;
    expect(feed(chain, store, others.toReversed()).events).to.deep.equal([]);
    feed(chain, store, [first]);
    expect(chain.tip.height).to.equal(4);
  });

  it('does a bounded piece a call, and asks to be called again', () => {
    const { chain, store } = newChain();
    for (const { bytes } of branch(genesis, 50, 0)) accept(chain, store, bytes);
    const step = store.atomically(() => chain.advance(100));
    expect(step.more).to.equal(true);
    expect(chain.tip.height).to.be.within(5, 7);
    settle(chain, store);
    expect(chain.tip.height).to.equal(50);
  });

  it('keeps the first of two equal blocks, also over a restart', () => {
    const { chain, store } = newChain();
    const [a = expect.fail()] = branch(genesis, 1, 0);
    const [b = expect.fail()] = branch(genesis, 1, 1);
    feed(chain, store, [a, b]);
    expect(chain.tip.hash).to.equal(a.block.hash);
    const again = new Chain(network, store);
    expect(settle(again, store).events).to.deep.equal([]);
    expect(again.tip.hash).to.equal(a.block.hash);
  });
});

describe('chain/mover: reorganisation', () => {
  const common = branch(genesis, 2, 0);
  const left = branch(last(common), 2, 0);
  const right = branch(last(common), 3, 1);

  it('tells all of it in one batch, in order', () => {
    const { chain, store } = newChain();
    feed(chain, store, [...common, ...left]);
    const { events } = feed(chain, store, right);
    expect(story(events)).to.deep.equal([
      ...['block-disconnected 4', 'block-disconnected 3'],
      ...['block-connected 3', 'block-connected 4', 'block-connected 5'],
      ...['tip-changed 5', 'reorganised 2'],
    ]);
    expect(events.at(-1)).to.deep.include({
      from: last(left).block.hash,
      to: last(right).block.hash,
      fork: last(common).block.hash,
    });
    expect(chain.isActive(chain.tip)).to.equal(true);
    const old = chain.entry(last(left).block.hash) ?? expect.fail();
    expect(chain.isActive(old)).to.equal(false);
  });

  it('shows the old tip until the new branch has more work', () => {
    const { chain, store } = newChain();
    feed(chain, store, [...common, ...left]);
    for (const { bytes } of right) accept(chain, store, bytes);
    let steps = 0;
    for (;;) {
      const step = store.atomically(() => chain.advance(1));
      if (step.events.length > 0) break;
      expect(step.more).to.equal(true);
      expect(chain.tip.hash).to.equal(last(left).block.hash);
      expect(chain.active(4)?.hash).to.equal(last(left).block.hash);
      steps++;
    }
    expect(steps).to.be.above(4);
    expect(chain.tip.hash).to.equal(last(right).block.hash);
  });

  it('starts only when the signatures of the whole branch are right', () => {
    const { chain, store } = newChain();
    feed(chain, store, [...common, ...left]);
    const tx = spendGenesis(network, 0);
    const bodies = [...right.slice(0, 2)];
    bodies.push(nextBlock(network, last(bodies), { transactions: [tx] }));
    for (const { bytes } of bodies) accept(chain, store, bytes);
    const step = store.atomically(() => chain.advance());
    expect(step.verify).to.have.length(1);
    expect([step.more, step.events]).to.deep.equal([false, []]);
    expect(store.state()?.target).to.equal(undefined);
    chain.onVerified([{ wtxid: tx.wtxid, outcome: 'valid' }]);
    expect(settle(chain, store).events.at(-1)?.type).to.equal('reorganised');
  });

  it('goes back from a branch whose block cannot be connected, and remembers it', () => {
    const { chain, store } = newChain();
    feed(chain, store, [...common, ...left]);
    const bad = greedyOn(right[1] ?? expect.fail());
    const { events, failures } = feed(chain, store, [...right.slice(0, 2), bad]);
    expect(events).to.deep.equal([]);
    const allowed = network.params.subsidy;
    expect(failures.map(({ reject }) => reject)).to.deep.equal([
      { code: 'bad-coinbase-amount', allowed, found: allowed + 1 },
    ]);
    expect(chain.tip.hash).to.equal(last(left).block.hash);
    expect(store.state()).to.deep.equal({
      tip: chain.tip.hash,
      position: chain.tip.hash,
      target: undefined,
    });
    feed(chain, store, right.slice(2));
    expect(chain.tip.hash).to.equal(last(right).block.hash);
  });

  it('takes the best valid branch when a better one turned out invalid', () => {
    const { chain, store } = newChain();
    feed(chain, store, [...common, ...left]);
    const third = branch(last(common), 3, 2);
    const tooLong = [...right, greedyOn(last(right)), ...branch(greedyOn(last(right)), 3, 5)];
    const { failures } = feed(chain, store, [...tooLong, ...third]);
    expect(failures).to.have.length(1);
    expect(chain.tip.hash).to.equal(last(right).block.hash);
    expect(chain.bestHeader).to.equal(chain.tip);
  });

  it('reorganises 300 blocks with payments, and restores every coin on the way back', function () {
    this.timeout(30_000);
    const { chain, store } = newChain();
    const long = withPayments(300, 0);
    feed(chain, store, long);
    const before = coinsOf(store);
    const other = withPayments(301, 1);
    const { events } = feed(chain, store, other);
    expect(events.at(-1)).to.deep.include({ type: 'reorganised', depth: 300 });
    expect(coinsOf(store)).not.to.deep.equal(before);
    const back = branch(last(long), 2, 9);
    feed(chain, store, back);
    expect(chain.tip.hash).to.equal(last(back).block.hash);
    const extra = coinsOf(store).size - before.size;
    expect(extra).to.equal(2);
    for (const [outpoint, coin] of before) expect(store.coin(outpoint)).to.deep.equal(coin);
  });
});

describe('chain/mover: a crash in a reorganisation', () => {
  it('goes on from any step, with the coins written or not', () => {
    const left = withPayments(6, 0);
    const right = withPayments(7, 1);
    for (const coinChangesMax of [1, 4, 10_000]) {
      for (let steps = 0; steps < 16; steps++) {
        const store = memoryStore(network);
        const chain = new Chain(network, store, { coinChangesMax });
        feed(chain, store, left);
        for (const { bytes } of right) accept(chain, store, bytes);
        verifyAll(chain, store);
        for (let i = 0; i < steps; i++) store.atomically(() => chain.advance(1));
        const work = chain.tip.chainWork;
        const again = new Chain(network, store, { coinChangesMax });
        expect(again.tip.chainWork).to.equal(work);
        settle(again, store);
        expect(again.tip.hash).to.equal(last(right).block.hash);
        expectSameCoins(store, right);
      }
    }
  });

  it('resumes where it was: no step is taken twice when the coins are written', () => {
    const left = withPayments(6, 0);
    const right = withPayments(7, 1);
    const begun = (): Setting => {
      const store = memoryStore(network);
      const chain = new Chain(network, store, { coinChangesMax: 1 });
      feed(chain, store, left);
      for (const { bytes } of right) accept(chain, store, bytes);
      verifyAll(chain, store);
      return { chain, store };
    };
    const stepsToEnd = ({ chain, store }: Setting): number => {
      verifyAll(chain, store);
      for (let steps = 0; steps < STEPS_MAX; steps++) {
        if (chain.tip.hash === last(right).block.hash) return steps;
        store.atomically(() => chain.advance(1));
      }
      return expect.fail('it does not come to an end');
    };
    const all = stepsToEnd(begun());
    expect(all).to.be.above(12);
    for (let before = 1; before < all; before++) {
      const { chain, store } = begun();
      for (let i = 0; i < before; i++) store.atomically(() => chain.advance(1));
      const again = new Chain(network, store, { coinChangesMax: 1 });
      expect(before + stepsToEnd({ chain: again, store }), String(before)).to.be.at.most(all + 1);
    }
  });

  it('goes back when the rest of the branch turns out invalid after the restart', () => {
    const left = withPayments(4, 0);
    const right = withPayments(4, 1);
    const bad = greedyOn(last(right));
    const store = memoryStore(network);
    const chain = new Chain(network, store, { coinChangesMax: 1 });
    feed(chain, store, left);
    for (const { bytes } of [...right, bad]) accept(chain, store, bytes);
    verifyAll(chain, store);
    for (let i = 0; i < 7; i++) store.atomically(() => chain.advance(1));
    expect(store.state()?.target).to.equal(bad.block.hash);
    expect(store.state()?.position).not.to.equal(chain.tip.hash);
    const again = new Chain(network, store);
    settle(again, store);
    expect(again.tip.hash).to.equal(last(left).block.hash);
    expectSameCoins(store, left);
  });
});

describe('chain/mover: a long sync', () => {
  it('writes coins rarely, and a restart connects again what was not written', () => {
    const blocks = withPayments(60, 0);
    const store = memoryStore(network);
    const chain = new Chain(network, store);
    for (const { bytes } of blocks) chain.acceptHeader(bytes.subarray(0, 80), LATE);
    feed(chain, store, blocks.slice(0, 30));
    expect(chain.tip.height).to.equal(30);
    expect(store.state()).to.deep.equal({
      tip: chain.tip.hash,
      position: network.id,
      target: undefined,
    });
    const again = new Chain(network, store);
    expect(again.tip.hash).to.equal(chain.tip.hash);
    const { events } = settle(again, store);
    expect(events).to.deep.equal([]);
    feed(again, store, blocks.slice(30));
    expect(again.tip.height).to.equal(60);
    expect(store.state()?.position).to.equal(again.tip.hash);
    expectSameCoins(store, blocks);
  });
});

describe('chain/mover: a branch that was connected before', () => {
  const left = branch(genesis, 2, 0);
  const right = branch(genesis, 3, 1);
  const longer = [...left, ...branch(last(left), 2, 0)];

  it('goes back when a body of it was lost, and there again when it came', () => {
    const store = memoryStore(network);
    const first = new Chain(network, store);
    feed(first, store, left);
    feed(first, store, right);
    store.putBody(1, new Uint8Array(200));
    const chain = new Chain(network, store);
    expect(feed(chain, store, longer.slice(2)).events).to.deep.equal([]);
    expect(chain.tip.hash).to.equal(last(right).block.hash);
    expect(chain.missingBodies(chain.bestHeader, 9).map(({ id }) => id)).to.deep.equal([1]);
    feed(chain, store, longer.slice(0, 1));
    expect(chain.tip.hash).to.equal(last(longer).block.hash);
    expectSameCoins(store, longer);
  });

  it('stops when a body of the active chain was lost', () => {
    const store = memoryStore(network);
    feed(new Chain(network, store), store, branch(genesis, 20, 0));
    store.putBody(5, new Uint8Array(200));
    const chain = new Chain(network, store);
    const other = branch(genesis, 21, 1);
    expect(() => feed(chain, store, other)).to.throw('Block 5 of the active chain');
    expect(() => settle(new Chain(network, store), store)).to.throw('Block 5');
  });

  it('tells a tip before the reorganisation that leaves it', () => {
    const { chain, store } = newChain();
    const bad = greedyOn(last(left));
    for (const { bytes } of [...left, bad, ...branch(bad, 1, 0), ...right]) {
      accept(chain, store, bytes);
    }
    expect(story(feed(chain, store, []).events)).to.deep.equal([
      ...['block-connected 1', 'block-connected 2', 'tip-changed 2'],
      ...['block-disconnected 2', 'block-disconnected 1'],
      ...['block-connected 1', 'block-connected 2', 'block-connected 3'],
      ...['tip-changed 3', 'reorganised 2'],
    ]);
  });
});

describe('chain/mover: lost bodies', () => {
  it('asks for a body again that the store lost before it was connected', () => {
    const store = memoryStore(network);
    const chain = new Chain(network, store);
    const [first = expect.fail(), second = expect.fail()] = branch(genesis, 2, 0);
    chain.acceptHeader(first.bytes.subarray(0, 80), LATE);
    accept(chain, store, second.bytes);
    store.putBody(2, second.bytes.slice(0, 100));
    const again = new Chain(network, store);
    feed(again, store, [first]);
    expect(again.tip.height).to.equal(1);
    expect(again.missingBodies(again.bestHeader, 9).map(({ height }) => height)).to.deep.equal([2]);
    feed(again, store, [second]);
    expect(again.tip.height).to.equal(2);
  });
});

/**
 * Blocks from genesis on; each pays coin after coin of owner `branchNumber` to itself, in two
 * halves.
 */
function withPayments(count: number, branchNumber: number): MadeBlock[] {
  const holder = owner(branchNumber);
  let coin = genesisCoin(network, branchNumber);
  const blocks: MadeBlock[] = [];
  for (let i = 0; i < count; i++) {
    const part = Math.floor(coin.amount / 1000);
    const outputs = [pay(holder, coin.amount - part), pay(holder, part)];
    const tx = spend(network, { coins: [coin], outputs: outputs.filter((o) => o.amount > 0) });
    const made = nextBlock(network, blocks.at(-1) ?? genesis, {
      transactions: [tx],
      extraNonce: branchNumber,
    });
    blocks.push(made);
    coin = { txid: tx.txid, index: 0, amount: (coin.amount - part) as Amount, owner: holder };
  }
  return blocks;
}

/** Answers every question about signatures without a move. */
function verifyAll(chain: Chain, store: ChainStore): void {
  const { verify } = store.atomically(() => chain.advance(0));
  const wtxids = verify.flatMap((batch) => batch.wtxids);
  chain.onVerified(wtxids.map((wtxid) => ({ wtxid, outcome: 'valid' })));
}

const coinsOf = (store: SqliteChainStore): Map<string, unknown> => new Map(store.coins());

/** The coins of `store` are those of a chain that only ever saw `blocks`. */
function expectSameCoins(store: SqliteChainStore, blocks: readonly MadeBlock[]): void {
  const fresh = newChain();
  feed(fresh.chain, fresh.store, blocks);
  expect(coinsOf(store)).to.deep.equal(coinsOf(fresh.store));
}
