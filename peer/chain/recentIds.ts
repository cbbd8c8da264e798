/** The last wtxids of some kind: a set that forgets the oldest half when it is full. */

import type { Wtxid } from '../../shared/units.js';

export class RecentIds {
  readonly #halfMax: number;
  #young = new Set<Wtxid>();
  #old = new Set<Wtxid>();

  /** It remembers `halfMax` at least and twice as many at most. */
  constructor(halfMax: number) {
    this.#halfMax = halfMax;
  }

  get size(): number {
    return this.#young.size + this.#old.size;
  }

  has(wtxid: Wtxid): boolean {
    return this.#young.has(wtxid) || this.#old.has(wtxid);
  }

  add(wtxid: Wtxid): void {
    if (this.has(wtxid)) return;
    this.#young.add(wtxid);
    if (this.#young.size < this.#halfMax) return;
    this.#old = this.#young;
    this.#young = new Set();
  }

  clear(): void {
    this.#young = new Set();
    this.#old = new Set();
  }
}
