/**
 * The coins as they are after some blocks that the store has not taken in yet: the stored coins,
 * and the net change above them. A coin that is made and spent in between never reaches the store.
 */

import type { Coin, CoinDelta } from './store.js';

/** Reads a stored coin by its outpoint key. */
export type CoinReader = (outpoint: string) => Coin | undefined;

/** Coins of the store that are remembered: those that the transactions of some blocks spend. */
const KNOWN_MAX = 20_000;

export class CoinView {
  readonly #stored: CoinReader;
  /** Of the store: what was read there, as it is there. */
  #known = new Map<string, Coin>();
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
    return this.#gone.has(outpoint) ? undefined : this.#read(outpoint);
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
    for (const outpoint of this.#gone) this.#known.delete(outpoint);
    for (const outpoint of this.#made.keys()) this.#known.delete(outpoint);
    this.#made = new Map();
    this.#gone = new Set();
    return delta;
  }

  /** A coin is looked for when its transaction comes, and again when a block has it. */
  #read(outpoint: string): Coin | undefined {
    const known = this.#known.get(outpoint);
    if (known !== undefined) return known;
    const coin = this.#stored(outpoint);
    if (coin === undefined) return undefined;
    if (this.#known.size >= KNOWN_MAX) this.#known = new Map();
    this.#known.set(outpoint, coin);
    return coin;
  }
}
