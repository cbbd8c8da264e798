/** Who announced: each source address once, with the number of peers that it registered. */

import { KeyTable, NO_SLOT } from './keyTable.js';

export class Sources {
  readonly #keys: KeyTable;
  #peers = new Uint16Array(0);

  constructor(seed: number) {
    this.#keys = new KeyTable(16, seed);
  }

  /** Peers registered by `source`. */
  count(source: Uint8Array): number {
    const number = this.#keys.find(source);
    return number === NO_SLOT ? 0 : (this.#peers[number] as number);
  }

  /** The number of `source`, with one peer more; at most 65,535 of them. */
  use(source: Uint8Array): number {
    const found = this.#keys.find(source);
    const number = found === NO_SLOT ? this.#keys.add(source) : found;
    this.#reserve();
    this.#peers[number] = (this.#peers[number] as number) + 1;
    return number;
  }

  release(number: number): void {
    const peers = (this.#peers[number] as number) - 1;
    this.#peers[number] = peers;
    if (peers === 0) this.#keys.remove(number);
  }

  /** A view of the 16 bytes of source `number`, valid until the next `use`. */
  key(number: number): Uint8Array {
    return this.#keys.key(number);
  }

  #reserve(): void {
    if (this.#keys.capacity <= this.#peers.length) return;
    const grown = new Uint16Array(this.#keys.capacity);
    grown.set(this.#peers);
    this.#peers = grown;
  }
}
