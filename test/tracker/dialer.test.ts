import { expect } from 'chai';

import { NETWORK, OTHER_NETWORK, TestPeer, TWO_NETWORKS, World } from './world.js';

describe('tracker/dialer', () => {
  it('tells a peer that cannot be reached so, and never hands it out', () => {
    const world = new World();
    const connection = world.connect(new TestPeer());
    world.announce(connection, { event: 'started' });
    expect(world.announce(connection).reachable).to.equal('no');
    expect(world.liveCount).to.equal(0);
  });

  it('backs off from a peer that cannot be reached', () => {
    const world = new World();
    const connection = world.connect(new TestPeer());
    world.announce(connection, { event: 'started' });
    for (let i = 0; i < 12; i++) {
      world.pass(50);
      world.announce(connection);
    }
    expect(world.dials.length).to.be.within(6, 10);
    expect(world.tracker.registry.countOf(0, 'unreachable')).to.equal(1);
  });

  it('takes another key at the address for a miss', () => {
    const world = new World();
    const honest = new TestPeer({ port: 6000 });
    world.listen(honest);
    const liar = world.connect(new TestPeer({ port: 6000 }));
    world.announce(liar, { event: 'started', port: 6000 });
    expect(honest.callsCount).to.equal(1);
    expect(world.announce(liar, { port: 6000 }).reachable).to.equal('no');
    expect(world.events.at(-1)).to.deep.include({ type: 'peer-missed', why: 'wrong-key' });
  });

  it('takes a peer of another network, or no peer at all, for a miss', () => {
    for (const options of [{ network: OTHER_NETWORK }, { service: 'client' } as const]) {
      const world = new World();
      const registered = new TestPeer();
      const actual = new TestPeer({ ...options, sameKeyAs: registered });
      world.listen(actual);
      world.announce(world.connect(registered), { event: 'started' });
      expect(world.liveCount).to.equal(0);
    }
  });

  it('gives up on a peer that accepts and says nothing, after five seconds', () => {
    const world = new World();
    const mute = new TestPeer({ isMute: true });
    world.register(mute);
    world.pass(4);
    expect(world.tracker.load.dialsInFlight).to.equal(1);
    world.pass(2);
    expect(world.events).to.deep.include.members([
      { type: 'peer-missed', peer: noticeOf(mute), why: 'handshake-timeout' },
    ]);
  });

  it('dials every live peer again about once an interval', () => {
    const world = new World();
    const peer = new TestPeer();
    const connection = world.register(peer);
    for (let i = 0; i < 10; i++) {
      world.pass(60);
      world.announce(connection);
    }
    expect(peer.callsCount).to.be.within(9, 12);
    expect(world.liveCount).to.equal(1);
  });

  it('prunes a peer that died, soon after its connection broke', () => {
    const world = new World();
    const peer = new TestPeer();
    const connection = world.register(peer);
    world.pass(15);
    peer.isListening = false;
    world.breakOff(connection);
    world.pass(1);
    expect(world.liveCount).to.equal(0);
    world.pass(10);
    expect(world.tracker.registry.count).to.equal(0);
    expect(world.tracker.registry.pruned(0)[0]).to.include({ reason: 'lost' });
  });

  it('prunes a peer that can be reached but announces itself no more', () => {
    const world = new World();
    world.register(new TestPeer());
    world.pass(60 * 5);
    expect(world.tracker.registry.pruned(0)[0]).to.include({ reason: 'expired' });
  });

  it('dials once where two networks have the same address', () => {
    const world = new World({
      networks: TWO_NETWORKS,
    });
    const mute = new TestPeer({ isMute: true });
    world.register(mute);
    world.announce(world.connect(new TestPeer({ network: OTHER_NETWORK })));
    expect(world.dials).to.have.length(1);
    world.pass(20);
    expect(world.tracker.registry.countOf(0, 'unreachable')).to.equal(1);
    expect(world.tracker.registry.countOf(1, 'unreachable')).to.equal(1);
  });
});

function noticeOf({ address, options }: TestPeer): object {
  const network = options.network ?? NETWORK;
  return { network, address, name: 'test' };
}
