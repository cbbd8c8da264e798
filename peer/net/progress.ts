/**
 * How far this node is: has it heard of others, is a better chain coming, is it synced.
 *
 * - *Found*: some peer told us all that it has; or there is nobody to ask: every tracker has
 *   answered or is lost, and no dial or handshake is under way; or ten seconds have passed. It
 *   stays true: the first node of a network must be able to mine, and a node that loses its peers
 *   goes on.
 * - *Synced*: found, and no ready peer shows a chain to which more than one block is missing; or
 *   none of its blocks has come for a minute. Somebody withholds them then, and they are not worth
 *   waiting for, by us or by whoever asks us.
 * - New headers are waited for, too, but two of them at least, and each once: who shows them again
 *   after he hung up, or one more, must not gain another minute.
 */

import type { MonoMs } from '../../shared/units.js';
import type { Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import { isFar } from './chosenHeads.js';
import type { Downloads } from './downloads.js';

/** What the parts of the net know at the moment. */
export interface Surroundings {
  /** A peer has told us all that it has. */
  readonly isAnswered: boolean;
  /** A tracker, a dial or a handshake may still bring somebody. */
  readonly isLooking: boolean;
  readonly peerCount: number;
}

const PATIENCE_MS = 10_000;
const WITHHELD_AFTER_MS = 60_000;

export class Progress {
  readonly #chain: Chain;
  readonly #downloads: Pick<Downloads, 'heads' | 'lastBlockAt'>;
  #startedAt: MonoMs | undefined;
  #isFound = false;
  /** The best chain that is coming. */
  #coming: HeaderEntry | undefined;
  /** When new headers or blocks of such a chain were last seen. */
  #signAt = Number.NEGATIVE_INFINITY;
  /** No header with a smaller id, or with this one, is news. */
  #newestId = -1;

  constructor(chain: Chain, downloads: Pick<Downloads, 'heads' | 'lastBlockAt'>) {
    this.#chain = chain;
    this.#downloads = downloads;
  }

  /** Whether it has all blocks that are to be had, and has looked around before. */
  get isSynced(): boolean {
    return this.#isFound && this.#coming === undefined;
  }

  /** The head of the best chain that is coming; the tip when none is. */
  get goal(): HeaderEntry {
    return this.#coming ?? this.#chain.tip;
  }

  /** The operator wants to go on with what there is. */
  onCommand(): void {
    this.#isFound = true;
  }

  /** Called in each step; looks around only where that matters. */
  settle(look: () => Surroundings, now: MonoMs): void {
    this.#startedAt ??= now;
    if (!this.#isFound) {
      const { isAnswered, isLooking, peerCount } = look();
      const isLate = now >= this.#startedAt + PATIENCE_MS;
      this.#isFound = isAnswered || isLate || (!isLooking && peerCount === 0);
    }
    this.#coming = undefined;
    const { heads } = this.#downloads;
    if (heads.length === 0) return;
    const far = heads.filter((head) => isFar(head, this.#chain.tip));
    const [best] = far;
    if (best === undefined) return;
    this.#onFar(far, now);
    if (now < this.#signAt + WITHHELD_AFTER_MS) this.#coming = best;
  }

  nextWake(): MonoMs | undefined {
    if (!this.#isFound && this.#startedAt !== undefined) {
      return (this.#startedAt + PATIENCE_MS) as MonoMs;
    }
    if (this.#coming === undefined) return undefined;
    return (this.#signAt + WITHHELD_AFTER_MS) as MonoMs;
  }

  #onFar(far: readonly HeaderEntry[], now: MonoMs): void {
    const { lastBlockAt = Number.NEGATIVE_INFINITY } = this.#downloads;
    this.#signAt = Math.max(this.#signAt, lastBlockAt);
    // What is complete nobody can withhold: it is being connected.
    const isAtWork = this.#chain.isSaturated || far.some(({ isComplete }) => isComplete);
    const isNew = far.some(({ parent }) => parent !== undefined && parent.id > this.#newestId);
    if (isAtWork || isNew) this.#signAt = now;
    if (isNew) this.#newestId = far.reduce((id, head) => Math.max(id, head.id), this.#newestId);
  }
}
