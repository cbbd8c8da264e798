/**
 * The least fee rate that is taken in: that of the node's operator, and while the pool is full
 * above that of the last transaction that had to go, halved every twelve hours.
 */

import type { UnixSeconds } from '../../shared/units.js';

const HALF_LIFE_S = 12 * 3_600;
/** Smallest units for 1,000 bytes: who comes in must pay so much more than who goes. */
export const RATE_STEP = 1_000;

export class FeeFloor {
  readonly #rateMin: number;
  #raised = 0;
  #raisedAt = 0 as UnixSeconds;

  /** `rateMin`: smallest units for 1,000 bytes. */
  constructor(rateMin: number) {
    this.#rateMin = rateMin;
  }

  /** Smallest units for 1,000 bytes. */
  rate(now: UnixSeconds): number {
    const age = Math.max(0, now - this.#raisedAt);
    const raised = this.#raised * 2 ** (-age / HALF_LIFE_S);
    return raised < RATE_STEP / 2 ? this.#rateMin : Math.max(this.#rateMin, raised);
  }

  /** Transactions of this rate were put out for want of room. */
  onEvicted(rate: number, now: UnixSeconds): void {
    const raised = rate + RATE_STEP;
    if (raised <= this.rate(now)) return;
    this.#raised = raised;
    this.#raisedAt = now;
  }
}
