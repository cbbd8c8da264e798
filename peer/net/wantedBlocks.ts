/**
 * The window of `downloads`: the missing bodies on the way to the best header, and which of them
 * are free.
 */

import type { BlockHash } from '../../shared/units.js';
import type { Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';

/**
 * Blocks ahead of the last complete one that may be in work: bounds what waits for a missing one.
 */
export const WINDOW = 1_024;
/** Looked up anew when so few are left, for each look costs a walk over the window. */
const REFRESH_AT = WINDOW / 2;

export class WantedBlocks {
  readonly #chain: Chain;
  /** Lowest first. */
  #wanted = new Map<BlockHash, HeaderEntry>();
  /** Those that nobody is asked for, lowest first. */
  #free: HeaderEntry[] = [];
  /** The best header at the last look. */
  #best: HeaderEntry | undefined;
  /** Whether there are missing bodies above the window. */
  #isMoreAbove = false;

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  get freeCount(): number {
    return this.#free.length;
  }

  /**
   * Whether everything in the window is asked for, and the window cannot move before `lowest`
   * comes.
   */
  get isBlocked(): boolean {
    return this.#isMoreAbove && this.#free.length === 0;
  }

  get lowest(): HeaderEntry | undefined {
    const [lowest] = this.#wanted.values();
    return lowest;
  }

  has(hash: BlockHash): boolean {
    return this.#wanted.has(hash);
  }

  /**
   * Looks again if that may change something; true if it did. `isAsked`: whether a peer is at it.
   */
  refresh(isAsked: (hash: BlockHash) => boolean): boolean {
    const best = this.#chain.bestHeader;
    const isBetter = best.chainWork > this.#chain.tip.chainWork;
    const isLow = this.#isMoreAbove && this.#wanted.size <= REFRESH_AT;
    // With nothing wanted the look is cheap, and finds a body that got lost.
    const isIdle = this.#wanted.size === 0 && !isBetter;
    if (best === this.#best && !isLow && (isIdle || this.#wanted.size > 0)) return false;
    this.#best = best;
    const missing = isBetter ? this.#chain.missingBodies(best, WINDOW) : [];
    this.#isMoreAbove = (missing.at(-1)?.height ?? best.height) < best.height;
    this.#wanted = new Map(missing.map((entry) => [entry.hash, entry]));
    this.#free = missing.filter(({ hash }) => !isAsked(hash));
    return true;
  }

  /** Takes up to `count` free blocks for which `holds`, lowest first: they are asked for now. */
  take(count: number, holds: (entry: HeaderEntry) => boolean): HeaderEntry[] {
    const taken: HeaderEntry[] = [];
    const left: HeaderEntry[] = [];
    let i = 0;
    for (; i < this.#free.length && taken.length < count; i++) {
      const entry = this.#free[i] as HeaderEntry;
      (holds(entry) ? taken : left).push(entry);
    }
    if (taken.length > 0) this.#free = [...left, ...this.#free.slice(i)];
    return taken;
  }

  /** Nobody is asked for these any more. */
  release(hashes: Iterable<BlockHash>): void {
    const free = new Set(this.#free);
    for (const hash of hashes) {
      const entry = this.#wanted.get(hash);
      if (entry !== undefined) free.add(entry);
    }
    this.#free = [...free].sort((a, b) => a.height - b.height);
  }

  /** The body of `hash` is here. */
  remove(hash: BlockHash): void {
    const entry = this.#wanted.get(hash);
    if (entry === undefined) return;
    this.#wanted.delete(hash);
    const at = this.#free.indexOf(entry);
    if (at >= 0) this.#free.splice(at, 1);
  }

  /** A body is missing again, or a block turned out invalid: look at the next `refresh`. */
  forget(): void {
    this.#best = undefined;
  }
}
