import { expect } from 'chai';
import { outpointKey } from '../../shared/consensus/transaction.js';
import { genesisCoin, genesisOf, makeNetwork, nextBlock, nextBlocks } from '../support/blocks.js';
import { Stranger } from '../support/stranger.js';
import { World } from '../../lab/sim/world.js';
import { addNode } from '../../lab/sim/worldNode.js';

const network = makeNetwork();
const genesis = genesisOf(network);

describe('queries', () => {
  it('tell where the chain stands, and any block of it by height and by hash', () => {
    const world = new World();
    const { node, give } = bound(world);
    const blocks = nextBlocks(network, genesis, 3);
    give(blocks);
    const [, second, third] = blocks;
    const { queries } = node;
    expect(queries.network.id).to.equal(network.id);
    expect(queries.tip.height).to.equal(3);
    expect(queries.bestHeader).to.equal(queries.tip);
    const entry = queries.active(2);
    expect(entry?.hash).to.equal(second?.block.hash);
    expect(entry && queries.headerBytes(entry)).to.deep.equal(second?.bytes.subarray(0, 80));
    expect(queries.block(third?.block.hash ?? network.id)).to.deep.equal(third?.bytes);
    expect(queries.active(4)).to.equal(undefined);
    const { txid, index } = genesisCoin(network, 0);
    expect(queries.coin(outpointKey(txid, index))?.height).to.equal(0);
  });

  it('tell an active block from a stale one', () => {
    const world = new World();
    const { node, give } = bound(world);
    const stale = nextBlock(network, genesis, { extraNonce: 5 });
    give([...nextBlocks(network, genesis, 2), stale]);
    const entry = node.queries.entry(stale.block.hash);
    expect(entry && node.queries.isActive(entry)).to.equal(false);
    expect(node.queries.isActive(node.queries.tip)).to.equal(true);
  });

  it('list the connections, with what is known of each', () => {
    const world = new World();
    const worldNode = addNode(world, network);
    const hello = { tipHeight: 5, tipWork: 10n };
    const stranger = new Stranger(world, network, { hello }).call(worldNode);
    new Stranger(world, network, { number: 201, isMute: true }).call(worldNode);
    world.run(1_000);
    const [ready, greeting] = worldNode.node.queries.peers(world.now);
    expect(ready).to.include({
      direction: 'inbound',
      state: 'ready',
      agent: 'stranger',
      height: 5,
    });
    expect(ready?.address.host).to.equal(stranger.address.host);
    expect(ready?.nodeKey).to.match(/^[0-9a-f]{64}$/);
    expect(ready?.connectedMs).to.be.within(900, 1_100);
    expect(greeting).to.include({ state: 'shaking-hands', nodeKey: undefined, height: undefined });
    expect(worldNode.node.queries.peerCount).to.equal(1);
    expect(worldNode.node.queries.queues()).to.include({ connections: 2, bans: 0, questions: 0 });
  });

  it('tell how the miner is', () => {
    const world = new World();
    const { node } = bound(world);
    expect(node.queries.mining(world.now)).to.include({ resting: 'off', blocksFound: 0 });
  });
});

function bound(world: World) {
  const worldNode = addNode(world, network);
  world.run(1);
  return { node: worldNode.node, give: worldNode.give.bind(worldNode) };
}
