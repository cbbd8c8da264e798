import { expect } from 'chai';
import { seededRng } from '../../../shared/rng.js';
import { PRUNED_MAX, Registry, type RegistryOptions } from '../../../tracker/registry/registry.js';
import type { Claim } from '../../../tracker/registry/peer.js';
import { at, claimOf, keyOf, NETWORKS } from './claims.js';

const LIMITS: RegistryOptions = { networks: NETWORKS, peersMax: 1000, peersPerSourceMax: 100 };

function registryOf(limits: Partial<RegistryOptions> = {}): { registry: Registry; gone: number[] } {
  const gone: number[] = [];
  const dependencies = { rng: seededRng(1), onGone: (slot: number) => gone.push(slot) };
  return { registry: new Registry({ ...LIMITS, ...limits }, dependencies), gone };
}

function register(registry: Registry, claim: Claim, seconds = 0): number {
  const outcome = registry.announce(claim, at(seconds));
  expect(outcome.type).to.equal('registered');
  return outcome.type === 'registered' ? outcome.slot : -1;
}

function makeLive(registry: Registry, claim: Claim): number {
  const slot = register(registry, claim);
  registry.onReached(slot, claim.height);
  return slot;
}

const sampled = (registry: Registry, nodeKey = keyOf(999), count = 50): number[] =>
  registry.sample(0, { slot: undefined, nodeKey, reach: 'public' }, count);

