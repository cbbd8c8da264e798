/**
 * Leads an index along the chain, from its own cursor over the fork point to the tip, a bounded
 * piece at a time. What was announced meanwhile does not matter: it looks where the chain stands.
 */

import { decodeBlock, type Block } from '../../shared/consensus/block.js';
import type { BlockHash } from '../../shared/units.js';
import { ancestorAt, forkOf, type HeaderEntry } from '../chain/headerEntry.js';
import { Batch } from './batch.js';
import type { IndexStore } from './store.js';

/** The chain that it follows; `Queries` and `Chain` are such. */
export interface FollowedChain {
  readonly tip: HeaderEntry;
  entry(hash: BlockHash): HeaderEntry | undefined;
  block(hash: BlockHash): Uint8Array | undefined;
}

export type FollowState =
  /** At the tip. */
  | 'resting'
  /** There is more to do. */
  | 'moving'
  /** The next block is lost on disk; it comes again from a peer. */
  | 'waiting';

export interface FollowerOptions {
  /** Rows of the blocks that one step looks at, 2,000 unless given. */
  readonly stepCost?: number;
  /** Rows that wait to be written together, 20,000 unless given. */
  readonly batchCost?: number;
}

/** About 10 ms. */
const STEP_COST = 2_000;

/**
 * Coins of a long sync that live shortly are never written. More would stall a step for longer than
 * 60 ms.
 */
const BATCH_COST = 20_000;

export class Follower {
  readonly #chain: FollowedChain;
  readonly #store: IndexStore;
  readonly #stepCost: number;
  readonly #batchCost: number;
  #batch = new Batch();
  /** The block up to which batch and store stand; `undefined` before genesis. */
  #at: HeaderEntry | undefined;
  #clearCount = 0;

  /** Throws away an index of which the chain does not know the block. */
  constructor(chain: FollowedChain, store: IndexStore, options: FollowerOptions = {}) {
    this.#chain = chain;
    this.#store = store;
    this.#stepCost = options.stepCost ?? STEP_COST;
    this.#batchCost = options.batchCost ?? BATCH_COST;
    const cursor = store.cursor();
    this.#at = cursor === undefined ? undefined : chain.entry(cursor.hash);
    if (cursor !== undefined && this.#at === undefined) this.#clear();
  }

  /** How often it had to begin anew. */
  get clearCount(): number {
    return this.#clearCount;
  }

  /** Blocks between the cursor and the tip that are not written yet. */
  get blocksBehind(): number {
    const { tip } = this.#chain;
    const at = this.#at;
    if (at === undefined) return tip.height + 1;
    const fork = forkOf(at, tip);
    return at.height - fork.height + tip.height - fork.height + this.#batch.blocks.length;
  }

  /** Moves a bounded piece towards the tip; commits at most once. */
  step(): FollowState {
    const { tip } = this.#chain;
    const fork = this.#at === undefined ? undefined : forkOf(this.#at, tip);
    if (this.#at !== undefined && this.#at !== fork) return this.#goBack(this.#at);
    const state = this.#goUp(tip);
    if (state !== 'moving' || this.#batch.cost >= this.#batchCost) this.#write();
    return state;
  }

  /** Moves until it rests, or cannot go on. */
  followAll(): FollowState {
    for (;;) {
      const state = this.step();
      if (state !== 'moving') return state;
    }
  }

  /** From the end of a branch that is not the chain any more. */
  #goBack(at: HeaderEntry): FollowState {
    if (this.#batch.blocks.length > 0) {
      this.#write();
      return 'moving';
    }
    const block = this.#read(at);
    // Nobody sends the blocks of a branch that was left.
    if (block === undefined) this.#clear();
    else {
      const batch = new Batch();
      batch.add(block, at.height);
      this.#store.disconnect(batch);
      this.#at = at.parent;
    }
    return 'moving';
  }

  #goUp(tip: HeaderEntry): FollowState {
    const before = this.#batch.cost;
    while (this.#batch.cost - before < this.#stepCost) {
      if (this.#at === tip) return 'resting';
      const next = ancestorAt(tip, this.#at === undefined ? 0 : this.#at.height + 1);
      const block = this.#read(next);
      if (block === undefined) return 'waiting';
      this.#batch.add(block, next.height);
      this.#at = next;
    }
    return this.#at === tip ? 'resting' : 'moving';
  }

  #read(entry: HeaderEntry): Block | undefined {
    const bytes = this.#chain.block(entry.hash);
    const block = bytes === undefined ? undefined : decodeBlock(bytes);
    return block?.ok === true ? block.value : undefined;
  }

  #write(): void {
    if (this.#batch.blocks.length === 0) return;
    this.#store.connect(this.#batch);
    this.#batch = new Batch();
  }

  #clear(): void {
    this.#store.clear();
    this.#at = undefined;
    this.#batch = new Batch();
    this.#clearCount += 1;
  }
}
