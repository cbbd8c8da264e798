import { expect } from 'chai';
import { ANNOUNCE_EVERY_MS } from '../../../peer/net/txAnnouncements.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { World } from '../../../lab/sim/world.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { Wtxid } from '../../../shared/units.js';
import { ALLOCATION, makeNetwork, owner, pay } from '../../support/blocks.js';
import { childOf, payGenesis } from '../../support/mempools.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork();
const NOTHING = { type: 'headers', headers: new Uint8Array() } as const;

function caller(world: World, node: WorldNode, number = 100): Stranger {
  const stranger = new Stranger(world, network, { number }).call(node);
  if (stranger.all('getHeaders').length > 0) stranger.say(NOTHING);
  world.run(20);
  return stranger;
}
const submit = (node: WorldNode, ...txs: readonly DecodedTransaction[]): void => {
  node.command({ type: 'submit-transactions', transactions: txs.map(({ bytes }) => bytes) });
};
const toldTo = (who: Stranger): Wtxid[][] => who.all('inv').map(({ wtxids }) => [...wtxids]);

describe('net/txAnnouncements', () => {
  it('tells of the first at once, and of those that follow together, parents first', () => {
    const world = new World();
    const node = addNode(world, network);
    const stranger = caller(world, node);
    const first = payGenesis(network, 0);
    submit(node, first);
    world.run(2 + 2 * world.latencyMs);
    expect(toldTo(stranger)).to.deep.equal([[first.wtxid]]);
    const parent = payGenesis(network, 1);
    const family = [parent, childOf(network, parent)];
    for (const one of family) {
      submit(node, one);
      world.run(3);
    }
    world.run(ANNOUNCE_EVERY_MS + 2 * world.latencyMs);
    expect(toldTo(stranger).slice(1)).to.deep.equal([family.map(({ wtxid }) => wtxid)]);
  });

  it('tells nobody what it has from there, or what that announced', () => {
    const world = new World();
    const node = addNode(world, network);
    const [a, b] = [caller(world, node, 100), caller(world, node, 101)];
    const [one, two] = [payGenesis(network, 0), payGenesis(network, 1)];
    a.say({ type: 'inv', wtxids: [one.wtxid] });
    b.say({ type: 'inv', wtxids: [two.wtxid] });
    world.run(50);
    a.say({ type: 'transactions', transactions: [one.bytes], missing: [] });
    b.say({ type: 'transactions', transactions: [two.bytes], missing: [] });
    world.run(500);
    expect([toldTo(a), toldTo(b)]).to.deep.equal([[[two.wtxid]], [[one.wtxid]]]);
  });

  it('tells who comes later of all that waits, and no more of what went', () => {
    const world = new World();
    const node = addNode(world, network);
    const txs = [0, 1, 2].map((i) => payGenesis(network, i));
    submit(node, ...txs);
    world.run(100);
    submit(node, payGenesis(network, 0, 50_000));
    world.run(100);
    const stranger = caller(world, node);
    world.run(200);
    const replaced = payGenesis(network, 0, 50_000);
    expect(toldTo(stranger)).to.deep.equal([
      [...txs.slice(1).map(({ wtxid }) => wtxid), replaced.wtxid],
    ]);
  });

  it('tells who comes later a thousand a second, and what is new at once', () => {
    const world = new World();
    const allocations = Array.from({ length: 551 }, (_, i) => pay(owner(i), ALLOCATION));
    const rich = makeNetwork({ allocations });
    const node = addNode(world, rich);
    const [first, ...others] = allocations.map((_, i) => payGenesis(rich, i));
    const fresh = first && childOf(rich, first);
    submit(node, ...(first ? [first] : []), ...others, ...others.map((tx) => childOf(rich, tx)));
    world.run(2_000);
    const stranger = new Stranger(world, rich, { number: 100 }).call(node);
    world.run(100);
    if (fresh !== undefined) submit(node, fresh);
    world.run(300);
    expect(toldTo(stranger).map(({ length }) => length)).to.deep.equal([1_000, 1]);
    world.run(1_000);
    expect(new Set(toldTo(stranger).flat()).size).to.equal(1 + 2 * 550 + 1);
  });

  it('says nothing of transactions to a peer whose version does not know them', () => {
    const world = new World();
    const node = addNode(world, network);
    const old = new Stranger(world, network, { hello: { protocolMax: 1 } }).call(node);
    submit(node, payGenesis(network, 0));
    world.run(1_000);
    expect([old.isReady, toldTo(old), node.reasons]).to.deep.equal([true, [], []]);
  });
});
