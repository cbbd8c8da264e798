import { expect } from 'chai';

import { NO_NETWORK } from '../../shared/wire/handshakeMessages.js';
import { OTHER_NETWORK, TestPeer, TWO_NETWORKS, World } from './world.js';

describe('tracker/tracker', () => {
  describe('announce', () => {
    it('dials a new peer at once and hands it out to the next', () => {
      const world = new World();
      const alice = new TestPeer({ port: 6000, height: 12 });
      const bob = new TestPeer({ port: 6001 });
      const connection = world.register(alice);
      expect(alice.callsCount).to.equal(1);
      expect(world.announce(connection).reachable).to.equal('yes');
      world.listen(bob);
      const answer = world.announce(world.connect(bob), { port: 6001 });
      const host = '127.0.0.1';
      expect(answer.peers).to.deep.equal([{ host, port: 6000, nodeKey: alice.nodeKey }]);
      expect(answer.observed).to.equal(host);
      expect(world.tracker.registry.page(0, 'live-loopback', 0, 1)[0]).to.include({ height: 12 });
    });

    it('lets five peers that start at once know each other within two announces', () => {
      const world = new World();
      const peers = [0, 1, 2, 3, 4].map((i) => new TestPeer({ port: 6000 + i }));
      const connections = peers.map((peer) => world.register(peer));
      world.pass(1);
      connections.forEach((connection, i) => {
        expect(world.announce(connection, { port: 6000 + i }).peers).to.have.length(4);
      });
    });

    it('asks a peer back within two seconds while it is new, and every interval later', () => {
      const world = new World();
      const connection = world.register(new TestPeer());
      expect(world.announce(connection).intervalSeconds).to.equal(2);
      world.pass(30);
      expect(world.announce(connection).intervalSeconds).to.be.within(54, 66);
    });

    it('gives no more peers than wanted, none of another network, and never the asker', () => {
      const world = new World({
        networks: TWO_NETWORKS,
      });
      for (let i = 0; i < 5; i++) world.register(new TestPeer({ port: 6000 + i }));
      world.register(new TestPeer({ port: 7000, network: OTHER_NETWORK }));
      const asker = new TestPeer({ port: 6005 });
      const connection = world.register(asker);
      expect(world.announce(connection, { port: 6005, wanted: 3 }).peers).to.have.length(3);
      const all = world.announce(connection, { port: 6005, wanted: 50 }).peers;
      expect(all.map(({ port }) => port).sort()).to.deep.equal([6000, 6001, 6002, 6003, 6004]);
    });

    it('forgets a peer that stops, at once', () => {
      const world = new World();
      const connection = world.register(new TestPeer());
      const answer = world.announce(connection, { event: 'stopped' });
      expect(answer.peers).to.deep.equal([]);
      expect(world.tracker.registry.count).to.equal(0);
      expect(world.tracker.registry.pruned(0)[0]).to.include({ reason: 'stopped' });
    });

    it('lets nobody stop another peer', () => {
      const world = new World();
      world.register(new TestPeer());
      const stranger = world.connect(new TestPeer({ port: 6001 }));
      world.announce(stranger, { event: 'stopped', port: 6000 });
      expect(world.liveCount).to.equal(1);
    });

    it('refuses an announce of a client, or of a peer without a network', () => {
      const world = new World();
      for (const options of [{ service: 'client' } as const, { network: NO_NETWORK }]) {
        const connection = world.connect(new TestPeer(options));
        world.ask(connection, {
          type: 'announce',
          event: 'alive',
          port: 6000,
          claimed: undefined,
          wanted: 1,
        });
        expect(connection.ended).to.equal('message-unexpected');
      }
      expect(world.tracker.registry.count).to.equal(0);
    });
  });

  describe('storage', () => {
    it('saves what changed, a second later, and then rests', () => {
      const world = new World();
      world.register(new TestPeer());
      expect(world.saved).to.deep.equal([]);
      world.pass(1.1);
      expect(world.saved).to.have.length(1);
      world.pass(20);
      expect(world.saved).to.have.length(1);
    });

    it('saves everything and ends all connections when it stops', () => {
      const world = new World();
      const connection = world.register(new TestPeer());
      world.stop();
      expect(world.saved[0]?.upserts).to.have.length(1);
      expect(connection.ended).to.equal('shutting-down');
      expect(world.tracker.nextWake()).to.equal(undefined);
    });

    it('verifies what it knew before a restart and only then hands it out', () => {
      const before = new World();
      const alice = new TestPeer({ port: 6000 });
      const dead = new TestPeer({ port: 6001 });
      before.register(alice);
      before.register(dead);
      before.stop();
      const after = new World();
      after.listen(alice);
      const rows = before.saved.flatMap(({ upserts }) => upserts);
      rows.forEach((row, i) => {
        after.tracker.restore(row, i, after.now);
      });
      expect(after.liveCount).to.equal(0);
      after.pass(1);
      expect(after.liveCount).to.equal(1);
      after.pass(10);
      expect(after.tracker.registry.count).to.equal(1);
    });

    it('says no to a peer that starts after it only once it was called again', () => {
      const before = new World();
      const alice = new TestPeer();
      before.register(alice);
      before.stop();
      const after = new World();
      const rows = before.saved.flatMap(({ upserts }) => upserts);
      for (const row of rows) after.tracker.restore(row, 0, after.now);
      after.pass(1);
      expect(after.tracker.registry.countOf(0, 'unreachable')).to.equal(1);
      const again = new TestPeer({ sameKeyAs: alice, isMute: true });
      after.listen(again);
      const connection = after.connect(again);
      const started = after.announce(connection, { event: 'started' });
      expect(started).to.include({ reachable: 'unknown', intervalSeconds: 1 });
      after.pass(6);
      expect(after.announce(connection).reachable).to.equal('no');
    });
  });
});