describe('tracker/registry/registry', () => {
  describe('who is handed out', () => {
    it('hands out a peer only after it was reached', () => {
      const { registry } = registryOf();
      const slot = register(registry, claimOf());
      expect(sampled(registry)).to.deep.equal([]);
      registry.onReached(slot, 5);
      expect(sampled(registry)).to.deep.equal([slot]);
      expect(registry.view(slot).height).to.equal(5);
    });

    it('stops at the first miss and begins again when it is reached', () => {
      const { registry } = registryOf();
      const slot = makeLive(registry, claimOf());
      registry.onMissed(slot, at(1));
      expect(sampled(registry)).to.deep.equal([]);
      registry.onReached(slot, 0);
      expect(sampled(registry)).to.deep.equal([slot]);
      expect(registry.view(slot).misses).to.equal(0);
    });

    it('never hands out the asker, nor another entry with its key', () => {
      const { registry } = registryOf();
      const slot = makeLive(registry, claimOf());
      makeLive(registry, claimOf({ port: 6001 }));
      const asker = { slot, nodeKey: keyOf(1), reach: 'public' } as const;
      expect(registry.sample(0, asker, 50)).to.deep.equal([]);
    });

    it('keeps networks apart', () => {
      const { registry } = registryOf();
      makeLive(registry, claimOf({ network: 1 }));
      expect(sampled(registry)).to.deep.equal([]);
    });
  });

  describe('who holds an address', () => {
    it('never lets another key displace a live peer', () => {
      const { registry } = registryOf();
      const slot = makeLive(registry, claimOf());
      const rival = registry.announce(claimOf({ nodeKey: keyOf(2) }), at(1));
      expect(rival).to.deep.equal({ type: 'taken', slot });
      expect(sampled(registry)).to.deep.equal([slot]);
    });

    it('gives the address of an unreachable peer to a new key that announces from there', () => {
      const { registry } = registryOf();
      registry.onMissed(register(registry, claimOf()), at(0));
      register(registry, claimOf({ nodeKey: keyOf(2) }), 1);
      expect(registry.pruned(0).map(({ reason }) => reason)).to.deep.equal(['replaced']);
    });

    it('never lets a claim from elsewhere displace who announces from there', () => {
      const { registry } = registryOf();
      const slot = register(registry, claimOf());
      const claim = claimOf({ from: '9.9.9.9', nodeKey: keyOf(2) });
      expect(registry.announce(claim, at(1))).to.deep.equal({ type: 'taken', slot });
    });

    it('lets the owner of an address displace a claim from elsewhere', () => {
      const { registry } = registryOf();
      register(registry, claimOf({ from: '9.9.9.9', nodeKey: keyOf(2) }));
      const slot = register(registry, claimOf(), 1);
      expect(registry.isClaimed(slot)).to.equal(false);
      expect(registry.count).to.equal(1);
    });

    it('notes that a claimed address announces itself now', () => {
      const { registry } = registryOf();
      const slot = register(registry, claimOf({ from: '9.9.9.9' }));
      expect(registry.isClaimed(slot)).to.equal(true);
      expect(register(registry, claimOf(), 1)).to.equal(slot);
      expect(registry.isClaimed(slot)).to.equal(false);
      expect([...registry.source(slot)]).to.deep.equal([...claimOf().address]);
    });
  });

  describe('who is pruned', () => {
    it('prunes a peer that was live, misses three dials and keeps silent', () => {
      const { registry, gone } = registryOf();
      const slot = makeLive(registry, claimOf());
      expect(registry.onMissed(slot, at(1))).to.equal(1);
      expect(registry.onMissed(slot, at(2))).to.equal(2);
      expect(registry.onMissed(slot, at(3))).to.equal('pruned');
      expect(gone).to.deep.equal([slot]);
      expect(registry.count).to.equal(0);
      expect(registry.pruned(0)[0]).to.include({ reason: 'lost', prunedUnix: at(3).unix });
    });

    it('keeps a peer that misses but still announces itself, as unreachable', () => {
      const { registry } = registryOf();
      const slot = makeLive(registry, claimOf());
      registry.onMissed(slot, at(1));
      register(registry, claimOf(), 2);
      for (let i = 3; i < 300; i++) expect(registry.onMissed(slot, at(i))).to.be.a('number');
      expect(registry.state(slot)).to.equal('unreachable');
      expect(registry.countOf(0, 'unreachable')).to.equal(1);
    });

    it('keeps a peer that was never reached, as unreachable', () => {
      const { registry } = registryOf();
      const slot = register(registry, claimOf());
      for (let i = 1; i < 5; i++) registry.onMissed(slot, at(i));
      expect(registry.state(slot)).to.equal('unreachable');
    });

    it('remembers the latest pruned peers and no more', () => {
      const { registry } = registryOf();
      for (let i = 0; i <= PRUNED_MAX; i++) {
        registry.prune(register(registry, claimOf({ port: 2000 + i })), 'stopped', at(i));
      }
      const ports = registry.pruned(0).map(({ port }) => port);
      expect(ports).to.have.length(PRUNED_MAX);
      expect(ports[0]).to.equal(2000 + PRUNED_MAX);
      expect(ports.at(-1)).to.equal(2001);
    });
  });

  describe('limits', () => {
    it('refuses more peers of one source than its limit', () => {
      const { registry } = registryOf({ peersPerSourceMax: 2 });
      register(registry, claimOf({ port: 6000 }));
      const slot = register(registry, claimOf({ port: 6001 }));
      const third = claimOf({ port: 6002 });
      expect(registry.announce(third, at(1))).to.include({ why: 'source-full' });
      registry.prune(slot, 'stopped', at(2));
      register(registry, third, 3);
    });

    it('counts a claimed peer where it is, once it announces itself, within that limit', () => {
      const { registry } = registryOf({ peersPerSourceMax: 2 });
      const ports = [6000, 6001, 6002, 6003];
      for (const port of ports.slice(0, 2)) register(registry, claimOf({ port }));
      for (const port of ports.slice(2)) register(registry, claimOf({ port, from: '9.9.9.9' }));
      const slots = ports.map((port) => register(registry, claimOf({ port }), 1));
      const claimed = slots.map((slot) => registry.isClaimed(slot));
      expect(claimed).to.deep.equal([false, false, true, true]);
      expect(registry.announce(claimOf({ port: 6004 }), at(2))).to.include({ why: 'source-full' });
    });

    it('displaces nobody for a peer that it refuses', () => {
      const { registry } = registryOf({ peersPerSourceMax: 1 });
      const claim = claimOf({ from: '9.9.9.9', nodeKey: keyOf(2) });
      const slot = register(registry, claim);
      register(registry, claimOf({ port: 6001 }));
      const refused = registry.announce(claimOf(), at(1));
      expect(refused).to.deep.equal({ type: 'refused', why: 'source-full' });
      expect(registry.find(0, claim.address, claim.port, claim.nodeKey)).to.equal(slot);
      expect(registry.pruned(0)).to.deep.equal([]);
    });

    it('lets a peer replace another of its own source, though that is full', () => {
      const { registry } = registryOf({ peersPerSourceMax: 1, peersMax: 1 });
      register(registry, claimOf());
      register(registry, claimOf({ nodeKey: keyOf(2) }), 1);
      expect(registry.pruned(0).map(({ reason }) => reason)).to.deep.equal(['replaced']);
    });

    it('lets an unreachable peer of a full source make room, and none of another', () => {
      const { registry } = registryOf({ peersPerSourceMax: 2 });
      makeLive(registry, claimOf({ port: 6000 }));
      const gone = register(registry, claimOf({ port: 6001 }));
      const strange = register(registry, claimOf({ port: 6002, host: '9.0.0.2' }));
      const next = claimOf({ port: 6003 });
      registry.onMissed(strange, at(1));
      expect(registry.announce(next, at(2))).to.include({ why: 'source-full' });
      registry.onMissed(gone, at(3));
      register(registry, next, 4);
      expect(registry.pruned(0)).to.have.length(1);
      expect(registry.pruned(0)[0]).to.include({ reason: 'evicted', port: 6001 });
    });

    it('evicts an unreachable peer when it is full, and refuses when there is none', () => {
      const { registry } = registryOf({ peersMax: 2 });
      const slot = register(registry, claimOf({ port: 6000 }));
      makeLive(registry, claimOf({ port: 6001 }));
      const third = claimOf({ port: 6002 });
      expect(registry.announce(third, at(1))).to.include({ why: 'registry-full' });
      registry.onMissed(slot, at(2));
      register(registry, third, 3);
      expect(registry.pruned(0)[0]).to.include({ reason: 'evicted', port: 6000 });
    });
  });

  describe('storage', () => {
    it('tells once what changed since the last time', () => {
      const { registry } = registryOf();
      const slot = makeLive(registry, claimOf({ height: 3 }));
      const { upserts } = registry.takeChanges(10);
      expect(upserts).to.have.length(1);
      expect(upserts[0]).to.include({ network: NETWORKS[0], port: 6000, height: 3 });
      expect(registry.hasChanges()).to.equal(false);
      registry.prune(slot, 'stopped', at(1));
      expect(registry.takeChanges(10)).to.deep.include({ upserts: [] });
    });

    it('tells of a removal before the peer that came back in its place', () => {
      const { registry } = registryOf();
      registry.prune(register(registry, claimOf()), 'stopped', at(1));
      register(registry, claimOf(), 2);
      const { removals, upserts } = registry.takeChanges(10);
      expect([removals.length, upserts.length]).to.deep.equal([1, 1]);
    });

    it('tells no more than asked for, and the rest later', () => {
      const { registry } = registryOf();
      for (let i = 0; i < 5; i++) register(registry, claimOf({ port: 2000 + i }));
      expect(registry.takeChanges(3).upserts).to.have.length(3);
      expect(registry.takeChanges(3).upserts).to.have.length(2);
    });

    it('takes stored peers back as unverified, and loses them after three misses', () => {
      const { registry: before } = registryOf();
      makeLive(before, claimOf({ name: 'Alice', height: 9 }));
      const [row] = before.takeChanges(10).upserts;
      const { registry } = registryOf();
      const slot = row === undefined ? undefined : registry.restore(row, 'public', at(500));
      if (slot === undefined) throw new Error('nothing was restored');
      expect(registry.state(slot)).to.equal('unverified');
      expect(registry.view(slot)).to.include({ name: 'Alice', height: 9 });
      expect(registry.silenceMs(slot, at(501))).to.equal(1000);
      expect(sampled(registry)).to.deep.equal([]);
      expect(registry.hasChanges()).to.equal(false);
      for (let i = 0; i < 3; i++) registry.onMissed(slot, at(502));
      expect(registry.count).to.equal(0);
    });

    it('takes nothing back of a network that is not served any more', () => {
      const { registry: before } = registryOf();
      makeLive(before, claimOf({ network: 1 }));
      const [row] = before.takeChanges(10).upserts;
      const { registry } = registryOf({ networks: NETWORKS.slice(0, 1) });
      if (row === undefined) throw new Error('nothing was stored');
      expect(registry.restore(row, 'public', at(0))).to.equal(undefined);
    });
  });
});
