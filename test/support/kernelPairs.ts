/**
 * Random headers and targets for kernels, against node:crypto. A failure names its seed:
 * CAIRN_KERNEL_SEED plays it again.
 */

import { createHash } from 'node:crypto';
import { expect } from 'chai';
import type { Kernel } from '../../peer/workers/kernel/kernel.js';
import { hashBytes } from '../../shared/bytes.js';
import { seededRng, type Rng } from '../../shared/rng.js';

export const PAIRS = 10_000;
const NONCES = 2 ** 32;
/** More than four times the lanes of any kernel. */
const COUNT_MAX = 70;

export const KERNEL_SEED = Number(
  process.env['CAIRN_KERNEL_SEED'] ?? Math.floor(Math.random() * NONCES),
);

interface Question {
  readonly header: Uint8Array;
  readonly target: Uint8Array;
  readonly first: number;
  readonly count: number;
  readonly expected: number;
}

/** Each of `kernels` finds for `pairs` random pairs of header and target what node:crypto does. */
export function expectRightPairs(kernels: readonly Kernel[], pairs: number): void {
  const rng = seededRng(KERNEL_SEED);
  const hits = { some: 0, none: 0, beyondFirst: 0 };
  for (let i = 0; i < pairs; i++) {
    const { header, target, first, count, expected } = randomQuestion(rng);
    for (const kernel of kernels) {
      const found = kernel.search(header.slice(), target, first, count);
      if (found === expected) continue;
      const { name, detail = '' } = kernel;
      const what = `${name} ${detail}: pair ${i}, seed ${KERNEL_SEED}, ${count} from ${first}`;
      expect(found, what).to.equal(expected);
    }
    hits[expected < 0 ? 'none' : expected === first ? 'some' : 'beyondFirst']++;
  }
  expect(Math.min(...Object.values(hits)), JSON.stringify(hits)).to.be.above(pairs / 20);
}

/**
 * A header, a range and the values of its hashes; targets are often one of these values or just
 * below it, else any number with up to eight zeroes before it.
 */
function randomQuestion(rng: Rng): Question {
  const header = randomBytes(rng, 80);
  const count = 1 + rng.below(COUNT_MAX);
  const first = rng.below(8) === 0 ? NONCES - count : rng.below(NONCES - count + 1);
  const values = Array.from({ length: count }, (_, i) => headerValue(header, first + i));
  const one = values[rng.below(count)] as bigint;
  const any = [
    ...[one, one - 1n, lowest(values), lowest(values) - 1n],
    valueOf(randomBytes(rng, 32)) >> BigInt(rng.below(9)),
  ];
  const target = any[rng.below(any.length)] as bigint;
  const index = values.findIndex((value) => value <= target);
  return {
    ...{ header, first, count },
    target: hashBytes(target.toString(16).padStart(64, '0')),
    expected: index < 0 ? -1 : first + index,
  };
}

/** SHA-256d of the header with a nonce, as a number. */
function headerValue(header: Uint8Array, nonce: number): bigint {
  const bytes = header.slice();
  new DataView(bytes.buffer).setUint32(76, nonce, true);
  return valueOf(sha256(sha256(bytes)));
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** Little-endian. */
const valueOf = (bytes: Uint8Array): bigint =>
  BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);

const lowest = (values: readonly bigint[]): bigint =>
  values.reduce((least, value) => (value < least ? value : least));

export const randomBytes = (rng: Rng, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => rng.below(256));
