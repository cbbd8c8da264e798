import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { ARRIVALS } from '../../../peer/net/arrivals.js';
import type { BlockHash } from '../../../shared/units.js';
import type { PeerMessage } from '../../../shared/wire/peerMessages.js';
import { genesisOf, makeNetwork, nextBlock, nextBlocks } from '../../support/blocks.js';
import { addLight } from '../../support/lightWorld.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork();
const ZEROS = '0'.repeat(64) as BlockHash;

function scene() {
  const world = new World();
  const light = addLight(world, network);
  const peer = new Stranger(world, network);
  light.connectTo(peer);
  world.run(100);
  return { world, light, peer };
}

describe('light/lightNet', () => {
  it('says that it is a client, whom nobody calls, and tells nothing of its chain', () => {
    const { peer } = scene();
    expect(peer.theirs).to.include({ service: 'client', listenPort: 0, tipHeight: 0, tipWork: 0n });
    expect(peer.heard.map(({ type }) => type)).to.deep.equal(['getHeaders']);
  });

  it('refuses whatever nobody says to a client, and each answer without a question', () => {
    const examples: readonly PeerMessage[] = [
      { type: 'getHeaders', locator: [ZEROS], stop: ZEROS },
      { type: 'getBlocks', hashes: [ZEROS] },
      { type: 'block', block: new Uint8Array(84) },
      { type: 'notFound', hash: ZEROS },
      { type: 'inv', wtxids: [ZEROS as never] },
      { type: 'transactions', transactions: [], missing: [ZEROS as never] },
      { type: 'getProofs', addresses: ['00'.repeat(20) as never], height: 0, position: 0 },
      { type: 'proofs', state: 'done', upTo: ZEROS, proofs: [] },
      { type: 'getTransactions', wtxids: [ZEROS as never] },
    ];
    for (const message of examples) {
      const { world, light, peer } = scene();
      peer.say(message);
      world.run(100);
      const isFree = ARRIVALS.server[message.type] === 'any-time';
      expect(light.reasons, message.type).to.deep.equal(isFree ? [] : ['message-unexpected']);
    }
  });

  it('ends and bans whoever sends a header that breaks a rule', () => {
    const { world, light, peer } = scene();
    peer.push(nextBlock(network, genesisOf(network), { header: { version: 2 } }));
    world.run(100);
    light.connectTo(peer);
    world.run(100);
    expect(light.reasons).to.deep.equal(['invalid-header', 'banned']);
  });

  it('dials its neighbours of the last run, and again whom it lost', () => {
    const world = new World();
    const node = addNode(world, network);
    node.give(nextBlocks(network, genesisOf(network), 2));
    const light = addLight(world, network, { neighbours: [node.address] });
    world.until(() => light.height === 2);
    node.kill();
    world.run(5_000);
    const again = addNode(world, network, { number: node.number, store: node.store });
    world.until(() => light.light.queries.peerCount === 1, 20_000);
    expect(again.node.queries.peers(world.now)).to.have.length(1);
  });

  it('calls nobody a peer who is none', () => {
    const world = new World();
    const light = addLight(world, network);
    light.connectTo(new Stranger(world, network, { hello: { service: 'client' } }));
    world.run(100);
    expect(light.reasons).to.deep.equal(['wrong-service']);
  });

  it('says good-bye at its end', () => {
    const { world, light, peer } = scene();
    light.host.input({ type: 'stop' });
    world.run(100);
    expect(light.reasons).to.deep.equal(['shutting-down']);
    expect(peer.isClosed).to.equal(true);
    expect(light.light.nextWake()).to.equal(undefined);
  });
});
