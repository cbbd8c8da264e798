import { expect } from 'chai';
import { OUTBOUND_WANTED } from '../../../peer/net/connections.js';
import type { NetAddress } from '../../../shared/wire/netAddress.js';
import { makeNetwork } from '../../support/blocks.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';

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
