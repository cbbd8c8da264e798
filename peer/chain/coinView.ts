/**
 * The coins as they are after some blocks that the store has not taken in yet: the stored coins,
 * and the net change above them. A coin that is made and spent in between never reaches the store.
 */

import type { Coin, CoinDelta } from './store.js';

/** Reads a stored coin by its outpoint key. */
export type CoinReader = (outpoint: string) => Coin | undefined;

export class CoinView {
  readonly #stored: CoinReader;
  /** Coins that are there, whatever the store says. */
  #made = new Map<string, Coin>();
  /** Coins of the store that are gone, or replaced by one of `#made`. */
  #gone = new Set<string>();

  constructor(stored: CoinReader) {
    this.#stored = stored;
  }

  /** How many writes `take` would hand over. */
  get changeCount(): number {
    return this.#made.size + this.#gone.size;
  }

  /** The coin, if it is there. */
  coin(outpoint: string): Coin | undefined {
    const made = this.#made.get(outpoint);
    if (made !== undefined) return made;
    return this.#gone.has(outpoint) ? undefined : this.#stored(outpoint);
  }

  /** Takes away a coin that is there. */
  remove(outpoint: string): void {
    // If the store has one of the same name as well, `#gone` says already that it is gone.
    if (!this.#made.delete(outpoint)) this.#gone.add(outpoint);
  }

  /** Adds a coin that is not there. */
  add(outpoint: string, coin: Coin): void {
    this.#made.set(outpoint, coin);
  }

  /** The change since the last `take`, which the store must have before the next look-up. */
  take(): CoinDelta {
    const delta = { created: this.#made, spent: this.#gone };
    this.#made = new Map();
    this.#gone = new Set();
    return delta;
  }
}
