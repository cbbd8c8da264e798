import { expect } from 'chai';
import { OUTBOUND_WANTED } from '../../../peer/net/connections.js';
import type { NetAddress } from '../../../shared/wire/netAddress.js';
import { makeNetwork } from '../../support/blocks.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { addTracker } from '../../../lab/sim/worldTracker.js';

const network = makeNetwork();
const NOBODY: NetAddress = { host: '10.0.9.9', port: 6_000 };

/** Sessions of `node` that it dialed. */
const outbound = (world: World, node: WorldNode): number =>
  node.node.queries.peers(world.now).filter(({ direction }) => direction === 'outbound').length;

describe('net/dialing', () => {
  it('opens eight sessions when it knows of more nodes', () => {
    const world = new World();
    const others = Array.from({ length: 12 }, () => addNode(world, network));
    const node = addNode(world, network, { neighbours: others.map(({ address }) => address) });
    world.run(60_000);
    expect(outbound(world, node)).to.equal(OUTBOUND_WANTED);
  });

  it('replaces a session that ended', () => {
    const world = new World();
    const others = Array.from({ length: 12 }, () => addNode(world, network));
    const node = addNode(world, network, { neighbours: others.map(({ address }) => address) });
    world.run(1_000);
    for (const other of others.slice(0, 4)) other.kill();
    world.run(1_000);
    expect(outbound(world, node)).to.equal(OUTBOUND_WANTED);
  });

  it('tries an address that does not answer again and again, ever more rarely', () => {
    const world = new World();
    const node = addNode(world, network, { neighbours: [NOBODY] });
    world.run(30_000);
    const late = addNode(world, network, { host: NOBODY.host, port: NOBODY.port });
    const waitMs = world.until(() => node.peerCount === 1, 60_000);
    world.run(100);
    expect(waitMs).to.be.within(1, 45_000);
    expect(late.peerCount).to.equal(1);
  });

  it('finds whom it lost within seconds of the healing, however long the line was cut', () => {
    for (const cutMs of [90_000, 1_800_000]) {
      const world = new World();
      const tracker = addTracker(world, [network]);
      const [a, b, c, d] = Array.from({ length: 4 }, () =>
        addNode(world, network, { trackers: [tracker.address] }),
      ) as [WorldNode, WorldNode, WorldNode, WorldNode];
      world.run(90_000);
      world.cut([a, b], [c, d, tracker]);
      world.run(cutMs);
      a.command({ type: 'generate', count: 1 });
      world.until(() => b.height === 1);
      world.heal();
      expect(world.until(() => c.tip === a.tip && d.tip === a.tip, 60_000)).to.be.at.most(5_000);
    }
  });

  it('dials whom it lost rarely where connections are taken and nothing is said', () => {
    const world = new World();
    const other = addNode(world, network);
    const node = addNode(world, network);
    node.connectTo(other);
    world.run(60_000);
    other.host.freeze();
    world.run(600_000);
    const timeouts = node.reasons.filter((reason) => reason === 'handshake-timeout');
    expect(timeouts).to.have.length.within(10, 25);
    other.host.thaw();
    expect(world.until(() => node.peerCount === 1, 60_000)).to.be.at.most(35_000);
  });

  it('goes on dialing whom it lost when the line breaks in the middle of a handshake', () => {
    const world = new World();
    const tracker = addTracker(world, [network]);
    const trackers = [tracker.address];
    const other = addNode(world, network, { trackers });
    const node = addNode(world, network, { trackers });
    world.until(() => node.peerCount === 1, 10_000);
    world.run(60_000);
    const cut = (): void => {
      world.cut([node], [other, tracker]);
    };
    cut();
    world.run(120_000);
    world.heal();
    world.until(() => node.node.queries.peers(world.now).length > 0);
    expect(node.peerCount).to.equal(0);
    cut();
    world.run(120_000);
    world.heal();
    expect(world.until(() => node.peerCount === 1, 60_000)).to.be.at.most(5_000);
  });

  it('does not wait for whom it lost before it counts as synced', () => {
    const world = new World();
    const gone = addNode(world, network);
    const node = addNode(world, network, { neighbours: [gone.address] });
    world.hold([gone], [node]); // a dial takes its five seconds
    world.run(5_500);
    expect(node.node.queries.isSynced).to.equal(true);
  });

  it('keeps one place more for those whom it lost', () => {
    const world = new World();
    const left = Array.from({ length: 12 }, () => addNode(world, network));
    const right = Array.from({ length: 12 }, () => addNode(world, network));
    const others = [...left, ...right].map(({ address }) => address);
    const node = addNode(world, network, { neighbours: others });
    world.run(60_000);
    const half = [...left, node];
    world.cut(half, right);
    world.run(60_000);
    expect(outbound(world, node)).to.equal(OUTBOUND_WANTED);
    world.heal();
    world.run(60_000);
    expect(outbound(world, node)).to.equal(OUTBOUND_WANTED + 1);
  });

  it('dials where the operator says, although it has sessions enough', () => {
    const world = new World();
    const others = Array.from({ length: 12 }, () => addNode(world, network));
    const node = addNode(world, network, { neighbours: others.map(({ address }) => address) });
    world.run(1_000);
    const wanted = addNode(world, network);
    node.connectTo(wanted);
    expect(node.replies.at(-1)?.result).to.deep.equal({ ok: true, value: { type: 'connecting' } });
    world.run(100);
    expect(wanted.peerCount).to.equal(1);
  });

  it('does not dial whom it has a session with, however that came to be', () => {
    const world = new World();
    const other = addNode(world, network);
    const node = addNode(world, network);
    other.connectTo(node);
    world.run(100);
    node.connectTo(other);
    world.run(10_000);
    expect([node.peerCount, outbound(world, node)]).to.deep.equal([1, 0]);
    expect([...node.reasons, ...other.reasons]).to.deep.equal([]);
  });

  it('forgets an address at which another network lives', () => {
    const world = new World();
    const stranger = addNode(world, makeNetwork({ name: 'other' }));
    const node = addNode(world, network, { neighbours: [stranger.address] });
    world.run(600_000);
    expect(node.reasons).to.deep.equal(['wrong-network']);
  });
});
