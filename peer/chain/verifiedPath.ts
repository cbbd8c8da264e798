/**
 * How far up a branch all signatures are right, without walking it from its beginning each time.
 */

import { isAncestor, pathUp, type HeaderEntry } from './headerEntry.js';

export class VerifiedPath {
  #upTo: HeaderEntry | undefined;

  /**
   * The last entry of the path from `from`, an ancestor of `goal`, up to which all above it are
   * verified.
   */
  upTo(from: HeaderEntry, goal: HeaderEntry): HeaderEntry {
    const last = this.#upTo;
    const isOnPath = last !== undefined && last.height >= from.height && isAncestor(last, goal);
    let upTo = isOnPath ? last : from;
    for (const entry of pathUp(upTo, goal)) {
      if (!entry.isVerified) break;
      upTo = entry;
    }
    this.#upTo = upTo;
    return upTo;
  }
}
