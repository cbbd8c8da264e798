/** Hashes a second, averaged over the last ten seconds of samples. */

import type { MonoMs } from '../../shared/units.js';

const WINDOW_MS = 10_000;
/** Samples come once a second; without one for this long, the workers rest and the rate falls. */
const SAMPLE_OVERDUE_MS = 2_000;

interface Sample {
  readonly at: MonoMs;
  readonly count: number;
}

export class HashRate {
  /** Oldest first; the first one only marks where the window begins. */
  #samples: Sample[] = [];
  /** The next sample tells of two rates. */
  #isMixed = false;

  /** Hashing begins, so that the first sample has a beginning. Without effect while it goes on. */
  onStart(at: MonoMs): void {
    const last = this.#samples.at(-1);
    if (last !== undefined && at - last.at < SAMPLE_OVERDUE_MS) return;
    this.#samples = [{ at, count: 0 }];
  }

  /** Other settings, while the workers hash: what they did up to the next sample tells nothing. */
  restart(): void {
    this.#samples = [];
    this.#isMixed = true;
  }

  /** `count` hashes were done since the sample before. */
  onSample(count: number, at: MonoMs): void {
    if (this.#isMixed) this.#samples = [{ at, count: 0 }];
    else this.#samples.push({ at, count });
    this.#isMixed = false;
    this.#forget(at);
  }

  /** Hashes a second at `now`; 0 before the first sample. */
  perSecond(now: MonoMs): number {
    this.#forget(now);
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined) return 0;
    const end = now - last.at < SAMPLE_OVERDUE_MS ? last.at : now;
    if (end <= first.at) return 0;
    let count = 0;
    for (const sample of this.#samples.slice(1)) count += sample.count;
    return (count * 1_000) / (end - first.at);
  }

  #forget(now: MonoMs): void {
    const isOld = (sample: Sample | undefined): boolean =>
      sample !== undefined && sample.at <= now - WINDOW_MS;
    while (isOld(this.#samples[1])) this.#samples.shift();
    if (this.#samples.length === 1 && isOld(this.#samples[0])) this.#samples.shift();
  }
}
