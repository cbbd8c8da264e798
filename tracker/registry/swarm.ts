/**
 * The peers of one network, as lists of slots: each slot is in one list, knows its place there, and
 * moves in constant time. Random samples are drawn by partial shuffles, never by a scan.
 */

import { assert } from '../../shared/assert.js';
import type { Rng } from '../../shared/rng.js';
import { type Reach, REACHES } from './peerColumns.js';

/**
 * `live` peers may be handed out; they are kept apart by how far their address reaches, because an
 * address is of use only to askers from which that far can be seen.
 */
export const LISTS = [
  'live-loopback',
  'live-private',
  'live-public',
  'unverified',
  'unreachable',
] as const;
export type ListName = (typeof LISTS)[number];

export class Swarm {
  readonly #lists = LISTS.map(() => new SlotList());
  readonly #places: Places;

  /** `places`: shared by all swarms of a registry, as each slot is in one list of one swarm. */
  constructor(places: Places) {
    this.#places = places;
  }

  count(name: ListName): number {
    return this.#list(name).length;
  }

  enter(name: ListName, slot: number): void {
    this.#list(name).add(slot, this.#places);
  }

  leave(name: ListName, slot: number): void {
    this.#list(name).remove(slot, this.#places);
  }

  /** Up to `limit` slots of one list, from `offset` on; their order is of no meaning. */
  page(name: ListName, offset: number, limit: number): number[] {
    const list = this.#list(name);
    const slots: number[] = [];
    for (let i = offset; i < Math.min(offset + limit, list.length); i++) slots.push(list.at(i));
    return slots;
  }

  /**
   * Distinct live slots, each set as likely as any other, that an asker of `reach` can use and that
   * `isWanted` takes: at most `count`. Looks at no more than `count` + 8 slots.
   */
  sample(rng: Rng, reach: Reach, count: number, isWanted: (slot: number) => boolean): number[] {
    const lists = this.#lists.slice(REACHES.indexOf(reach), REACHES.length);
    const drawn = lists.map(() => 0);
    let left = lists.reduce((sum, list) => sum + list.length, 0);
    const slots: number[] = [];
    for (let looks = count + LOOKS_SPARE; looks > 0 && left > 0 && slots.length < count; looks--) {
      const slot = this.#draw(lists, drawn, rng.below(left--));
      if (isWanted(slot)) slots.push(slot);
    }
    return slots;
  }

  /**
   * The `pick`-th slot that was not drawn yet, counted over `lists`; swapped to the drawn front.
   */
  #draw(lists: readonly SlotList[], drawn: number[], pick: number): number {
    for (const [i, list] of lists.entries()) {
      const front = drawn[i] as number;
      const rest = list.length - front;
      if (pick < rest) {
        drawn[i] = front + 1;
        return list.swap(front, front + pick, this.#places);
      }
      pick -= rest;
    }
    assert(false, 'a pick is within what is left');
  }

  #list(name: ListName): SlotList {
    return this.#lists[LISTS.indexOf(name)] as SlotList;
  }
}

/** Looks beyond the count, for the asker itself and other entries with its key. */
const LOOKS_SPARE = 8;

/** The place of each slot in its list: a column that grows. */
export class Places {
  #places = new Uint32Array(64);

  at(slot: number): number {
    return this.#places[slot] as number;
  }

  set(slot: number, place: number): void {
    if (slot >= this.#places.length) {
      const grown = new Uint32Array(Math.ceil((slot + 1) * 1.5));
      grown.set(this.#places);
      this.#places = grown;
    }
    this.#places[slot] = place;
  }
}

class SlotList {
  #slots = new Uint32Array(8);
  length = 0;

  at(place: number): number {
    return this.#slots[place] as number;
  }

  add(slot: number, places: Places): void {
    if (this.length === this.#slots.length) {
      const grown = new Uint32Array(Math.ceil(this.length * 1.5));
      grown.set(this.#slots);
      this.#slots = grown;
    }
    places.set(slot, this.length);
    this.#slots[this.length++] = slot;
  }

  remove(slot: number, places: Places): void {
    const place = places.at(slot);
    assert(place < this.length && this.#slots[place] === slot, 'a slot is in the list it leaves');
    const last = this.#slots[--this.length] as number;
    this.#slots[place] = last;
    places.set(last, place);
  }

  /** Exchanges two places; returns the slot that is then at `a`. */
  swap(a: number, b: number, places: Places): number {
    const slot = this.#slots[b] as number;
    const other = this.#slots[a] as number;
    this.#slots[a] = slot;
    this.#slots[b] = other;
    places.set(slot, a);
    places.set(other, b);
    return slot;
  }
}
