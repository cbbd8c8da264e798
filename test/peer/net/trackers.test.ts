import { expect } from 'chai';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { addTracker, TRACKER_ADDRESS } from '../../../lab/sim/worldTracker.js';

const network = makeNetwork();
const NOWHERE = { host: '10.0.0.251', port: 5_009 };

describe('net/trackers', () => {
  it('gives each tracker its own answers, and goes on with those that are there', () => {
    const world = new World();
    addTracker(world, [network]);
    const trackers = [NOWHERE, TRACKER_ADDRESS];
    const [a, b] = [addNode(world, network, { trackers }), addNode(world, network, { trackers })];
    a.give(nextBlocks(network, genesisOf(network), 3));
    world.until(() => b.height === 3, 30_000);
    world.run(10_000);
    const states = b.node.queries.trackers.map(({ address, state }) => [address.host, state]);
    expect(states).to.deep.equal([
      [NOWHERE.host, 'lost'],
      [TRACKER_ADDRESS.host, 'answered'],
    ]);
    b.stop();
    world.run(1_000);
    expect(a.peerCount).to.equal(0);
  });
});
