/**
 * SHA-256 of single blocks, a word at a time: for what is done once for each job or each candidate.
 * The hot loop is made by rounds.mjs.
 */

import { INITIAL, K } from './rounds';
import {
  bigSigma0OfWords,
  bigSigma1OfWords,
  chooseOfWords,
  majorityOfWords,
  sigma0OfWords,
  sigma1OfWords,
} from './words';

export const BLOCK_BYTES: usize = 64;
/** A state, or a digest: eight words. */
export const STATE_BYTES: usize = 32;
/** Behind a message: a one, zeros, and the message's length in bits. */
const PADDING: u32 = 0x80000000;

const schedule: usize = memory.data(64 * 4, 16);

/** Takes the 16 words at `block` in; `from` is the state before, `into` that after. */
export function compress(into: usize, from: usize, block: usize): void {
  memory.copy(schedule, block, BLOCK_BYTES);
  for (let i: usize = 64; i < 256; i += 4) {
    const at = schedule + i;
    const sum = load<u32>(at - 64) + load<u32>(at - 28);
    const mixed = sigma0OfWords(load<u32>(at - 60)) + sigma1OfWords(load<u32>(at - 8));
    store<u32>(at, sum + mixed);
  }
  memory.copy(into, from, STATE_BYTES);
  for (let i: usize = 0; i < 256; i += 4) {
    round(into, load<u32>(K + i) + load<u32>(schedule + i));
  }
  for (let i: usize = 0; i < STATE_BYTES; i += 4) {
    store<u32>(into + i, load<u32>(into + i) + load<u32>(from + i));
  }
}

/** The same for the first block of a message. */
export function compressFirst(into: usize, block: usize): void {
  compress(into, INITIAL, block);
}

/** Ends a message of `bits` bits in all, of which `sizeBytes` stand in its last block. */
export function pad(block: usize, sizeBytes: usize, bits: u32): void {
  memory.fill(block + sizeBytes, 0, BLOCK_BYTES - sizeBytes);
  store<u32>(block + sizeBytes, PADDING);
  store<u32>(block + BLOCK_BYTES - 4, bits);
}

/** One round on the state; `word`: the constant and the word of the message. */
function round(state: usize, word: u32): void {
  const a = load<u32>(state);
  const e = load<u32>(state, 16);
  const choice = chooseOfWords(e, load<u32>(state, 20), load<u32>(state, 24));
  const t1 = load<u32>(state, 28) + bigSigma1OfWords(e) + choice + word;
  const t2 = bigSigma0OfWords(a) + majorityOfWords(a, load<u32>(state, 4), load<u32>(state, 8));
  memory.copy(state + 4, state, STATE_BYTES - 4);
  store<u32>(state, t1 + t2);
  store<u32>(state, load<u32>(state, 16) + t1, 16);
}
