import { expect } from 'chai';
import fc from 'fast-check';
import { peerName } from '../../../lab/launch/names.js';
import { accountsNote, minerShare, planNetwork } from '../../../lab/launch/networkPlan.js';
import { resolve } from '../../../shared/config/resolve.js';
import { SETTING_KEYS } from '../../../shared/config/settings.js';

const OPTIONS = {
  name: 'local',
  template: 'lan',
  isTemplateChosen: false,
  peers: 2,
  host: '127.0.0.1',
  mine: true,
  cpuPercent: 40,
  kernel: 'node',
  log: { format: 'text', level: 'info' },
} as const;

const LAYOUT = {
  tracker: { tcpPort: 5009, httpPort: 5010 },
  peers: [
    { name: 'Alice', tcpPort: 6000, httpPort: 5000 },
    { name: 'Bob', tcpPort: 6001, httpPort: 5001 },
  ],
  networkFile: '/data/network.json',
  folder: '/data',
};

describe('launch/networkPlan', () => {
  it('gives every program a configuration that the programs accept', () => {
    const programs = planNetwork(OPTIONS, LAYOUT, { threads: 1, cpuPercent: 16 });
    for (const { name, config } of programs) {
      const file = { path: name, json: config };
      const resolved = resolve(SETTING_KEYS, { flags: new Map(), environment: {}, file });
      expect(resolved.ok, JSON.stringify(resolved)).to.equal(true);
    }
    expect(programs.map(({ name, role }) => [name, role])).to.deep.equal([
      ['tracker', 'tracker'],
      ['Alice', 'peer'],
      ['Bob', 'peer'],
    ]);
  });

  it('tells all peers the kernel that was chosen', () => {
    const [, ...peers] = planNetwork(OPTIONS, LAYOUT, { threads: 1, cpuPercent: 16 });
    for (const { config } of peers) {
      expect(config).to.have.nested.property('peer.mining.kernel', 'node');
    }
  });

  it('tells the peers where the tracker is, with brackets around IPv6', () => {
    const [, alice] = planNetwork({ ...OPTIONS, host: '::1' }, LAYOUT, {
      threads: 1,
      cpuPercent: 1,
    });
    expect(alice?.config).to.have.nested.property('peer.tracker', '[::1]:5009');
  });

  it('keeps all miners together within their share of the computer', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 128 }),
        (peers, cpuPercent, cores) => {
          const share = minerShare(peers, cpuPercent, cores);
          const used = (peers * share.threads * share.cpuPercent) / 100;
          const allowed = (cores * cpuPercent) / 100;
          // One percent of a thread is the least that a miner can be given.
          expect(used).to.be.at.most(Math.max(allowed, peers / 100) + 1e-9);
          expect(used).to.be.above(allowed / 2 - peers / 100);
        },
      ),
    );
  });
});

describe('launch/names', () => {
  it('begins with Alice and never names two nodes alike', () => {
    const names = Array.from({ length: 60 }, (_, i) => peerName(i));
    expect(names.slice(0, 5)).to.deep.equal(['Alice', 'Bob', 'Carol', 'Dave', 'Eve']);
    expect(new Set(names).size).to.equal(60);
  });

  it('says which peers have no demo account, and nothing where all have one', () => {
    expect(accountsNote(['Alice', 'Bob'], ['Alice'])).to.equal(undefined);
    expect(accountsNote(['Alice', 'Bob'], ['Alice', 'Bob'])).to.equal(undefined);
    expect(accountsNote(['Alice'], ['Alice', 'Bob'])).to.match(/^Bob has no demo account: /);
    expect(accountsNote(['Alice'], ['Alice', 'Bob', 'Carol'])).to.match(/^Bob, Carol have no demo/);
    expect(accountsNote(undefined, ['Alice'])).to.match(/^It was made without demo accounts/);
  });
});
