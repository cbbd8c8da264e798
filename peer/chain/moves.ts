/** Which way to go: from where the chain stands and what the tree holds to the next move. Pure. */

import { ancestorAt, forkOf, highestWhere, isAncestor, type HeaderEntry } from './headerEntry.js';
import type { Standing } from './load.js';

export interface Situation extends Standing {
  /** Most work among the headers whose bodies are stored all the way. */
  readonly bestComplete: HeaderEntry;
}

export type Move =
  /** `entry` is a child of the position, and its signatures are right. */
  | { readonly type: 'connect'; readonly entry: HeaderEntry }
  /** `entry` is the position. */
  | { readonly type: 'disconnect'; readonly entry: HeaderEntry }
  /** A reorganisation to `target` can be carried through. */
  | { readonly type: 'begin'; readonly target: HeaderEntry }
  /** The position has reached `target`. */
  | { readonly type: 'arrive'; readonly target: HeaderEntry };

/** Tells up to where the path from `from` to `goal` is verified (`VerifiedPath`). */
export type VerifiedUpTo = (from: HeaderEntry, goal: HeaderEntry) => HeaderEntry;

/** The next move that can be made now; `undefined` to rest, or to wait for signatures. */
export function nextMove(at: Situation, verifiedUpTo: VerifiedUpTo): Move | undefined {
  const { position, target } = at;
  if (target === undefined) return firstMove(at, verifiedUpTo);
  if (position === target) return { type: 'arrive', target };
  if (!isAncestor(position, target)) return { type: 'disconnect', entry: position };
  return connectTowards(target, position);
}

/** The block to which signatures are wanted; `undefined` when all are known that matter. */
export function goalOf({ tip, target, bestComplete }: Situation): HeaderEntry | undefined {
  const candidate = bestComplete.chainWork > tip.chainWork ? bestComplete : undefined;
  if (target === undefined) return candidate;
  return candidate !== undefined && isAncestor(target, candidate) ? candidate : target;
}

function firstMove({ tip, bestComplete }: Situation, verifiedUpTo: VerifiedUpTo): Move | undefined {
  if (bestComplete.chainWork <= tip.chainWork) return undefined;
  if (isAncestor(tip, bestComplete)) return connectTowards(bestComplete, tip);
  const target = firstWithMoreWork(bestComplete, tip);
  const verified = verifiedUpTo(forkOf(tip, bestComplete), bestComplete);
  return verified.height >= target.height ? { type: 'begin', target } : undefined;
}

function connectTowards(goal: HeaderEntry, position: HeaderEntry): Move | undefined {
  const entry = ancestorAt(goal, position.height + 1);
  return entry.isVerified ? { type: 'connect', entry } : undefined;
}

/** The lowest block on the path to `best` that has more work than `tip`. */
function firstWithMoreWork(best: HeaderEntry, tip: HeaderEntry): HeaderEntry {
  const last = highestWhere(best, ({ chainWork }) => chainWork <= tip.chainWork);
  return ancestorAt(best, last.height + 1);
}
