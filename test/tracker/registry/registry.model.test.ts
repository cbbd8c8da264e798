/**
 * The registry against its twin: announces, dial-backs, misses, departures, samples, limits, and
 * what a store holds over restarts.
 */

import { expect } from 'chai';
import fc from 'fast-check';
import { toHex } from '../../../shared/bytes.js';
import { seededRng } from '../../../shared/rng.js';
import { decodeHost, encodeHost } from '../../../shared/wire/netAddress.js';
import { REACHES } from '../../../tracker/registry/peerColumns.js';
import { Registry } from '../../../tracker/registry/registry.js';
import type { PeerRow } from '../../../tracker/registry/store.js';
import { LISTS, type ListName } from '../../../tracker/registry/swarm.js';
import { at, claimOf, keyOf, NETWORKS } from './claims.js';
import { isClaimed, printLeft, reachOf, RegistryTwin, type TwinPeer } from './registryTwin.js';

const LIMITS = { peersMax: 12, peersPerSourceMax: 4 };

/** Few hosts, ports and keys, so that they collide. */
const hosts = fc.constantFrom('9.0.0.1', '9.0.0.1', '9.0.0.1', '9.0.0.2', '10.0.0.1', '127.0.0.1');

const WEIGHTS = {
  ...{ announce: 24, reach: 5, miss: 5, start: 1, stop: 1 },
  ...{ sample: 4, save: 4, restart: 1 },
};

const operation = fc.record({
  what: fc.oneof(
    ...Object.entries(WEIGHTS).map(([what, weight]) => {
      return { weight, arbitrary: fc.constant(what as keyof typeof WEIGHTS) };
    }),
  ),
  /** Where the peer is. */
  host: hosts,
  /** Where it is spoken from, when that is somewhere else. */
  from: fc.option(fc.constantFrom('9.0.0.1', '9.0.0.2', '9.0.0.3'), { nil: undefined, freq: 2 }),
  port: fc.integer({ min: 6000, max: 6003 }),
  key: fc.constantFrom(0, 0, 0, 1, 2),
  network: fc.nat(1),
  name: fc.constantFrom('cairn/1', 'cairn/2', ''),
  number: fc.nat(20),
});
type Step = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** A registry, its twin, and a store that takes what changed. */
class Pair {
  readonly twin = new RegistryTwin(LIMITS);
  #registry = this.#open();
  /** By network, address and port. */
  readonly #stored = new Map<string, PeerRow>();
  #seconds = 0;

  do(step: Step): void {
    this.#seconds++;
    const { what, number } = step;
    if (what === 'announce') this.#announce(step);
    else if (what === 'sample') this.#sample(step);
    else if (what === 'save') this.#save(number);
    else if (what === 'restart') this.#restart();
    else this.#change(step, what);
    this.#expectSame();
  }

