/**
 * Towards which headers bodies are fetched: those that ready peers have shown, that are not
 * invalid, and that have more work than our tip.
 *
 * - Not towards the one best header: whoever made that may withhold what is behind it.
 * - Of 32 at most, in rounds: the best head of each peer, then the second of each. So one peer
 *   takes one place a round, and to take them all costs 32 blocks' proof of work, and as many
 *   sessions.
 * - A head below another one has no place of its own: the way to the upper leads over it.
 */

import { isAncestor, type HeaderEntry } from '../chain/headerEntry.js';
import { validPart } from './knowledge.js';

/** Heads towards which bodies are fetched at a time. */
export const CHOSEN_MAX = 32;
/** Distinct heads that are compared: more than there are peers, and what bounds a choice's cost. */
const COMPARED_MAX = 128;

/**
 * Chooses from the heads of each peer, most work first, and of equal work the first seen. In both
 * lists of `byPeer` what comes late may be passed over: peers in the order in which we trust them,
 * and of each its heads, first shown first (of two with equal work the one shown last is taken).
 */
export function chooseHeads(
  byPeer: Iterable<readonly HeaderEntry[]>,
  tip: HeaderEntry,
): readonly HeaderEntry[] {
  const ranked: (readonly HeaderEntry[])[] = [];
  let rounds = 0;
  for (const heads of byPeer) {
    const better = bestFirst(heads, tip);
    if (better.length > 0) ranked.push(better);
    rounds = Math.max(rounds, better.length);
  }
  if (rounds === 0) return NONE;
  const compared = new Set<HeaderEntry>();
  let chosen: readonly HeaderEntry[] = NONE;
  for (let rank = 0; rank < rounds; rank++) {
    for (const heads of ranked) {
      const head = heads[rank];
      if (head === undefined || compared.has(head) || compared.size >= COMPARED_MAX) continue;
      compared.add(head);
      chosen = withHead(chosen, head);
    }
  }
  return chosen.toSorted((a, b) => byWork(a, b) || a.id - b.id);
}

/** Whether more than one block is missing on the way from `tip` to `head`. */
export const isFar = (head: HeaderEntry, tip: HeaderEntry): boolean =>
  head.parent !== undefined && head.parent.chainWork > tip.chainWork;

const NONE: readonly HeaderEntry[] = [];

function bestFirst(heads: readonly HeaderEntry[], tip: HeaderEntry): readonly HeaderEntry[] {
  let better: HeaderEntry[] | undefined;
  for (const head of heads) {
    if (head.chainWork <= tip.chainWork) continue;
    const valid = validPart(head);
    if (valid.chainWork > tip.chainWork) (better ??= []).unshift(valid);
  }
  if (better === undefined) return NONE;
  return better.length > 1 ? better.sort(byWork) : better;
}

function withHead(chosen: readonly HeaderEntry[], head: HeaderEntry): readonly HeaderEntry[] {
  if (chosen.some((other) => isAncestor(head, other))) return chosen;
  const others = chosen.filter((other) => !isAncestor(other, head));
  return others.length < CHOSEN_MAX ? [...others, head] : chosen;
}

/** Most work first. */
function byWork(a: HeaderEntry, b: HeaderEntry): number {
  if (a.chainWork === b.chainWork) return 0;
  return a.chainWork > b.chainWork ? -1 : 1;
}
