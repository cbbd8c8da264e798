/** Random headers and targets for kernels, and what node:crypto finds for them. */

import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Kernel } from '../../peer/workers/kernel/kernel.js';
import { seededRng, type Rng } from '../../shared/rng.js';

const NONCES = 2 ** 32;
/** More than four times the lanes of any kernel, and no multiple of them. */
const COUNT_MAX = 67;

/** `kernel` finds for `pairs` random pairs of header and target what node:crypto does. */
export function expectRightPairs(kernel: Kernel, seed: number, pairs: number): void {
  const rng = seededRng(seed);
  let hits = 0;
  for (let pair = 0; pair < pairs; pair++) {
    const header = randomBytes(rng, 80);
    const target = randomTarget(rng);
    const count = 1 + rng.below(COUNT_MAX);
    const first = rng.below(4) === 0 ? NONCES - count : rng.below(NONCES - count);
    const expected = firstWinner(header, target, first, count);
    const found = kernel.search(header.slice(), target, first, count);
    expect(found, `pair ${String(pair)} of seed ${String(seed)}`).to.equal(expected);
    if (found >= 0) hits++;
  }
  // Else one of the two kinds was hardly looked at.
  expect(hits).to.be.within(pairs / 4, (pairs * 3) / 4);
}

/** Of which some are met by most nonces, and some by hardly any. */
function randomTarget(rng: Rng): Uint8Array {
  const target = randomBytes(rng, 32);
  const zeroBits = rng.below(14);
  for (let bit = 0; bit < zeroBits; bit++) {
    const at = 31 - (bit >> 3);
    target[at] = (target[at] as number) & (0x7f >> (bit & 7));
  }
  return target;
}

function firstWinner(header: Uint8Array, target: Uint8Array, first: number, count: number): number {
  const bytes = Buffer.from(header);
  const limit = Buffer.from(target).reverse();
  for (let nonce = first; nonce < first + count; nonce++) {
    bytes.writeUInt32LE(nonce, 76);
    if (sha256(sha256(bytes)).reverse().compare(limit) <= 0) return nonce;
  }
  return -1;
}

const sha256 = (bytes: Buffer): Buffer => createHash('sha256').update(bytes).digest();

const randomBytes = (rng: Rng, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => rng.below(256));
