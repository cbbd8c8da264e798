/**
 * The net change of several blocks in a row: a coin that one of them makes and a later one spends
 * is never written.
 */

import type { BlockChanges, MadeCoin, SpentCoin } from './blockChanges.js';

export class Batch {
  readonly #blocks: BlockChanges[] = [];
  readonly #made = new Map<string, MadeCoin>();
  readonly #spent = new Map<string, SpentCoin>();
  #cost = 0;

  /** Adds the block above those that are in it. */
  add(changes: BlockChanges): void {
    for (const [outpoint, coin] of changes.spent) {
      if (!this.#made.delete(outpoint)) this.#spent.set(outpoint, coin);
    }
    for (const [outpoint, coin] of changes.made) this.#made.set(outpoint, coin);
    this.#blocks.push(changes);
    this.#cost += costOf(changes);
  }

  /** Lowest first. */
  get blocks(): readonly BlockChanges[] {
    return this.#blocks;
  }

  /** By outpoint key: coins that are there after the last block, and were not before the first. */
  get made(): ReadonlyMap<string, MadeCoin> {
    return this.#made;
  }

  /** By outpoint key: coins that were there before the first block, and are not after the last. */
  get spent(): ReadonlyMap<string, SpentCoin> {
    return this.#spent;
  }

  /** About how many rows writing it takes. */
  get cost(): number {
    return this.#cost;
  }
}

/** About how many rows `changes` take by themselves. */
export const costOf = ({ txids, made, spent, history }: BlockChanges): number =>
  1 + txids.length * 2 + made.size + spent.size + history.size;
