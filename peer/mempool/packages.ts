/**
 * Which transactions a block should hold: always the one that pays best together with all that must
 * come before it and is not in yet, until the block is full. So a child pays for its parent.
 */

import FlatQueue from 'flatqueue';
import { assertDefined } from '../../shared/assert.js';
import { closure, rateOf, totalsOf, type MempoolEntry } from './entry.js';
import type { RateBucket } from './rateBuckets.js';

/** What is left of a block is not worth a look at all that waits. */
const MISSES_MAX = 1_000;

/** Up to `bytesMax` bytes of those in `buckets`, in an order in which a block may hold them. */
export function choosePackages(
  buckets: Iterable<RateBucket>,
  bytesMax: number,
): readonly MempoolEntry[] {
  return new Chooser(buckets).choose(bytesMax);
}

class Chooser {
  readonly #buckets: Iterator<RateBucket>;
  /** The best of those that were not looked at. */
  #nextBucket: RateBucket | undefined;
  /** Those that were looked at. */
  readonly #entries: MempoolEntry[] = [];
  /** Places in `#entries`, best first; who was changed stands in both once more. */
  readonly #queue = new FlatQueue<number>();
  readonly #chosen = new Set<MempoolEntry>();
  /** The rate of each whose ancestors are in the block in part. */
  readonly #changed = new Map<MempoolEntry, number>();

  constructor(buckets: Iterable<RateBucket>) {
    this.#buckets = buckets[Symbol.iterator]();
    this.#advance();
  }

  choose(bytesMax: number): readonly MempoolEntry[] {
    let bytes = 0;
    for (let misses = 0; misses < MISSES_MAX;) {
      const entry = this.#best();
      if (entry === undefined) break;
      const others = [...closure([entry], 'parents')].filter((one) => !this.#chosen.has(one));
      const size = totalsOf(others).bytes;
      if (bytes + size > bytesMax) {
        misses++;
        continue;
      }
      bytes += size;
      for (const one of others.sort(parentsFirst)) this.#chosen.add(one);
      this.#count(others);
    }
    return [...this.#chosen];
  }

  /** Takes the best that is not in yet from the queue. */
  #best(): MempoolEntry | undefined {
    for (;;) {
      this.#lookFurther();
      const rate = this.#queue.peekValue();
      const place = this.#queue.pop();
      if (rate === undefined || place === undefined) return undefined;
      const entry = assertDefined(this.#entries[place], 'a place in the queue is one in the list');
      const current = this.#changed.get(entry) ?? rateOf(entry.ancestors);
      if (!this.#chosen.has(entry) && -rate === current) return entry;
    }
  }

  /** Looks at all that may be better than the best of the queue. */
  #lookFurther(): void {
    while (this.#nextBucket !== undefined) {
      const best = this.#queue.peekValue();
      if (best !== undefined && -best > this.#nextBucket.rateMax) return;
      for (const entry of this.#nextBucket.entries) {
        this.#queue.push(this.#entries.push(entry) - 1, -rateOf(entry.ancestors));
      }
      this.#advance();
    }
  }

  #advance(): void {
    const next = this.#buckets.next();
    this.#nextBucket = next.done === true ? undefined : next.value;
  }

  /** What needs those that are in now has less before it. */
  #count(chosen: readonly MempoolEntry[]): void {
    for (const entry of closure(chosen, 'children')) {
      if (this.#chosen.has(entry)) continue;
      const before = [...closure([entry], 'parents')].filter((one) => !this.#chosen.has(one));
      const rate = rateOf(totalsOf(before));
      this.#changed.set(entry, rate);
      this.#queue.push(this.#entries.push(entry) - 1, -rate);
    }
  }
}

/** Who has more ancestors comes later; of two with as many neither is one of the other. */
const parentsFirst = (a: MempoolEntry, b: MempoolEntry): number =>
  a.ancestors.count - b.ancestors.count || a.number - b.number;
