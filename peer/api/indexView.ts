/** What a handler sees of index and chain while it makes one answer. */

import { assertDefined } from '../../shared/assert.js';
import type { BlockHash } from '../../shared/units.js';
import type { IndexReader } from '../index/readers.js';
import type { Queries } from '../queries.js';

/** To which block an answer belongs; in the form in which the API shows it. */
export interface Standing {
  readonly indexHeight: number;
  readonly indexHash: BlockHash;
  readonly tipHeight: number;
}

export interface View {
  readonly index: IndexReader;
  readonly queries: Queries;
  readonly standing: Standing;
}

/** `undefined` when the index holds nothing yet. */
export function standingOf(index: IndexReader, queries: Queries): Standing | undefined {
  const cursor = index.cursor();
  if (cursor === undefined) return undefined;
  return {
    indexHeight: cursor.height,
    indexHash: cursor.hash,
    tipHeight: queries.tip.height,
  };
}

/** 1 for the block at which the index stands. */
export const confirmationsOf = ({ standing }: View, height: number): number =>
  standing.indexHeight - height + 1;

/** The entry of a block that the index has taken in; the chain never forgets a header. */
export function entryOf({ queries }: View, hash: BlockHash): Queries['tip'] {
  return assertDefined(queries.entry(hash), 'an indexed block has a header');
}
