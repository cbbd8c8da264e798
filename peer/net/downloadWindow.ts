/** The missing bodies among the next 1,024 blocks on the way to one head. */

import type { BlockHash } from '../../shared/units.js';
import type { Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';

/**
 * Blocks ahead of the last complete one that may be in work: bounds what waits for a missing one.
 */
export const WINDOW = 1_024;
/** Looked up anew when so few are left, for each look costs a walk over the window. */
const REFRESH_AT = WINDOW / 2;

export class DownloadWindow {
  readonly head: HeaderEntry;
  readonly #chain: Chain;
  /** Lowest first. */
  #missing = new Map<BlockHash, HeaderEntry>();
  /**
   * Of these all that nobody is asked for, and some that somebody is asked for by now: a look at
   * each of a thousand for each peer in each step would be too much.
   */
  #free = new Set<HeaderEntry>();
  /** Whether `#free` is in order, lowest first. */
  #isInOrder = true;
  /** Whether there are missing bodies above the window. */
  #isMoreAbove = false;
  /** The lowest at the last look: while it is missing, the window cannot move. */
  #lowestSeen: BlockHash | undefined;

  constructor(chain: Chain, head: HeaderEntry) {
    this.#chain = chain;
    this.head = head;
    this.#look();
  }

  /** Whether there may be something to pick. */
  get hasFree(): boolean {
    return this.#free.size > 0;
  }

  has(hash: BlockHash): boolean {
    return this.#missing.has(hash);
  }

  /** The body of `hash` is here. */
  remove(hash: BlockHash): void {
    const entry = this.#missing.get(hash);
    if (entry === undefined) return;
    this.#missing.delete(hash);
    this.#free.delete(entry);
  }

  /** Nobody is asked for `hash` any more. */
  release(hash: BlockHash): void {
    const entry = this.#missing.get(hash);
    if (entry === undefined || this.#free.has(entry)) return;
    this.#free.add(entry);
    this.#isInOrder = false;
  }

  /** Looks again if that may change something; true if it did. Cheap when it does not. */
  refresh(): boolean {
    const canMove = this.#isMoreAbove && this.#lowest !== this.#lowestSeen;
    const isLow = canMove && this.#missing.size <= REFRESH_AT;
    const isBodyLost = this.#missing.size === 0 && !this.head.isComplete;
    if (isLow || isBodyLost) this.#look();
    return isLow || isBodyLost;
  }

  /** Whether all of the window is asked for, and it cannot move before `hash` comes. */
  isHeldUpBy(hash: BlockHash, isAsked: (hash: BlockHash) => boolean): boolean {
    if (!this.#isMoreAbove || this.#lowest !== hash) return false;
    return [...this.#missing.keys()].every(isAsked);
  }

  /** Up to `count` free blocks at `heightMax` or lower for which `holds`, lowest first. */
  pick(
    count: number,
    heightMax: number,
    isAsked: (hash: BlockHash) => boolean,
    holds: (hash: BlockHash) => boolean,
  ): readonly HeaderEntry[] {
    const picked: HeaderEntry[] = [];
    this.#putInOrder();
    for (const entry of this.#free) {
      if (picked.length >= count || entry.height > heightMax) break;
      if (isAsked(entry.hash)) this.#free.delete(entry);
      else if (holds(entry.hash)) picked.push(entry);
    }
    return picked;
  }

  #putInOrder(): void {
    if (this.#isInOrder) return;
    this.#isInOrder = true;
    if (this.#free.size < 2) return;
    this.#free = new Set([...this.#free].sort((a, b) => a.height - b.height));
  }

  get #lowest(): BlockHash | undefined {
    const [lowest] = this.#missing.keys();
    return lowest;
  }

  #look(): void {
    const missing = this.#chain.missingBodies(this.head, WINDOW);
    this.#isMoreAbove = (missing.at(-1)?.height ?? this.head.height) < this.head.height;
    this.#missing = new Map(missing.map((entry) => [entry.hash, entry]));
    this.#lowestSeen = this.#lowest;
    this.#free = new Set(missing);
    this.#isInOrder = true;
  }
}
