/** Who has to go when there is no room: whoever pays least, with all that needs it. */

import { closure, rateOf, type MempoolEntry } from './entry.js';
import type { Pool } from './pool.js';

/**
 * Takes out those that pay least until it is enough, and returns them. `onEvicted` gets the rate of
 * each that had to go, in smallest units for 1,000 bytes.
 */
export function evictCheapest(
  pool: Pool,
  isEnough: () => boolean,
  onEvicted: (rate: number) => void,
): readonly MempoolEntry[] {
  const evicted: MempoolEntry[] = [];
  while (!isEnough() && pool.count > 0) evicted.push(...evictSome(pool, isEnough, onEvicted));
  return evicted;
}

/** One at least. Whose worth changed by those that went before waits for the next look. */
function evictSome(
  pool: Pool,
  isEnough: () => boolean,
  onEvicted: (rate: number) => void,
): readonly MempoolEntry[] {
  const ranked = Array.from(pool.entries(), (entry) => ({ entry, worth: worthOf(entry) }));
  ranked.sort((a, b) => a.worth - b.worth || b.entry.number - a.entry.number);
  const evicted: MempoolEntry[] = [];
  for (const { entry, worth } of ranked) {
    if (isEnough()) break;
    if (pool.get(entry.tx.txid) !== entry || worthOf(entry) !== worth) continue;
    onEvicted(worth);
    evicted.push(...takeOut(pool, [entry]));
  }
  return evicted;
}

/** Removes `entries` and all that needs them. Returns those. */
export function takeOut(pool: Pool, entries: Iterable<MempoolEntry>): readonly MempoolEntry[] {
  const all = [...closure(entries, 'children')];
  for (const entry of all) pool.remove(entry);
  return all;
}

/** What it pays, alone or with all that needs it: no cheap child drags its parent out. */
const worthOf = ({ alone, descendants }: MempoolEntry): number =>
  Math.max(rateOf(alone), rateOf(descendants));
