/**
 * Those that wait, roughly by what they pay with all that must come before them: whoever looks for
 * the best looks at a few of them only, however many there are (bench/mempool.ts).
 */

import { rateOf, type MempoolEntry } from './entry.js';

/** Steps of 1 % each. */
const STEPS_PER_DOUBLING = 64;
/** Rates are below 2^63. */
const BUCKETS = 64 * STEPS_PER_DOUBLING;

/** Some whose rates are at most `rateMax`. */
export interface RateBucket {
  readonly rateMax: number;
  readonly entries: ReadonlySet<MempoolEntry>;
}

export class RateBuckets {
  readonly #buckets: (Set<MempoolEntry> | undefined)[] = Array.from({ length: BUCKETS });
  readonly #places = new Map<MempoolEntry, number>();

  /** `entry` came, or pays another rate now. */
  place(entry: MempoolEntry): void {
    const place = bucketOf(rateOf(entry.ancestors));
    const before = this.#places.get(entry);
    if (before === place) return;
    if (before !== undefined) this.#buckets[before]?.delete(entry);
    this.#places.set(entry, place);
    const bucket = this.#buckets[place] ?? new Set();
    this.#buckets[place] = bucket.add(entry);
  }

  remove(entry: MempoolEntry): void {
    const place = this.#places.get(entry);
    if (place !== undefined) this.#buckets[place]?.delete(entry);
    this.#places.delete(entry);
  }

  /** All of them, those that pay most first, bucket by bucket. */
  *descending(): Generator<RateBucket, void> {
    if (this.#places.size === 0) return;
    for (let place = BUCKETS - 1; place >= 0; place--) {
      const entries = this.#buckets[place];
      if (entries === undefined || entries.size === 0) continue;
      yield { rateMax: rateMaxOf(place), entries };
    }
  }
}

const bucketOf = (rate: number): number => Math.floor(Math.log2(1 + rate) * STEPS_PER_DOUBLING);

/** No rate of the bucket is above it, whatever the logarithm rounds. */
const rateMaxOf = (place: number): number => 2 ** ((place + 2) / STEPS_PER_DOUBLING);
