/** What `million` and the process that it measures hand each other. */

import { join } from 'node:path';

/** Paths in the folder of a run. */
export const paths = (folder: string) => ({
  /** The parameters of the network. */
  params: join(folder, 'network.json'),
  /** The data directory with the coins, where the blocks are connected. */
  full: join(folder, 'full'),
  /** A copy of it as it was before. */
  fresh: join(folder, 'fresh'),
  /** A block that spends, from 0 on. */
  block: (number: number): string => join(folder, `block-${String(number)}`),
});

/** Blocks that spend. */
export const BLOCKS = 40;

/** What the process prints as JSON. */
export interface Connected {
  /** One for each block. */
  readonly steps: readonly {
    /** Its form is checked and its body stored. */
    readonly acceptMs: number;
    /** Its signatures are known to be right; its coins are looked up, changed and committed. */
    readonly connectMs: number;
    /** After that, until its coins are written, too. */
    readonly writeMs: number;
  }[];
  /** Resident, at the end. */
  readonly rssBytes: number;
}
