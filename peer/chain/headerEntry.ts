/** One header in the tree, and how to walk from it towards genesis. */

import type { ChainPoint } from '../../shared/consensus/difficulty.js';
import type { Bits, BlockHash, UnixSeconds } from '../../shared/units.js';
import type { HeaderStatus } from './store.js';

/**
 * A header that passed its rules. One object for each for ever: `===` tells whether two are the
 * same.
 */
export interface HeaderEntry {
  /** Order of arrival, from 0 (genesis): the smaller of two was seen first, also over a restart. */
  readonly id: number;
  readonly hash: BlockHash;
  /** `undefined` for genesis only. */
  readonly parent: HeaderEntry | undefined;
  readonly height: number;
  readonly time: UnixSeconds;
  readonly bits: Bits;
  /** Work of this header and of all its ancestors. */
  readonly chainWork: bigint;
  /** 'invalid' also for the descendants of a block that broke a rule. */
  readonly status: HeaderStatus;
  /** The body is stored and matches the Merkle root. */
  readonly hasBody: boolean;
  /** This body and those of all ancestors are stored. */
  readonly isComplete: boolean;
  /** Every signature in the body is known to be right. */
  readonly isVerified: boolean;
  /** An ancestor far below (`skipHeight`), so that long walks take a logarithm of their length. */
  readonly skip: HeaderEntry | undefined;
  readonly firstChild: HeaderEntry | undefined;
  readonly nextSibling: HeaderEntry | undefined;
}

/** `entry` as the header rules see it from its child. */
export const pointOf = (entry: HeaderEntry): ChainPoint => ({
  height: entry.height,
  time: entry.time,
  bits: entry.bits,
  parentTime: entry.parent?.time,
});

/**
 * The ancestor of `entry` (or itself) at `height`, which is from 0 to its own. Looks at none that
 * is not on the way: old ones are in no cache.
 */
export function ancestorAt(entry: HeaderEntry, height: number): HeaderEntry {
  let at = entry;
  while (at.height > height) {
    at = (skipHeight(at.height) >= height ? at.skip : at.parent) as HeaderEntry;
  }
  return at;
}

/** Whether `ancestor` is `entry` or one of its ancestors. */
export const isAncestor = (ancestor: HeaderEntry, entry: HeaderEntry): boolean =>
  ancestor.height <= entry.height && ancestorAt(entry, ancestor.height) === ancestor;

/** The last block that the branches ending in `a` and `b` share. */
export function forkOf(a: HeaderEntry, b: HeaderEntry): HeaderEntry {
  const height = Math.min(a.height, b.height);
  let left = ancestorAt(a, height);
  let right = ancestorAt(b, height);
  while (left !== right) {
    const canSkip = left.skip !== undefined && left.skip !== right.skip;
    left = (canSkip ? left.skip : left.parent) as HeaderEntry;
    right = (canSkip ? right.skip : right.parent) as HeaderEntry;
  }
  return left;
}

/**
 * The entries above `from`, an ancestor of `to`, up to `to` and with it, lowest first. Walks in
 * pieces, so that a caller who stops early has not paid for the whole branch.
 */
export function* pathUp(from: HeaderEntry, to: HeaderEntry): Generator<HeaderEntry, void> {
  const piece: HeaderEntry[] = [];
  for (let height = from.height; height < to.height; height += PIECE) {
    let at = ancestorAt(to, Math.min(height + PIECE, to.height));
    for (; at.height > height; at = at.parent as HeaderEntry) piece.push(at);
    while (piece.length > 0) yield piece.pop() as HeaderEntry;
  }
}

const PIECE = 128;

/**
 * The highest entry on the path from genesis to `entry` for which `holds` is true, where it holds
 * for a prefix of that path and at least for genesis. Looks from the top down in steps that double,
 * and then halves the last one: it mostly holds for a parent, and what is far below is in no cache.
 */
export function highestWhere(entry: HeaderEntry, holds: (at: HeaderEntry) => boolean): HeaderEntry {
  if (holds(entry)) return entry;
  let above = entry;
  let below: HeaderEntry;
  for (let step = 1; ; step *= 2) {
    below = ancestorAt(above, Math.max(0, above.height - step));
    if (below.height === 0 || holds(below)) break;
    above = below;
  }
  while (above.height - below.height > 1) {
    const middle = ancestorAt(above, (below.height + above.height) >>> 1);
    if (holds(middle)) below = middle;
    else above = middle;
  }
  return below;
}

/**
 * Height that the skip pointer of an entry at `height` leads to: two low bits cleared, by turns.
 */
export function skipHeight(height: number): number {
  if (height < 2) return 0;
  return height % 2 === 1 ? clearLowestBit(clearLowestBit(height - 1)) + 1 : clearLowestBit(height);
}

const clearLowestBit = (n: number): number => n & (n - 1);

/**
 * Hashes from `from` back to genesis: each of the last ten, then twice as sparse at each step. By
 * the first that the other side has on its active chain it knows where ours leaves it.
 */
export function locatorOf(from: HeaderEntry): BlockHash[] {
  const hashes: BlockHash[] = [];
  let step = 1;
  for (let at = from; ; at = ancestorAt(at, Math.max(0, at.height - step))) {
    hashes.push(at.hash);
    if (at.height === 0) return hashes;
    if (hashes.length >= 10) step *= 2;
  }
}
