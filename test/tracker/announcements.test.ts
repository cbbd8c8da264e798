import { expect } from 'chai';

import { TestPeer, World } from './world.js';

describe('tracker/announcements', () => {
  it('tells unknown, yes and no apart', () => {
    const world = new World();
    const slow = new TestPeer({ port: 6000, isMute: true });
    world.listen(slow);
    const connection = world.connect(slow);
    expect(world.announce(connection, { event: 'started' }).reachable).to.equal('unknown');
    world.pass(6);
    expect(world.announce(connection).reachable).to.equal('no');
    const good = new TestPeer({ port: 6001 });
    const other = world.register(good);
    expect(world.announce(other, { port: 6001 }).reachable).to.equal('yes');
  });

  it('keeps the owner of an address when another key announces it, and says no to that', () => {
    const world = new World();
    const owner = new TestPeer();
    world.register(owner);
    world.pass(60);
    const rival = world.connect(new TestPeer());
    expect(world.announce(rival).reachable).to.equal('refused');
    expect(world.events.at(-1)).to.deep.include({ why: 'address-taken' });
    expect(owner.callsCount, 'the owner is called to see that it is still there').to.equal(2);
    expect(world.liveCount).to.equal(1);
  });

  it('gives the address to a new key once the old one is not found there', () => {
    const world = new World();
    world.register(new TestPeer());
    const successor = new TestPeer();
    world.listen(successor);
    const connection = world.connect(successor);
    world.announce(connection, { event: 'started' });
    world.announce(connection);
    expect(world.announce(connection).reachable).to.equal('yes');
    expect(world.tracker.registry.count).to.equal(1);
  });

  it('hands out loopback peers on this machine only', () => {
    const world = new World();
    world.register(new TestPeer({ host: '127.0.0.1' }));
    world.register(new TestPeer({ host: '10.0.0.1' }));
    const hostsFor = (host: string): string[] => {
      const asker = world.connect(new TestPeer({ host, port: 7000 }));
      return world.announce(asker, { port: 7000 }).peers.map((peer) => peer.host);
    };
    expect(hostsFor('10.0.0.2')).to.deep.equal(['10.0.0.1']);
    expect(hostsFor('127.0.0.1')).to.have.members(['127.0.0.1', '10.0.0.1']);
    expect(hostsFor('9.9.9.9')).to.deep.equal([]);
  });

  it('keeps a source at its share, and goes on listing who is really there', () => {
    const world = new World();
    const flooder = world.connect(new TestPeer({ host: '9.9.9.9' }));
    for (let i = 0; i < 1_100; i++) world.announce(flooder, { port: 2_000 + i });
    expect(world.tracker.registry.count).to.equal(1_024);
    const honest = world.register(new TestPeer({ host: '9.9.9.9', port: 6_000 }));
    world.pass(60);
    expect(world.announce(honest).reachable).to.equal('yes');
    expect(world.tracker.registry.count).to.equal(1_024);
  });

  it('keeps its memory flat under a flood of announces', () => {
    const world = new World();
    const connection = world.register(new TestPeer());
    for (let i = 0; i < 5_000; i++) {
      const event = i % 2 === 0 ? 'stopped' : 'started';
      world.announce(connection, { event });
    }
    expect(world.dials.length).to.be.at.most(6);
    expect(world.tracker.registry.count).to.equal(1);
    expect(world.tracker.registry.pruned(0).length).to.equal(100);
  });
});
