/** Tells how far a long sync is, once a second, and when the node is synced. */

import type { MonoMs } from '../../shared/units.js';
import type { Outbox } from './outbox.js';

/** How far a node is. */
export interface SyncStanding {
  readonly isSynced: boolean;
  readonly height: number;
  readonly headerHeight: number;
}

const TELL_EVERY_MS = 1_000;
/** Fewer blocks than these are soon there, and not worth a line. */
const BLOCKS_BEHIND_MIN = 16;

export class SyncReport {
  readonly #outbox: Outbox;
  #isSynced = false;
  #tellAt = Number.NEGATIVE_INFINITY;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Called in each step. */
  settle({ isSynced, height, headerHeight }: SyncStanding, now: MonoMs): void {
    if (isSynced) {
      if (!this.#isSynced) this.#outbox.tell({ type: 'synced', height });
      this.#isSynced = true;
    } else if (headerHeight >= height + BLOCKS_BEHIND_MIN && now >= this.#tellAt) {
      this.#outbox.tell({ type: 'syncing', height, headerHeight });
      this.#tellAt = now + TELL_EVERY_MS;
      this.#isSynced = false;
    }
  }
}
