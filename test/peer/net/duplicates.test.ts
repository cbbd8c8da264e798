import { expect } from 'chai';
import type { BlockHash } from '../../../shared/units.js';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { Stranger } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();

const sessions = (node: WorldNode, world: World): number =>
  node.node.queries.peers(world.now).length;

describe('net/duplicates', () => {
  it('keeps one session of two nodes that dial each other at the same moment', () => {
    const world = new World();
    const [a, b] = [addNode(world, network), addNode(world, network)];
    a.connectTo(b);
    b.connectTo(a);
    world.run(1_000);
    expect([sessions(a, world), sessions(b, world)]).to.deep.equal([1, 1]);
    expect([...a.reasons, ...b.reasons]).to.deep.equal(['duplicate-session']);
    world.run(120_000);
    expect([sessions(a, world), sessions(b, world)]).to.deep.equal([1, 1]);
    expect([...a.notices(), ...b.notices()]).to.deep.equal([]);
  });

  it('ends the first session when it does not answer, and keeps the second', () => {
    const world = new World();
    const node = addNode(world, network);
    const first = new Stranger(world, network, { isDeaf: true }).call(node);
    const address = { host: '10.1.1.1', port: 6_001 };
    const second = new Stranger(world, network, { address }).call(node);
    world.run(4_000);
    expect(node.reasons).to.deep.equal([]);
    world.run(2_000);
    expect(node.reasons).to.deep.equal(['ping-timeout']);
    expect([first.isClosed, second.isClosed]).to.deep.equal([true, false]);
    expect(node.notices()).to.deep.equal([]);
  });

  it('takes nothing else for an answer, but waits a little longer for who still speaks', () => {
    for (const [saysAt, endsMs] of [
      [[3_000], 8_000],
      [[3_000, 7_000, 11_000], 16_000],
      [Array.from({ length: 20 }, (_, i) => (i + 1) * 4_000), 30_000],
    ] as const) {
      const world = new World();
      const node = addNode(world, network);
      const first = new Stranger(world, network, { isDeaf: true }).call(node);
      new Stranger(world, network, { address: { host: '10.1.1.1', port: 6_001 } }).call(node);
      for (const ms of saysAt) {
        world.after(ms, () => {
          first.say({ type: 'getHeaders', locator: [network.id], stop: NO_STOP });
        });
      }
      const endedMs = world.until(() => first.isClosed, 60_000);
      expect(endedMs, `says ${saysAt.join()}`).to.be.within(endsMs - 100, endsMs + 100);
      expect(node.reasons).to.deep.equal(['ping-timeout']);
    }
  });

  it('fetches over the second session what the first shows and does not hear', () => {
    const world = new World();
    const node = addNode(world, network);
    const blocks = nextBlocks(network, genesisOf(network), 40);
    const first = new Stranger(world, network, { isDeaf: true }).call(node);
    const address = { host: '10.1.1.1', port: 6_001 };
    const second = new Stranger(world, network, { address, blocks }).call(node);
    for (const block of blocks) first.push(block);
    for (const block of blocks) second.push(block);
    world.run(100);
    expect([node.height, first.askedFor.length, second.isClosed]).to.deep.equal([40, 0, false]);
  });

  it('gets elsewhere within 2 s what it had asked the first session for', () => {
    const world = new World();
    const node = addNode(world, network);
    const blocks = nextBlocks(network, genesisOf(network), 40);
    const first = new Stranger(world, network, { isDeaf: true }).call(node);
    for (const block of blocks) first.push(block);
    world.run(100);
    expect(first.askedFor).to.have.length(9);
    const address = { host: '10.1.1.1', port: 6_001 };
    const second = new Stranger(world, network, { address, blocks }).call(node);
    for (const block of blocks) second.push(block);
    expect(world.until(() => node.height === 40, 60_000)).to.be.at.most(2_000);
  });

  it('makes the second session yield to a first that answers', () => {
    const world = new World();
    const node = addNode(world, network);
    // The smaller key of the two decides at once, the other waits for it.
    const first = new Stranger(world, network).call(node);
    const second = new Stranger(world, network, { address: { host: '10.1.1.1', port: 1 } });
    second.call(node);
    world.run(40_000);
    expect(node.reasons).to.deep.equal(['duplicate-session']);
    expect([first.isClosed, second.isClosed]).to.deep.equal([false, true]);
  });

  it('tells of a copied data directory when two programs have one key', () => {
    const world = new World();
    const node = addNode(world, network);
    const first = new Stranger(world, network).call(node);
    const hello = { instance: 'ff'.repeat(8) };
    const second = new Stranger(world, network, { hello, address: { host: '10.1.1.1', port: 1 } });
    second.call(node);
    world.run(100);
    expect(node.notices()).to.deep.equal(['copied-data-directory']);
    expect(node.reasons).to.deep.equal(['duplicate-session']);
    expect(first.isClosed).to.equal(false);
  });
});

const NO_STOP = '0'.repeat(64) as BlockHash;
