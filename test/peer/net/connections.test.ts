import { publicKeyOf } from '#crypto';
import { expect } from 'chai';
import { CONNECTIONS_MAX, OUTBOUND_WANTED } from '../../../peer/net/connections.js';
import { toHex } from '../../../shared/bytes.js';
import type { BlockHash, NodeKey } from '../../../shared/units.js';
import type { NetAddress } from '../../../shared/wire/netAddress.js';
import { makeNetwork } from '../../support/blocks.js';
import { Stranger, type StrangerOptions } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();
const keyOf = (number: number): NodeKey =>
  toHex(publicKeyOf(new Uint8Array(32).fill(number))) as NodeKey;

/** `count` strangers at `hostOf(i)`, each with a key of its own, that call `node`. */
function crowd(
  world: World,
  node: WorldNode,
  count: number,
  hostOf: (i: number) => string,
): Stranger[] {
  return Array.from({ length: count }, (_, i) => {
    const address: NetAddress = { host: hostOf(i), port: 7_000 + i };
    const instance = i.toString(16).padStart(16, '0');
    return new Stranger(world, network, { number: i + 2, address, hello: { instance } }).call(node);
  });
}

function reasonFor(hello: StrangerOptions['hello']): readonly string[] {
  const world = new World();
  const node = addNode(world, network);
  new Stranger(world, network, { hello: hello ?? {} }).call(node);
  world.run(100);
  return node.reasons;
}

describe('net/connections', () => {
  it('refuses another network, and both sides know which', () => {
    const world = new World();
    const other = makeNetwork({ name: 'other' });
    const [a, b] = [addNode(world, network), addNode(world, other)];
    a.connectTo(b);
    world.run(100);
    const [gone] = a.told('peer-gone');
    expect(gone).to.include({ reason: 'wrong-network' });
    expect(gone?.peer.agent).to.match(/^test\/\d/);
    expect(gone?.sentence).to.include(network.id).and.to.include(other.id);
    expect(b.told('peer-gone')[0]).to.include({ reason: 'wrong-network' });
    expect(reasonFor({ network: 'ff'.repeat(32) as BlockHash })).to.deep.equal(['wrong-network']);
  });

  it('refuses programs that have no business here, and versions that it does not speak', () => {
    expect(reasonFor({ protocolMin: 1_000, protocolMax: 1_001 })).to.deep.equal(['wrong-version']);
    const world = new World();
    const node = addNode(world, network);
    for (const [number, service] of [['tracker'], ['client']].entries()) {
      const options = { number: 210 + number, hello: { service: service[0] as never } };
      node.connectTo(new Stranger(world, network, options));
    }
    world.run(100);
    expect(node.reasons).to.deep.equal(['wrong-service', 'wrong-service']);
  });

  it('lets 32 light peers in, whom it counts among nobody', () => {
    const world = new World();
    const node = addNode(world, network);
    for (let number = 1; number <= 33; number++) {
      const address = { host: `10.3.0.${String(number)}`, port: 6_000 };
      const options = { number, address, hello: { service: 'client', listenPort: 0 } as const };
      new Stranger(world, network, options).call(node);
    }
    expect(node.node.queries.peers(world.now)).to.have.length(32);
    expect(node.peerCount).to.equal(0);
    expect(node.reasons).to.deep.equal(['too-many-connections']);
  });

  it('refuses who does not own its node key', () => {
    expect(reasonFor({ nodeKey: keyOf(77) })).to.deep.equal(['bad-ready']);
  });

  it('finds out that it dialed itself, and does not try again', () => {
    const world = new World();
    const node = addNode(world, network);
    node.connectTo(node);
    world.run(60_000);
    expect(node.reasons).to.deep.equal(['self-connection', 'self-connection']);
    expect(node.peerCount).to.equal(0);
  });

  it('says so when another program runs with its own key', () => {
    const world = new World();
    const original = addNode(world, network, { number: 1 });
    const copy = addNode(world, network, { number: 1, host: '10.0.0.99' });
    copy.connectTo(original);
    world.run(100);
    expect(original.notices()).to.deep.equal(['copied-data-directory']);
    expect(original.reasons).to.deep.equal(['duplicate-session']);
    expect([original.peerCount, copy.peerCount]).to.deep.equal([0, 0]);
  });

  it('tells nobody of a copy because a stranger names its key without proof', () => {
    const world = new World();
    const node = addNode(world, network, { number: 1 });
    new Stranger(world, network, { hello: { nodeKey: keyOf(1) } }).call(node);
    world.run(100);
    expect(node.reasons).to.deep.equal(['bad-ready']);
    expect(node.notices()).to.deep.equal([]);
  });

  it('keeps eight places free of those who call', () => {
    const world = new World();
    const node = addNode(world, network);
    const all = crowd(world, node, CONNECTIONS_MAX, (i) => `127.0.${String(i)}.1`);
    expect(node.peerCount).to.equal(CONNECTIONS_MAX - OUTBOUND_WANTED);
    expect(new Set(node.reasons)).to.deep.equal(new Set(['too-many-connections']));
    expect(all.filter(({ isClosed }) => isClosed)).to.have.length(OUTBOUND_WANTED);
  });

  it('lets 16 in from one address, and any number from this machine', () => {
    const world = new World();
    const node = addNode(world, network);
    crowd(world, node, 40, () => '10.9.9.9');
    expect(node.peerCount).to.equal(16);
    const local = new World();
    const localNode = addNode(local, network);
    crowd(local, localNode, 40, () => '127.0.0.1');
    expect(localNode.peerCount).to.equal(40);
  });

  it('shows a tracker that dials back to nobody, and ends its visit after 30 s', () => {
    const world = new World();
    const node = addNode(world, network);
    const tracker = new Stranger(world, network, { hello: { service: 'tracker' } }).call(node);
    expect(tracker.isReady).to.equal(true);
    expect(node.node.queries.peers(world.now)).to.deep.equal([]);
    world.run(29_000);
    expect(node.reasons).to.deep.equal([]);
    world.run(2_000);
    expect(node.reasons).to.deep.equal(['not-needed']);
    expect(node.told('peer-gone')).to.deep.equal([]);
  });

  it('wants to be woken for no session that was heard in time', () => {
    const world = new World();
    const node = addNode(world, network);
    const all = crowd(world, node, 3, (i) => `127.0.${String(i)}.1`);
    world.run(20_000);
    for (const one of all) one.say({ type: 'headers', headers: new Uint8Array() });
    world.run(180_000);
    let wakesInVain = 0;
    let isWake = false;
    world.watch({
      onInput: (host, { type }) => {
        isWake = host === node.host && type === 'wake';
      },
      onStep: (host, effects) => {
        if (host === node.host && isWake && effects.length === 0) wakesInVain++;
      },
    });
    for (let i = 0; i < 60; i++) {
      all[i % 3]?.say({ type: 'ping', nonce: i.toString(16).padStart(16, '0') });
      world.run(5_000);
    }
    expect(wakesInVain).to.equal(0);
    expect(node.reasons).to.deep.equal([]);
  });
});
