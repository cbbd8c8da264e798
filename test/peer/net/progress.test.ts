import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { Progress } from '../../../peer/net/progress.js';
import type { MonoMs } from '../../../shared/units.js';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { LATE, memoryStore } from '../../support/chains.js';
import { headersOf, Stranger } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { addTracker, TRACKER_ADDRESS } from '../../../lab/sim/worldTracker.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const NOBODY = { host: '10.0.9.9', port: 6_000 };
const MINES = { mode: { type: 'continuous' } } as const;

describe('net/progress', () => {
  it('is synced at once with nobody to ask, so that the first node of a network mines', () => {
    const world = new World();
    const node = addNode(world, network, { mining: MINES });
    world.until(() => node.height === 3, 1_000);
    expect(node.node.queries.isSynced).to.equal(true);
  });

  it('waits for the tracker and for those that it names, before it mines', () => {
    const world = new World();
    const old = addNode(world, network, { trackers: [TRACKER_ADDRESS] });
    old.give(nextBlocks(network, genesis, 50));
    const tracker = addTracker(world, [network]);
    world.until(() => tracker.liveCount === 1);
    const node = addNode(world, network, { trackers: [TRACKER_ADDRESS], mining: MINES });
    world.until(() => node.height > 50);
    expect(node.told('block-mined')[0]?.height).to.equal(51);
  });

  it('gives up waiting when the tracker is not there and no neighbour answers', () => {
    const world = new World();
    const trackers = [TRACKER_ADDRESS];
    const node = addNode(world, network, { trackers, neighbours: [NOBODY], mining: MINES });
    world.run(5);
    expect(node.node.queries.isSynced).to.equal(false);
    world.until(() => node.height === 1, 1_000);
  });

  it('waits ten seconds at most for a peer that does not answer', () => {
    const world = new World();
    const node = addNode(world, network, { neighbours: [NOBODY], mining: MINES });
    const hello = { tipWork: 1_000n };
    new Stranger(world, network, { hello }).call(node);
    new Stranger(world, network, { hello, number: 102, address: NOBODY });
    world.run(9_000);
    expect(node.height).to.equal(0);
    world.until(() => node.height > 0, 2_000);
  });

  it('does not wait when the operator wants blocks now', () => {
    const world = new World();
    const node = addNode(world, network, { neighbours: [NOBODY] });
    new Stranger(world, network, { hello: { tipWork: 1_000n }, address: NOBODY });
    world.run(2_000);
    node.command({ type: 'generate', count: 2 });
    world.until(() => node.height === 2, 1_000);
  });

  it('is behind while blocks of a better chain come, and rests from mining', () => {
    const world = new World();
    const old = addNode(world, network);
    old.give(nextBlocks(network, genesis, 500));
    const node = addNode(world, network, { neighbours: [old.address], mining: MINES });
    world.until(() => node.height >= 100);
    expect(node.node.queries.isSynced).to.equal(false);
    expect(node.node.queries.mining(world.now).resting).to.equal('syncing');
    world.until(() => node.height > 500);
    expect(node.told('block-mined')[0]?.height).to.equal(501);
    expect(node.node.queries.isSynced).to.equal(true);
  });

  it('is not synced while what came is being connected, however long that takes', () => {
    const chain = new Chain(network, memoryStore(network));
    const blocks = nextBlocks(network, genesis, 3);
    for (const { bytes } of blocks) chain.acceptBlock(bytes, LATE);
    const progress = new Progress(chain, { heads: [chain.bestHeader], lastBlockAt: undefined });
    const alone = () => ({ isAnswered: true, isLooking: false, peerCount: 0 });
    progress.settle(alone, 0 as MonoMs);
    progress.settle(alone, 100_000 as MonoMs);
    expect([progress.isSynced, progress.goal.height]).to.deep.equal([false, 3]);
    chain.advance();
    progress.settle(alone, 100_001 as MonoMs);
    expect([progress.isSynced, progress.goal.height]).to.deep.equal([true, 3]);
  });

  it('is not synced as long as blocks come, however slowly', () => {
    const world = new World();
    const node = addNode(world, network);
    const stranger = new Stranger(world, network).call(node);
    const blocks = nextBlocks(network, genesis, 5);
    stranger.say({ type: 'headers', headers: headersOf(blocks) });
    const { queries } = node.node;
    for (const { bytes } of blocks.slice(0, 3)) {
      world.run(50_000);
      expect([queries.isSynced, queries.bestHeader.height]).to.deep.equal([false, 5]);
      stranger.say({ type: 'block', block: bytes });
    }
    world.run(59_000);
    expect([queries.isSynced, node.height]).to.deep.equal([false, 3]);
    stranger.say({ type: 'block', block: blocks[3]?.bytes ?? new Uint8Array() });
    world.run(20);
    expect([queries.isSynced, queries.bestHeader.height]).to.deep.equal([true, 4]);
  });

  it('mines on when somebody withholds for a minute what he announced', () => {
    const world = new World();
    const node = addNode(world, network);
    node.findsAfterMs = 1_000;
    node.give(nextBlocks(network, genesis, 1));
    const stranger = new Stranger(world, network).call(node);
    stranger.say({ type: 'headers', headers: headersOf(nextBlocks(network, genesis, 5)) });
    world.run(100);
    node.command({ type: 'set-mining', ...MINES, threads: undefined, cpuPercent: undefined });
    world.run(50_000);
    expect(node.height).to.equal(1);
    world.run(30_000);
    expect(node.height).to.be.above(1);
  });
});
