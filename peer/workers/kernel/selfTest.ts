/**
 * Proves a kernel on a published fact before it may mine: Bitcoin's genesis header (3 January
 * 2009).
 */

import { assertDefined } from '../../../shared/assert.js';
import { fromHex, hashBytes } from '../../../shared/bytes.js';
import type { Kernel } from './kernel.js';

const HEADER =
  '01000000' +
  '00'.repeat(32) +
  '3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a' +
  '29ab5f49ffff001d1dac2b7c';
const NONCE = 2_083_236_893;
const TARGET = '00000000ffff'.padEnd(64, '0');
const HASH = '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f';
const JUST_BELOW_HASH = '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26e';

/** What `kernel` does wrong, in a sentence, or `undefined` when it finds exactly what it must. */
export function kernelProblem(kernel: Kernel): string | undefined {
  for (const { target, first, count, expected } of CASES) {
    const header = assertDefined(fromHex(HEADER), 'the header is hex');
    const found = kernel.search(header, hashBytes(target), first, count);
    if (found !== expected) {
      return (
        `Kernel ${kernel.name} failed its self-test: among ${count} nonces from ${first} ` +
        `it found ${found} instead of ${expected}.`
      );
    }
  }
  return undefined;
}

const CASES = [
  { target: TARGET, first: NONCE - 9, count: 16, expected: NONCE },
  { target: TARGET, first: NONCE - 9, count: 9, expected: -1 },
  { target: TARGET, first: NONCE + 1, count: 9, expected: -1 },
  { target: HASH, first: NONCE, count: 1, expected: NONCE },
  { target: JUST_BELOW_HASH, first: NONCE, count: 1, expected: -1 },
  { target: 'ff'.repeat(32), first: 2 ** 32 - 1, count: 1, expected: 2 ** 32 - 1 },
];
