import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { genesisOf, makeNetwork, nextBlocks, owner } from '../../support/blocks.js';
import { addLight, letProve } from '../../support/lightWorld.js';

const network = makeNetwork();
const blocks = nextBlocks(network, genesisOf(network), 3);

describe('light/lightQueries', () => {
  it('answers where it stands, and with whom it speaks', () => {
    const world = new World();
    const node = addNode(world, network);
    letProve(node);
    node.give(blocks);
    const light = addLight(world, network);
    const { queries } = light.light;
    expect([queries.isSynced, queries.peerCount]).to.deep.equal([false, 0]);
    light.want([owner(0).address]);
    light.connectTo(node);
    world.until(() => light.isCurrent && light.height === 3);
    expect(queries).to.include({ isSynced: true, peerCount: 1, proverCount: 1 });
    expect(queries.bestHeader).to.equal(queries.tip);
    expect(queries.active(2)?.hash).to.equal(blocks[1]?.block.hash);
    expect(queries.entry(network.id)?.height).to.equal(0);
    expect(queries.headerBytes(queries.tip)).to.deep.equal(blocks[2]?.bytes.subarray(0, 80));
    expect(queries.peers(world.now)).to.have.length(1);
    expect(queries.peers(world.now)[0]).to.include({ height: 3, direction: 'outbound' });
    const [allocations] = network.genesis.transactions;
    expect(queries.proven(allocations?.txid as never)?.entry.height).to.equal(0);
    expect(queries.waiting).to.deep.equal({ count: 0, bytes: 0 });
    expect(queries.trackers).to.deep.equal([]);
  });
});
