import { expect } from 'chai';

import { TestPeer, World } from './world.js';

describe('tracker/announce', () => {
  it('registers a claimed address when its own key is found there', () => {
    const world = new World();
    const peer = new TestPeer({ host: '192.168.1.20' });
    world.listen(peer);
    const connection = world.connect(peer, { host: '192.168.1.1', port: 40_000 });
    world.announce(connection, { event: 'started', claimed: '192.168.1.20' });
    const answer = world.announce(connection, { claimed: '192.168.1.20' });
    expect(answer).to.include({ reachable: 'yes', observed: '192.168.1.1' });
  });

  it('never dials an address of another reach than the source, nor a reserved port', () => {
    const cases = [
      { from: '9.9.9.9', claimed: '127.0.0.1', port: 6000 },
      { from: '9.9.9.9', claimed: '192.168.1.1', port: 6000 },
      { from: '192.168.1.5', claimed: '127.0.0.1', port: 6000 },
      { from: '192.168.1.5', claimed: '9.9.9.9', port: 6000 },
      { from: '9.9.9.9', claimed: '224.0.0.1', port: 6000 },
      { from: '9.9.9.9', claimed: '0.0.0.0', port: 6000 },
      { from: '9.9.9.9', claimed: '::', port: 6000 },
      { from: '9.9.9.9', claimed: 'ff02::1', port: 6000 },
      { from: '9.9.9.9', claimed: '::1', port: 6000 },
      { from: '9.9.9.9', claimed: undefined, port: 1023 },
      { from: '9.9.9.9', claimed: '9.9.9.9', port: 22 },
    ];
    for (const { from, claimed, port } of cases) {
      const world = new World();
      const connection = world.connect(new TestPeer(), { host: from, port: 40_000 });
      const answer = world.announce(connection, { event: 'started', claimed, port });
      expect(answer.reachable, JSON.stringify({ from, claimed, port })).to.equal('refused');
      world.pass(120);
      expect(world.dials).to.deep.equal([]);
      expect(world.tracker.registry.count).to.equal(0);
    }
  });

  it('dials a target six times a minute at most, though 1,000 claim it', () => {
    const world = new World();
    const victim = { host: '9.9.9.9', port: 6000 };
    const key = 'victim';
    for (let i = 0; i < 1_000; i++) {
      const host = `8.8.${String(i >> 8)}.${String(i & 0xff)}`;
      const connection = world.connect(new TestPeer({ host }));
      world.announce(connection, { event: 'started', claimed: victim.host, port: 6000 });
      world.pass(0.05);
    }
    world.pass(10);
    expect(world.dials.length, key).to.be.within(1, 6);
    expect(new Set(world.dials.map(({ to }) => to))).to.deep.equal(new Set(['9.9.9.9:6000']));
  });

  it('cannot be made to look for open ports of a host by claims', () => {
    const world = new World();
    for (let i = 0; i < 500; i++) {
      const connection = world.connect(new TestPeer({ host: `8.8.8.${String(i % 250)}` }));
      const port = 2_000 + i;
      world.announce(connection, { event: 'started', claimed: '9.9.9.9', port });
      world.pass(0.1);
    }
    expect(world.dials.length).to.be.at.most(6);
  });
});
