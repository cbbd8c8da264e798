/**
 * Slots in the order in which they fall due: a binary heap that knows where each slot stands, so
 * that a slot is moved or taken out in logarithmic time. 16 bytes a slot.
 */

import { assert } from '../../shared/assert.js';
import type { MonoMs } from '../../shared/units.js';

export class Agenda {
  #heap = new Uint32Array(LENGTH_MIN);
  /** Place in the heap + 1 of each slot, 0: not in it. */
  #places = new Uint32Array(LENGTH_MIN);
  #dues = new Float64Array(LENGTH_MIN);
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** The slot that is due first, or `undefined` when there is none. */
  get first(): number | undefined {
    return this.#count === 0 ? undefined : this.#heap[0];
  }

  /** When the first slot is due. */
  get firstDue(): MonoMs | undefined {
    return this.#count === 0 ? undefined : (this.#dueAt(0) as MonoMs);
  }

  /** When `slot` is due, or `undefined` when it is not in. */
  due(slot: number): MonoMs | undefined {
    if ((this.#places[slot] ?? 0) === 0) return undefined;
    return this.#dues[slot] as MonoMs;
  }

  /** Puts `slot` in, or moves it, to `due`. */
  set(slot: number, due: MonoMs): void {
    this.#reserve(slot);
    this.#dues[slot] = due;
    let place = (this.#places[slot] as number) - 1;
    if (place < 0) {
      place = this.#count++;
      this.#put(place, slot);
    }
    this.#settle(place);
  }

  /** Takes `slot` out, if it is in. */
  remove(slot: number): void {
    const place = (this.#places[slot] ?? 0) - 1;
    if (place < 0) return;
    this.#places[slot] = 0;
    this.#count--;
    if (place === this.#count) return;
    this.#put(place, this.#heap[this.#count] as number);
    this.#settle(place);
  }

  #settle(place: number): void {
    this.#sink(this.#rise(place));
  }

  #rise(from: number): number {
    let place = from;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (this.#dueAt(parent) <= this.#dueAt(place)) break;
      this.#swap(place, parent);
      place = parent;
    }
    return place;
  }

  #sink(from: number): void {
    let place = from;
    for (;;) {
      let least = place * 2 + 1;
      if (least >= this.#count) return;
      if (least + 1 < this.#count && this.#dueAt(least + 1) < this.#dueAt(least)) least++;
      if (this.#dueAt(place) <= this.#dueAt(least)) return;
      this.#swap(place, least);
      place = least;
    }
  }

  #swap(a: number, b: number): void {
    const slot = this.#heap[a] as number;
    this.#put(a, this.#heap[b] as number);
    this.#put(b, slot);
  }

  #put(place: number, slot: number): void {
    this.#heap[place] = slot;
    this.#places[slot] = place + 1;
  }

  #dueAt(place: number): number {
    return this.#dues[this.#heap[place] as number] as number;
  }

  #reserve(slot: number): void {
    assert(slot >= 0, 'a slot is a small number');
    if (slot < this.#places.length) return;
    const length = Math.ceil((slot + 1) * 1.5);
    this.#heap = grown(this.#heap, new Uint32Array(length));
    this.#places = grown(this.#places, new Uint32Array(length));
    this.#dues = grown(this.#dues, new Float64Array(length));
  }
}

const LENGTH_MIN = 64;

function grown<T extends Uint32Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}
