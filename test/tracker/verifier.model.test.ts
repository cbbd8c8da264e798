/**
 * Registry and dial-backs under random announces, departures and ends of dials: whatever happens,
 * only who is registered is dialed, and everybody who is is dialed in the end.
 */

import { expect } from 'chai';
import fc from 'fast-check';
import { fromHex } from '../../shared/bytes.js';
import { seededRng } from '../../shared/rng.js';
import type { Now } from '../../shared/units.js';
import { encodeHost } from '../../shared/wire/netAddress.js';
import { type Dial, Verifier } from '../../tracker/verifier.js';
import { at, claimOf, keyOf, NETWORKS } from './registry/claims.js';

const HOSTS = ['9.0.0.1', '9.0.0.2', '9.0.0.3'];

const operation = fc.record({
  what: fc.constantFrom('announce', 'announce', 'announce', 'stop', 'reach', 'miss', 'wait'),
  event: fc.constantFrom('started' as const, 'alive' as const),
  host: fc.constantFrom(...HOSTS),
  from: fc.constantFrom(...HOSTS),
  port: fc.integer({ min: 6000, max: 6002 }),
  key: fc.nat(1),
  network: fc.nat(1),
  number: fc.nat(100),
  seconds: fc.constantFrom(0, 0, 1, 5, 60, 200),
});
type Step = typeof operation extends fc.Arbitrary<infer T> ? T : never;

class World {
  readonly verifier: Verifier;
  readonly #flying: Dial[] = [];
  #seconds = 0;

  constructor() {
    const dependencies = { rng: seededRng(1), tell: () => undefined };
    this.verifier = new Verifier({ networks: NETWORKS, intervalSeconds: 60 }, dependencies);
  }

  do(step: Step): void {
    const { what, event, key, number, seconds } = step;
    this.#seconds += seconds;
    const claim = claimOf({ ...step, nodeKey: keyOf(key) });
    if (what === 'announce') this.verifier.announce(event, claim, this.#now);
    if (what === 'stop') {
      const { network, address, port, nodeKey } = claim;
      const slot = this.verifier.registry.find(network, address, port, nodeKey);
      if (slot !== undefined) this.verifier.stop(slot, this.#now);
    }
    if (what === 'reach' || what === 'miss') this.#end(number, what === 'reach');
    this.#dial();
  }

  /** All dials end well, and those that wait are made: each peer is found, or gone. */
  rest(): void {
    for (let i = 0; i < 600; i++) {
      this.#seconds += 1;
      while (this.#flying.length > 0) this.#end(0, true);
      this.#dial();
    }
    for (const network of [0, 1]) {
      const peers = this.verifier.registry.page(network, 'unverified', 0, 99);
      expect(peers.map(({ port }) => port)).to.deep.equal([]);
    }
  }

  #end(number: number, isReached: boolean): void {
    const [dial] = this.#flying.splice(number % Math.max(1, this.#flying.length), 1);
    if (dial === undefined) return;
    if (isReached) this.verifier.onReached(dial, 1, this.#now);
    else this.verifier.onMissed(dial, 'unreachable', this.#now);
  }

  #dial(): void {
    for (;;) {
      const dial = this.verifier.nextDial(this.#now);
      if (dial === undefined) break;
      const { network, address, nodeKey, ticket } = dial;
      const number = NETWORKS.indexOf(network);
      const key = fromHex(nodeKey) ?? new Uint8Array();
      const slot = this.verifier.registry.find(number, encodeHost(address.host), address.port, key);
      expect(slot, 'who is dialed is registered').to.equal(ticket.slot);
      this.#flying.push(dial);
    }
    expect(this.verifier.dialsInFlightCount).to.equal(this.#flying.length);
    const sources = this.#flying.map(({ ticket }) => ticket.source);
    expect(new Set(sources).size, 'one dial a source').to.equal(sources.length);
  }

  get #now(): Now {
    return at(this.#seconds);
  }
}

describe('tracker/verifier: model', () => {
  it('dials only who is registered, and leaves nobody out', function () {
    this.timeout(30_000);
    fc.assert(
      fc.property(fc.array(operation, { minLength: 10, maxLength: 100 }), (operations) => {
        const world = new World();
        for (const each of operations) world.do(each);
        world.rest();
      }),
      { numRuns: 100 },
    );
  });
});
