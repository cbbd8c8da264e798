import { expect } from 'chai';

import { Views } from '../../tracker/views.js';
import { NETWORK, TestPeer, World } from './world.js';

function viewsOf(world: World): Views {
  const networks = [{ id: NETWORK, name: 'class', targetInterval: 10 }];
  return new Views({ version: '1', listen: 'x:1', started: world.now, networks }, world.tracker);
}

describe('tracker/views', () => {
  it('counts peers by what is known of them', () => {
    const world = new World();
    const views = viewsOf(world);
    world.register(new TestPeer({ port: 6000 }));
    world.announce(world.connect(new TestPeer({ port: 6001 })), { event: 'started', port: 6001 });
    const mute = new TestPeer({ port: 6002, isMute: true });
    world.listen(mute);
    world.announce(world.connect(mute), { event: 'started', port: 6002 });
    expect(views.networks()[0]).to.deep.include({
      liveCount: 1,
      unreachableCount: 1,
      unverifiedCount: 1,
    });
    const [peers] = views.peers(undefined, { offset: 0, limit: 10 });
    expect(peers?.unverified[0]?.address).to.equal('127.0.0.1:6002');
  });

  it('gives an empty list beyond the end', () => {
    const world = new World();
    world.register(new TestPeer());
    const [peers] = viewsOf(world).peers('class', { offset: 5, limit: 10 });
    expect([peers?.live, peers?.unreachable, peers?.pruned]).to.deep.equal([[], [], []]);
  });

  it('knows no network that is not served', () => {
    expect(viewsOf(new World()).peers('nope', { offset: 0, limit: 1 })).to.deep.equal([]);
  });
});
