/**
 * Maps byte keys of one width to small slot numbers: an open-addressing hash index over one byte
 * column. Up to 11 bytes an entry beside the key; a `Map` with string keys costs 290
 * (docs/decisions/0014).
 */

import { assert } from '../../shared/assert.js';

/** What `find` answers when there is no such key. */
export const NO_SLOT = -1;

export class KeyTable {
  readonly #width: number;
  readonly #seed: number;
  #keys: Uint8Array;
  /** Slot + 1 at each place, 0: empty. Its length is a power of two. */
  #index = new Uint32Array(INDEX_MIN);
  /** Slots below `#end` that hold nothing. */
  #free: number[] = [];
  #end = 0;
  #count = 0;

  /** `seed`: 32 bits that outsiders do not know, so that they cannot choose keys that collide. */
  constructor(width: number, seed: number) {
    this.#width = width;
    this.#seed = seed | 0;
    this.#keys = new Uint8Array(width * CAPACITY_MIN);
  }

  get count(): number {
    return this.#count;
  }

  /** Slots are below this: the length that columns beside the table need. */
  get capacity(): number {
    return this.#keys.length / this.#width;
  }

  /** The slot of `key`, or `NO_SLOT`. */
  find(key: Uint8Array): number {
    const mask = this.#index.length - 1;
    for (let place = this.#hash(key, 0) & mask; ; place = (place + 1) & mask) {
      const slot = (this.#index[place] as number) - 1;
      if (slot === NO_SLOT || this.#holds(slot, key)) return slot;
    }
  }

  /** A slot for `key`, which must not be in the table. Slots that were removed are used again. */
  add(key: Uint8Array): number {
    assert(key.length === this.#width, 'a key has the width of its table');
    if ((this.#count + 1) * 4 > this.#index.length * 3) this.#reindex(this.#index.length * 2);
    const slot = this.#free.pop() ?? this.#append();
    this.#keys.set(key, slot * this.#width);
    this.#count++;
    this.#place(slot);
    return slot;
  }

  /** Forgets the key in `slot`, which must hold one. */
  remove(slot: number): void {
    const mask = this.#index.length - 1;
    let hole = this.#home(slot);
    while (this.#index[hole] !== slot + 1) {
      assert(this.#index[hole] !== 0, 'a slot that is removed holds a key');
      hole = (hole + 1) & mask;
    }
    this.#closeHole(hole, mask);
    this.#free.push(slot);
    this.#count--;
  }

  /** A view of the key in `slot`, valid until the next `add`. */
  key(slot: number): Uint8Array {
    return this.#keys.subarray(slot * this.#width, (slot + 1) * this.#width);
  }

  /** Byte `at` of the key in `slot`. */
  byte(slot: number, at: number): number {
    return this.#keys[slot * this.#width + at] as number;
  }

  #append(): number {
    if (this.#end === this.capacity) {
      const grown = new Uint8Array(Math.ceil(this.capacity * 1.5) * this.#width);
      grown.set(this.#keys);
      this.#keys = grown;
    }
    return this.#end++;
  }

  #holds(slot: number, key: Uint8Array): boolean {
    const offset = slot * this.#width;
    for (let i = this.#width - 1; i >= 0; i--) {
      if (this.#keys[offset + i] !== key[i]) return false;
    }
    return true;
  }

  #place(slot: number): void {
    const mask = this.#index.length - 1;
    let place = this.#home(slot);
    while (this.#index[place] !== 0) place = (place + 1) & mask;
    this.#index[place] = slot + 1;
  }

  /** Moves later entries of the run back, so that no search ends at the hole (Knuth 6.4, R). */
  #closeHole(start: number, mask: number): void {
    let hole = start;
    for (let place = (hole + 1) & mask; this.#index[place] !== 0; place = (place + 1) & mask) {
      const home = this.#home((this.#index[place] as number) - 1);
      if (((place - home) & mask) < ((place - hole) & mask)) continue;
      this.#index[hole] = this.#index[place] as number;
      hole = place;
    }
    this.#index[hole] = 0;
  }

  #reindex(length: number): void {
    const old = this.#index;
    this.#index = new Uint32Array(length);
    for (const entry of old) if (entry !== 0) this.#place(entry - 1);
  }

  #home(slot: number): number {
    return this.#hash(this.#keys, slot * this.#width) & (this.#index.length - 1);
  }

  /** FNV-1a from the seed, then the finish of MurmurHash3: both are public domain. */
  #hash(bytes: Uint8Array, offset: number): number {
    let hash = this.#seed;
    for (let i = 0; i < this.#width; i++) {
      hash = Math.imul(hash ^ (bytes[offset + i] as number), 0x01000193);
    }
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return (hash ^ (hash >>> 16)) >>> 0;
  }
}

const CAPACITY_MIN = 64;
const INDEX_MIN = 128;
