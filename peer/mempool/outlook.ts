/**
 * What may be expected of those that wait: how many blocks until one is in, and what a new one
 * should pay. From what waits now, as if nothing else came: a queue that is read, no prophecy.
 */

import type { MempoolEntry } from './entry.js';
import { closure, rateOf } from './entry.js';

/** Where one stands among all that wait. */
export interface Place {
  /** From 1: how many would be taken before it, and itself. */
  readonly position: number;
  readonly count: number;
  /** Bytes of those before it. */
  readonly bytesAhead: number;
  /** From 1: the next block. */
  readonly blocks: number;
}

/** The place of `entry` among `entries`, for blocks with room for `blockBytes`. */
export function placeOf(
  entry: MempoolEntry,
  entries: Iterable<MempoolEntry>,
  blockBytes: number,
): Place {
  const own = effectiveRate(entry);
  let [count, ahead, bytesAhead] = [0, 0, 0];
  for (const other of entries) {
    count++;
    if (other === entry || !isBefore(other, entry, own)) continue;
    ahead++;
    bytesAhead += other.bytes;
  }
  const blocks = Math.floor((bytesAhead + entry.bytes - 1) / blockBytes) + 1;
  return { position: ahead + 1, count, bytesAhead, blocks };
}

/** What a new transaction should pay to be in one of the next `blocks` blocks. */
export interface FeeRate {
  readonly blocks: number;
  /** Smallest units for 1,000 bytes. */
  readonly rate: number;
}

/** Targets for which a rate is given. */
const TARGETS = [1, 2, 3, 6, 12, 24] as const;

/** For each target: just above what would be the last to find room; `rateMin` where all do. */
export function feeRates(
  entries: Iterable<MempoolEntry>,
  blockBytes: number,
  rateMin: number,
): readonly FeeRate[] {
  const waiting = Array.from(entries, (entry) => ({
    rate: rateOf(entry.ancestors),
    bytes: entry.bytes,
  })).sort((a, b) => b.rate - a.rate);
  const rates: FeeRate[] = [];
  let [bytes, i] = [0, 0];
  for (const blocks of TARGETS) {
    let last = rateMin;
    for (; i < waiting.length; i++) {
      const next = waiting[i];
      if (next === undefined || bytes + next.bytes > blocks * blockBytes) break;
      bytes += next.bytes;
    }
    const isFull = i < waiting.length;
    if (isFull) last = Math.max(rateMin, waiting[i]?.rate ?? 0);
    rates.push({ blocks, rate: Math.ceil(isFull ? last + 1 : rateMin) });
  }
  return rates;
}

/** What it pays with all that must come before it, or what one pays that needs it. */
const effectiveRate = (entry: MempoolEntry): number =>
  Math.max(...Array.from(closure([entry], 'children'), ({ ancestors }) => rateOf(ancestors)));

/** Who pays as much and came first is taken first. */
function isBefore(other: MempoolEntry, entry: MempoolEntry, rate: number): boolean {
  const theirs = rateOf(other.ancestors);
  return theirs > rate || (theirs === rate && other.number < entry.number);
}
