/** New coins: how many a block may make, and how many a network ever will. */

import type { Amount } from '../units.js';

/** The parameters of a network that decide it. */
export interface Schedule {
  readonly subsidy: Amount;
  /** Blocks of an era. */
  readonly halvingInterval: number;
}

/**
 * What the coinbase at `height` may make beside the fees. Each era of `halvingInterval` blocks pays
 * half of the era before, rounded down; the first begins with block 1, since genesis pays its
 * allocations.
 */
export function subsidyAt(schedule: Schedule, height: number): Amount {
  if (height === 0) return 0 as Amount;
  const era = Math.floor((height - 1) / schedule.halvingInterval);
  return Math.floor(schedule.subsidy / 2 ** era) as Amount;
}

/** All that the blocks after genesis ever make. */
export function scheduleTotal(schedule: Schedule): bigint {
  let sum = 0n;
  for (let paid = BigInt(schedule.subsidy); paid > 0n; paid /= 2n) sum += paid;
  return sum * BigInt(schedule.halvingInterval);
}
