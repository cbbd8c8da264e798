/** The header of a job: its first block, hashed once, and the digest of a single nonce. */

import { prepareRounds } from './rounds';
import { BLOCK_BYTES, compress, compressFirst, pad, STATE_BYTES } from './sha256';

/** 80 bytes, of which the last four are not read. */
export const HEADER: usize = memory.data(80, 16);

/** The state after the first block. */
const middle: usize = memory.data(32, 16);
const block: usize = memory.data(64, 16);
const inner: usize = memory.data(32, 16);
const outer: usize = memory.data(32, 16);

/** Reads the header. */
export function prepare(): void {
  readWords(HEADER, 16);
  compressFirst(middle, block);
  readWords(HEADER + BLOCK_BYTES, 3);
  prepareRounds(middle, block);
}

/** The digest of the header with `nonce`: the address of eight words. */
export function digestWith(nonce: u32): usize {
  readWords(HEADER + BLOCK_BYTES, 3);
  store<u32>(block, bswap<u32>(nonce), 12);
  pad(block, 16, 640);
  compress(inner, middle, block);
  memory.copy(block, inner, STATE_BYTES);
  pad(block, STATE_BYTES, 256);
  compressFirst(outer, block);
  return outer;
}

/** Puts the words at `from`, whose bytes stand most significant first, into the block. */
function readWords(from: usize, count: usize): void {
  for (let i: usize = 0; i < 4 * count; i += 4) {
    store<u32>(block + i, bswap<u32>(load<u32>(from + i)));
  }
}
