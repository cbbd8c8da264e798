/**
 * Searches nonces, four at a time. First only the last word of the second hash is looked at, the
 * most significant one when the digest is read little-endian: few nonces pass it, and those are
 * hashed again and compared in full.
 */

import { digestWith, HEADER, prepare } from './job';
import { firstRounds, K, lastRounds, secondRounds, sixteenRounds } from './rounds';

/** 32 bytes, little-endian. */
const TARGET: usize = memory.data(32, 16);

export const header: usize = HEADER;
export const target: usize = TARGET;

/** The first winning nonce of `count` from `first` on, or −1. */
export function search(first: u32, count: f64): f64 {
  prepare();
  const end = <u64>count;
  const limit = i32x4.splat(load<u32>(TARGET, 28));
  for (let done: u64 = 0; done < end; done += 4) {
    const nonces = i32x4.add(i32x4.splat(first + <u32>done), i32x4(0, 1, 2, 3));
    const hits = i32x4.le_u(reversed(lastWords(reversed(nonces))), limit);
    if (!v128.any_true(hits)) continue;
    const bits = i32x4.bitmask(hits);
    for (let lane: u32 = 0; lane < 4 && lane < end - done; lane++) {
      const nonce = first + <u32>done + lane;
      if (((bits >> lane) & 1) !== 0 && isAtMostTarget(digestWith(nonce))) return <f64>nonce;
    }
  }
  return -1;
}

/** The last words of the digests for four nonces, which stand as words of the message. */
function lastWords(nonces: v128): v128 {
  firstRounds(nonces);
  sixteenRounds(K + 4 * 32);
  sixteenRounds(K + 4 * 48);
  secondRounds();
  sixteenRounds(K + 4 * 16);
  sixteenRounds(K + 4 * 32);
  return lastRounds();
}

/** Words with their bytes the other way round. */
function reversed(x: v128): v128 {
  return v128.shuffle<u8>(x, x, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12);
}

function isAtMostTarget(digest: usize): bool {
  for (let at: i32 = 28; at >= 0; at -= 4) {
    const word = bswap<u32>(load<u32>(digest + at));
    const limit = load<u32>(TARGET + at);
    if (word !== limit) return word < limit;
  }
  return true;
}
