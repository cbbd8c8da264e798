import { expect } from 'chai';
import {
  ANNOUNCED_MAX,
  IN_FLIGHT_MAX,
  INBOUND_MS,
  OUTBOUND_MS,
} from '../../../peer/net/txRequests.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { World } from '../../../lab/sim/world.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { Wtxid } from '../../../shared/units.js';
import { INV_MAX } from '../../../shared/wire/peerMessages.js';
import { makeNetwork } from '../../support/blocks.js';
import { payGenesis } from '../../support/mempools.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork();
const NOTHING = { type: 'headers', headers: new Uint8Array() } as const;
const tx = payGenesis(network, 0);
const names = (from: number, count: number): Wtxid[] =>
  Array.from({ length: count }, (_, i) => (from + i).toString(16).padStart(64, '0') as Wtxid);

/** Somebody who called `node`. */
function caller(world: World, node: WorldNode, number: number): Stranger {
  const stranger = new Stranger(world, network, { number }).call(node);
  if (stranger.all('getHeaders').length > 0) stranger.say(NOTHING);
  world.run(20);
  return stranger;
}

/** A node with `count` callers, and one whom it called. */
function scene(count: number) {
  const world = new World();
  const node = addNode(world, network);
  const callers = Array.from({ length: count }, (_, i) => caller(world, node, 100 + i));
  const called = new Stranger(world, network, { number: 90 });
  node.connectTo(called);
  world.run(200);
  if (called.all('getHeaders').length > 0) called.say(NOTHING);
  world.run(200);
  return { world, node, callers, called };
}

const announce = (who: Stranger, ...wtxids: readonly Wtxid[]): void => {
  who.say({ type: 'inv', wtxids });
};
const give = (who: Stranger, ...txs: readonly DecodedTransaction[]): void => {
  const transactions = txs.map(({ bytes }) => bytes);
  who.say({ type: 'transactions', transactions, missing: [] });
};
const askedOf = (who: Stranger): Wtxid[] => who.all('getTransactions').flatMap((one) => one.wtxids);
const isHere = (node: WorldNode): boolean => node.node.queries.waiting(tx.txid) !== undefined;

describe('net/txRequests', () => {
  it('asks one peer at a time, and nobody any more once it is here', () => {
    const { world, node, callers } = scene(2);
    for (const one of callers) announce(one, tx.wtxid);
    world.run(100);
    const [a = expect.fail(), b = expect.fail()] = callers;
    expect([askedOf(a), askedOf(b)]).to.deep.equal([[tx.wtxid], []]);
    give(a, tx);
    world.run(10_000);
    expect([isHere(node), askedOf(b)]).to.deep.equal([true, []]);
    announce(b, tx.wtxid);
    world.run(1_000);
    expect([askedOf(b), node.node.queries.queues().announced]).to.deep.equal([[], 0]);
  });

  it('asks the next one when one does not deliver, says that it has not, or is gone', () => {
    const [late, lacking, gone] = [
      () => undefined,
      (who: Stranger) => {
        who.say({ type: 'transactions', transactions: [], missing: [tx.wtxid] });
      },
      (who: Stranger) => {
        who.hangUp();
      },
    ];
    for (const [does, ms] of [
      [late, INBOUND_MS + 100],
      [lacking, 100],
      [gone, 100],
    ] as const) {
      const { world, node, callers } = scene(2);
      for (const one of callers) announce(one, tx.wtxid);
      world.run(100);
      const [a = expect.fail(), b = expect.fail()] = callers;
      does(a);
      world.run(ms);
      expect(askedOf(b)).to.deep.equal([tx.wtxid]);
      give(b, tx);
      world.run(100);
      expect(isHere(node)).to.equal(true);
    }
  });

  it('is not kept from a transaction by those who announce it again and again', () => {
    const { world, node, callers, called } = scene(12);
    for (const one of callers) announce(one, tx.wtxid);
    world.run(50);
    called.onMessage = ({ type }) => {
      if (type === 'getTransactions') give(called, tx);
    };
    announce(called, tx.wtxid);
    const started = world.ms;
    while (!isHere(node) && world.ms - started < 60_000) {
      for (const one of callers) announce(one, tx.wtxid);
      world.run(100);
    }
    expect(isHere(node)).to.equal(true);
    expect(world.ms - started).to.be.below(INBOUND_MS + 1_000);
    // Each attacker was asked once at most, however often it announced.
    for (const one of callers) expect(askedOf(one).length).to.be.at.most(1);
  });

  it('gives those whom it called more time', () => {
    const { world, callers, called } = scene(1);
    announce(called, tx.wtxid);
    world.run(20);
    const [a = expect.fail()] = callers;
    announce(a, tx.wtxid);
    world.run(OUTBOUND_MS - 500);
    expect(askedOf(a)).to.deep.equal([]);
    world.run(1_000);
    expect(askedOf(a)).to.deep.equal([tx.wtxid]);
  });

  it('takes an answer that is late, and refuses one that nobody asked for', () => {
    const { world, node, callers } = scene(1);
    const [a = expect.fail()] = callers;
    announce(a, tx.wtxid);
    world.run(20_000);
    give(a, tx);
    world.run(100);
    expect([isHere(node), node.reasons]).to.deep.equal([true, []]);
    give(a, payGenesis(network, 1));
    world.run(100);
    expect(node.reasons).to.deep.equal(['message-unexpected']);
  });

  it('asks for 64 at a time, and has 128 under way', () => {
    const { world, node, callers } = scene(1);
    const [a = expect.fail()] = callers;
    announce(a, ...names(1, 500));
    world.run(100);
    expect(a.all('getTransactions').map(({ wtxids }) => wtxids.length)).to.deep.equal([64, 64]);
    const missing = askedOf(a).slice(0, 64);
    a.say({ type: 'transactions', transactions: [], missing });
    world.run(100);
    expect(askedOf(a)).to.have.length(IN_FLIGHT_MAX + 64);
    expect(new Set(askedOf(a)).size).to.equal(askedOf(a).length);
    expect(node.reasons).to.deep.equal([]);
  });

  it('remembers 5,000 announcements of one peer, and a share of each in a flood by all', () => {
    const { world, node, callers } = scene(12);
    const [first = expect.fail(), ...others] = callers;
    for (let n = 0; n < 7; n++) announce(first, ...names(1 + n * INV_MAX, INV_MAX));
    world.run(100);
    expect(node.node.queries.queues().announced).to.equal(ANNOUNCED_MAX);
    for (const [i, one] of others.entries()) {
      for (let n = 0; n < 5; n++) announce(one, ...names(10_000 * (i + 1) + n * INV_MAX, INV_MAX));
    }
    world.run(100);
    const last = others.at(-1) ?? expect.fail();
    announce(last, tx.wtxid);
    world.run(100);
    expect(node.node.queries.queues().announced).to.equal(ANNOUNCED_MAX);
    expect(askedOf(last).length).to.equal(IN_FLIGHT_MAX);
  });
});