  /** All that changed is written: then the store holds each peer as it is. */
  rest(): void {
    while (this.#registry.hasChanges()) this.#save(5);
    const stored = [...this.#stored.values()].map(printRow).sort();
    expect(stored).to.deep.equal(this.twin.peers.map(printTwinRow).sort());
  }

  #open(): Registry {
    const dependencies = { rng: seededRng(1), onGone: () => undefined };
    return new Registry({ ...LIMITS, networks: NETWORKS }, dependencies);
  }

  #announce({ network, port, key, name, number, ...step }: Step): void {
    const place = { network, host: step.host, from: step.from ?? step.host, port };
    const reach = reachOf(place.host);
    if (reach !== reachOf(place.from)) return; // Refused before it comes here.
    const claim = { name, height: number, reach };
    const expected = this.twin.announce({ ...place, key, ...claim }, this.#seconds);
    const nodeKey = keyOf(key);
    const found = this.#registry.announce(claimOf({ ...place, ...claim, nodeKey }), this.#now);
    if (expected.type !== 'registered') {
      expect(found).to.include(expected);
      return;
    }
    expect(found).to.include({ type: 'registered', isNew: expected.isNew });
    const leaving = expected.room.filter((peer) => this.#slot(peer) === undefined);
    expect(leaving, 'who makes room').to.have.length(expected.room.length > 0 ? 1 : 0);
    for (const peer of leaving) this.twin.remove(peer, 'evicted', this.#seconds);
  }

  #change({ number, port }: Step, what: 'reach' | 'miss' | 'start' | 'stop'): void {
    const peer = this.twin.peers[number % Math.max(1, this.twin.peers.length)];
    if (peer === undefined) return;
    const slot = this.#slot(peer) ?? expect.fail('a peer of the twin has a slot');
    if (what === 'reach') {
      this.#registry.onReached(slot, port % 7);
      Object.assign(peer, { state: 'live', misses: 0, wasLive: true, height: port % 7 });
    } else if (what === 'miss') {
      for (let i = 0; i <= port % 3 && this.twin.peers.includes(peer); i++) {
        const misses = this.#registry.onMissed(slot, this.#now);
        expect(misses).to.equal(this.twin.miss(peer, this.#seconds));
      }
    } else if (what === 'start') {
      this.#registry.onStarted(slot);
      if (peer.state === 'unreachable') peer.state = 'unverified';
    } else {
      this.#registry.prune(slot, 'stopped', this.#now);
      this.twin.remove(peer, 'stopped', this.#seconds);
    }
  }

  /** Live, of use to the asker, another node than it, each once, and as many as there are. */
  #sample({ network, host, port, key, number }: Step): void {
    const asker = this.twin.find({ network, host, port });
    const reach = reachOf(host);
    const slot = asker && this.#slot(asker);
    const sampled = this.#registry.sample(network, { slot, nodeKey: keyOf(key), reach }, number);
    const usable = this.twin.peers.filter(
      (peer) =>
        peer.network === network &&
        peer.state === 'live' &&
        REACHES.indexOf(reachOf(peer.host)) >= REACHES.indexOf(reach),
    );
    const wanted = usable.filter((peer) => peer !== asker && peer.key !== key);
    expect(new Set(sampled).size).to.equal(sampled.length);
    expect(wanted.map((peer) => this.#slot(peer))).to.include.members(sampled);
    // It looks at eight more than it was asked for.
    const missed = Math.max(0, usable.length - wanted.length - 8);
    expect(sampled.length).to.be.at.least(Math.min(number, wanted.length - missed));
    expect(sampled.length).to.be.at.most(number);
  }

  #save(max: number): void {
    const { removals, upserts } = this.#registry.takeChanges(max + 1);
    expect(removals.length + upserts.length).to.be.at.most(max + 1);
    for (const { network, address, port } of removals) {
      this.#stored.delete([network, toHex(address), port].join());
    }
    for (const row of upserts) {
      this.#stored.set([row.network, toHex(row.address), row.port].join(), row);
    }
  }

  #restart(): void {
    const rows = [...this.#stored.values()];
    this.#registry = this.#open();
    this.twin.restart(rows, this.#seconds);
    for (const row of rows) {
      const slot = this.#registry.restore(row, reachOf(decodeHost(row.address)), this.#now);
      const isThere = this.twin.peers.some((peer) => printTwinRow(peer) === printRow(row));
      expect(slot !== undefined).to.equal(isThere);
      // What there is no room for is gone from the disk as well, as at a start.
      if (slot === undefined) this.#forget(row);
    }
  }

  #forget(row: PeerRow): void {
    this.#stored.delete([row.network, toHex(row.address), row.port].join());
  }

  #slot({ network, host, port, key }: TwinPeer): number | undefined {
    return this.#registry.find(network, encodeHost(host), port, keyOf(key));
  }

  get #now(): ReturnType<typeof at> {
    return at(this.#seconds);
  }

  #expectSame(): void {
    const { peers, left } = this.twin;
    expect(this.#registry.count).to.equal(peers.length);
    for (const peer of peers) this.#expectPeer(peer);
    for (const network of [0, 1]) {
      for (const list of LISTS) this.#expectList(network, list);
      const pruned = this.#registry.pruned(network).map((peer) => {
        const place = {
          host: decodeHost(peer.address),
          port: peer.port,
          key: peer.nodeKey[1] ?? 0,
        };
        return printLeft(place, peer.reason, peer.prunedUnix);
      });
      expect(pruned.sort().join()).to.equal(left[network]?.sort().join());
    }
    for (const { from } of peers) {
      const ofSource = peers.filter((peer) => peer.from === from);
      expect(ofSource.length).to.be.at.most(LIMITS.peersPerSourceMax);
    }
  }

  #expectPeer(peer: TwinPeer): void {
    const slot = this.#slot(peer) ?? expect.fail('a peer of the twin has a slot');
    const registry = this.#registry;
    const view = registry.view(slot);
    const facts = [
      ...[decodeHost(view.address), view.port, view.nodeKey[1], view.name, view.height],
      ...[view.firstSeenUnix, view.lastSeenUnix, view.misses, registry.state(slot)],
      ...[registry.network(slot), decodeHost(registry.source(slot)), registry.isClaimed(slot)],
      ...[registry.silenceMs(slot, this.#now), registry.ageSeconds(slot, this.#now)],
    ];
    const expected = [
      ...[peer.host, peer.port, peer.key, peer.name, peer.height],
      ...[peer.firstSeen, peer.lastSeen, peer.misses, peer.state],
      ...[peer.network, peer.from, isClaimed(peer)],
      ...[(this.#seconds - peer.heardAt) * 1_000, this.#now.unix - peer.firstSeen],
    ];
    expect(facts.join(' ')).to.equal(expected.join(' '));
  }

  #expectList(network: number, list: ListName): void {
    const members = this.twin.peers.filter((peer) => {
      const name = peer.state === 'live' ? `live-${reachOf(peer.host)}` : peer.state;
      return peer.network === network && name === list;
    });
    expect(this.#registry.countOf(network, list)).to.equal(members.length);
    const page = this.#registry.page(network, list, 0, 99).map(({ address, port }) => {
      return `${decodeHost(address)} ${String(port)}`;
    });
    const expected = members.map((peer) => `${peer.host} ${String(peer.port)}`);
    expect(page.sort().join()).to.equal(expected.sort().join());
  }
}

const printRow = (row: PeerRow): string =>
  [
    ...[NETWORKS.indexOf(row.network), decodeHost(row.address), row.port, row.nodeKey[1]],
    ...[decodeHost(row.source), row.isClaimed, row.name, row.height],
    ...[row.firstSeenUnix, row.lastSeenUnix],
  ].join(' ');

const printTwinRow = (peer: TwinPeer): string =>
  [
    ...[peer.network, peer.host, peer.port, peer.key, peer.from, isClaimed(peer)],
    ...[peer.name, peer.height, peer.firstSeen, peer.lastSeen],
  ].join(' ');

describe('tracker/registry/registry: model', () => {
  it('answers as its naive twin does, whatever happens', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(fc.array(operation, { minLength: 10, maxLength: 120 }), (operations) => {
        const pair = new Pair();
        for (const each of operations) pair.do(each);
        pair.rest();
      }),
      { numRuns: 100 },
    );
  });
});
