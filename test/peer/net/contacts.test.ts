import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { genesisOf, makeNetwork, nextBlock } from '../../support/blocks.js';
import { headersOf, Stranger } from '../../support/stranger.js';

const network = makeNetwork();

describe('net/contacts', () => {
  it('tells who came and who went, and shows who is there', () => {
    const world = new World();
    const node = addNode(world, network);
    const stranger = new Stranger(world, network, { hello: { tipHeight: 7 } }).call(node);
    const shown = node.node.queries.peers(world.now);
    expect(shown.map(({ state, direction, height }) => [state, direction, height])).to.deep.equal([
      ['ready', 'inbound', 7],
    ]);
    expect(node.told('peer-ready').map(({ peer }) => peer.agent)).to.deep.equal(['stranger']);
    stranger.hangUp();
    world.run(100);
    expect(node.node.queries.peers(world.now)).to.deep.equal([]);
    expect(node.told('peer-gone').map(({ reason }) => reason)).to.deep.equal(['connection-lost']);
  });

  it('says nothing of who only opened a port and went', () => {
    const world = new World();
    const node = addNode(world, network);
    const stranger = new Stranger(world, network, { isMute: true }).call(node);
    world.run(100);
    stranger.hangUp();
    world.run(100);
    expect([node.told('peer-gone'), node.peerCount]).to.deep.equal([[], 0]);
  });

  it('bans who broke a rule, by its key at its address', () => {
    const world = new World();
    const node = addNode(world, network);
    const header = headersOf([nextBlock(network, genesisOf(network))]);
    // Other bits than those of the rules.
    header[72] = (header[72] ?? 0) ^ 1;
    const stranger = new Stranger(world, network).call(node);
    stranger.say({ type: 'newHeaders', headers: header });
    world.run(100);
    expect(node.reasons).to.deep.equal(['invalid-header']);
    stranger.call(node);
    expect(stranger.isClosed).to.equal(true);
    expect(node.node.queries.queues().bans).to.equal(1);
    const other = new Stranger(world, network, { number: 101 }).call(node);
    expect(other.isClosed).to.equal(false);
  });
});
