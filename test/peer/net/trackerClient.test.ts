import { expect } from 'chai';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { addTracker, TRACKER_ADDRESS } from '../../../lab/sim/worldTracker.js';

const network = makeNetwork();
const trackers = [TRACKER_ADDRESS];

describe('net/trackerClient', () => {
  it('brings nodes together that know nothing but the tracker', () => {
    const world = new World();
    const tracker = addTracker(world, [network]);
    const nodes = Array.from({ length: 5 }, () => addNode(world, network, { trackers }));
    nodes[0]?.give(nextBlocks(network, genesisOf(network), 30));
    world.until(() => nodes.every(({ peerCount }) => peerCount === 4), 30_000);
    expect(nodes.map(({ height }) => height)).to.deep.equal([30, 30, 30, 30, 30]);
    expect(tracker.liveCount).to.equal(5);
    world.run(600_000);
    for (const node of nodes) {
      expect(node.peerCount).to.equal(4);
      expect(node.notices()).to.deep.equal([]);
      expect(node.told('tracker').map(({ state }) => state)).to.deep.equal(['answered']);
      expect(node.node.queries.trackers).to.deep.equal([
        {
          address: TRACKER_ADDRESS,
          state: 'answered',
          reachable: 'yes',
          observedHost: node.address.host,
        },
      ]);
    }
  });

  it('starts without a tracker, says so once, and finds it when it comes', () => {
    const world = new World();
    const [a, b] = [addNode(world, network, { trackers }), addNode(world, network, { trackers })];
    world.run(300_000);
    expect(a.notices()).to.deep.equal(['tracker-lost']);
    expect(a.node.queries.trackers[0]?.state).to.equal('lost');
    addTracker(world, [network]);
    world.until(() => a.peerCount === 1 && b.peerCount === 1, 120_000);
  });

  it('goes on without the tracker, and comes back to one that was restarted', () => {
    const world = new World();
    const first = addTracker(world, [network]);
    const [a, b] = [addNode(world, network, { trackers }), addNode(world, network, { trackers })];
    world.until(() => a.peerCount === 1 && b.peerCount === 1);
    first.kill();
    world.run(300_000);
    expect([a.peerCount, b.peerCount]).to.deep.equal([1, 1]);
    const second = addTracker(world, [network]);
    world.until(() => second.liveCount === 2, 200_000);
    expect(a.told('tracker').map(({ state }) => state)).to.deep.equal([
      'answered',
      'lost',
      'answered',
    ]);
  });

  it('tells the tracker when it stops', () => {
    const world = new World();
    const tracker = addTracker(world, [network]);
    const [a, b] = [addNode(world, network, { trackers }), addNode(world, network, { trackers })];
    world.until(() => b.peerCount === 1);
    a.stop();
    world.run(100);
    expect(tracker.liveCount).to.equal(1);
    expect(b.told('peer-gone').map(({ reason }) => reason)).to.deep.equal(['connection-lost']);
    expect(a.reasons).to.include('shutting-down');
  });

  it('warns when the tracker cannot reach the node', () => {
    const world = new World();
    const tracker = addTracker(world, [network]);
    const node = addNode(world, network, { trackers });
    // The tracker dials the address that it sees; here somebody else's host answers nowhere.
    world.cutOneWay(tracker, node);
    world.run(300_000);
    expect(node.notices()).to.deep.equal(['unreachable']);
    expect(node.told('notice')[0]?.sentence).to.include('10.0.0.1:6000');
    world.heal();
    world.run(300_000);
    expect(node.notices()).to.deep.equal(['unreachable', 'reachable']);
  });

  it('says what is the matter when the tracker does not list the node', () => {
    const world = new World();
    addTracker(world, [network]);
    const node = addNode(world, network, { trackers, port: 80 });
    world.run(300_000);
    expect(node.notices()).to.deep.equal(['not-listed']);
    expect(node.told('notice')[0]?.sentence).to.include('10.0.0.1:80').and.to.include('below 1024');
  });

  it('stays away from a tracker that does not serve its network, and says why', () => {
    const world = new World();
    addTracker(world, [makeNetwork({ name: 'other' })]);
    const node = addNode(world, network, { trackers });
    world.run(60_000);
    expect(node.notices()).to.deep.equal(['tracker-lost']);
    expect(node.told('notice')[0]?.sentence).to.include('another network');
    expect(node.reasons).to.include('wrong-network');
  });

  it('takes no other program for a tracker, and no answer that it did not ask for', () => {
    const world = new World();
    const peer = addNode(world, network, {
      host: TRACKER_ADDRESS.host,
      port: TRACKER_ADDRESS.port,
    });
    const node = addNode(world, network, { trackers });
    world.run(1_000);
    expect(node.reasons[0]).to.equal('wrong-service');
    expect(node.told('notice')[0]?.sentence).to.include('A peer is there and no tracker.');
    expect(node.peerCount).to.equal(0);
    expect(peer.peerCount).to.equal(0);
  });
});
