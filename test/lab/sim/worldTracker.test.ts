import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { addTracker, registryInMemory, TRACKER_ADDRESS } from '../../../lab/sim/worldTracker.js';
import { makeNetwork } from '../../support/blocks.js';

describe('sim/worldTracker', () => {
  it('goes on with the peers on its disk when it is killed, and else knows none', () => {
    const network = makeNetwork();
    const world = new World();
    const store = registryInMemory();
    const first = addTracker(world, [network], 30, store);
    expect(first.restoredCount).to.equal(0);
    for (let i = 0; i < 3; i++) addNode(world, network, { trackers: [TRACKER_ADDRESS] });
    world.until(() => first.liveCount === 3);
    world.run(5_000);
    first.kill();
    const without = addTracker(world, [network]);
    expect(without.restoredCount).to.equal(0);
    without.kill();
    const second = addTracker(world, [network], 30, store);
    expect([second.restoredCount, second.liveCount]).to.deep.equal([3, 0]);
    // It dials each before it hands out any of them.
    expect(world.until(() => second.liveCount === 3)).to.be.below(10_000);
  });
});
