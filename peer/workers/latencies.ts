/** How long something took each time it happened, counted by its size. */

import type { Distribution } from '../types.js';

/** In seconds, around the goals of bench/interrupt.ts. */
const BOUNDS = [0.0002, 0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5];

export class Latencies {
  /** Of durations that fit under a bound and not under the one before. */
  readonly #counts = BOUNDS.map(() => 0);
  #count = 0;
  #sumSeconds = 0;

  add(seconds: number): void {
    const i = BOUNDS.findIndex((bound) => seconds <= bound);
    if (i >= 0) this.#counts[i] = (this.#counts[i] ?? 0) + 1;
    this.#count += 1;
    this.#sumSeconds += seconds;
  }

  distribution(): Distribution {
    let count = 0;
    const buckets = BOUNDS.map((seconds, i) => ({
      seconds,
      count: (count += this.#counts[i] ?? 0),
    }));
    return { buckets, count: this.#count, sumSeconds: this.#sumSeconds };
  }
}
