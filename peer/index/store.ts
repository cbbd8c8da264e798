/**
 * What the follower needs of a disk: the index as it stands at one block. `peer/storage` implements
 * it on SQLite.
 */

import type { Batch } from './batch.js';
import type { IndexCursor } from './readers.js';

/** Each write is one transaction: all of it is kept, or nothing. */
export interface IndexStore {
  /** `undefined`: it holds nothing yet. */
  cursor(): IndexCursor | undefined;
  /** Takes in the blocks of `batch`, the lowest of which follows the cursor's. */
  connect(batch: Batch): void;
  /** Takes back the cursor's block, which is the only one in `batch`. */
  disconnect(batch: Batch): void;
  /** Throws everything away. */
  clear(): void;
}

/** *Trouble*: the index does not fit the chain. It can be made anew from the blocks. */
export class IndexDamage extends Error {
  override readonly name = 'IndexDamage';
}
