/**
 * Proves a kernel on published facts before it may mine: three headers of Bitcoin's chain, among
 * the nonces around the one that won.
 */

import { assertDefined } from '../../../shared/assert.js';
import { fromHex, hashBytes } from '../../../shared/bytes.js';
import type { Kernel } from './kernel.js';

/** What `kernel` does wrong, in a sentence, or `undefined` when it finds exactly what it must. */
export function kernelProblem(kernel: Kernel): string | undefined {
  for (const { header, target, first, count, expected } of CASES) {
    const bytes = assertDefined(fromHex(header), 'the header is hex');
    const found = kernel.search(bytes, hashBytes(target), first, count);
    if (found !== expected) {
      return (
        `Kernel ${kernel.name} failed its self-test: among ${count} nonces from ${first} ` +
        `it found ${found} instead of ${expected}.`
      );
    }
  }
  return undefined;
}

/** A header: 76 bytes, the nonce that won, and the hash as it is printed. */
interface Known {
  readonly start: string;
  readonly nonce: number;
  readonly hash: string;
}

/** Genesis, 3 January 2009. */
const GENESIS: Known = {
  start:
    '01000000' +
    '00'.repeat(32) +
    '3ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a' +
    '29ab5f49ffff001d',
  nonce: 2_083_236_893,
  hash: '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
};

/** Height 125,552, 21 May 2011. */
const BLOCK_125552: Known = {
  start:
    '01000000' +
    '81cd02ab7e569e8bcd9317e2fe99f2de44d49ab2b8851ba4a308000000000000' +
    'e320b6c2fffc8d750423db8b1eb942ae710e951ed797f7affc8892b0f1fc122b' +
    'c7f5d74df2b9441a',
  nonce: 2_504_433_986,
  hash: '00000000000000001e8d6829a8a21adc5d38d0a473b144b6765798e61f98bd1d',
};

/** Height 277,316, 27 December 2013. */
const BLOCK_277316: Known = {
  start:
    '02000000' +
    '69054f28012b4474caa9e821102655cc74037c415ad2bba70200000000000000' +
    '2ecfc74ceb512c5055bcff7e57735f7323c32f8bbb48f5e96307e5268c001cc9' +
    '3a09be520ca30319',
  nonce: 924_591_752,
  hash: '0000000000000001b6b9a13b095e96db41c4a928b97ef2d944a9b31b2cc7bdc4',
};

interface Case {
  readonly header: string;
  readonly target: string;
  readonly first: number;
  readonly count: number;
  readonly expected: number;
}

const LAST = 2 ** 32 - 1;
const CASES: readonly Case[] = [
  ...casesAround(GENESIS, 9),
  ...casesAround(BLOCK_125552, 100),
  ...casesAround(BLOCK_277316, 1000),
  { ...searchFrom(GENESIS, LAST, 1), target: 'ff'.repeat(32), expected: LAST },
];

/** Targets just at and below the hash, nonces up to, at and behind the one that won. */
function casesAround(known: Known, before: number): Case[] {
  const { nonce, hash: target } = known;
  const justBelow = (BigInt(`0x${target}`) - 1n).toString(16).padStart(64, '0');
  const first = nonce - before;
  return [
    { ...searchFrom(known, first, before + 7), target, expected: nonce },
    { ...searchFrom(known, first, before), target, expected: -1 },
    { ...searchFrom(known, nonce + 1, 9), target, expected: -1 },
    { ...searchFrom(known, nonce, 1), target, expected: nonce },
    { ...searchFrom(known, nonce, 1), target: justBelow, expected: -1 },
  ];
}

function searchFrom(
  { start }: Known,
  first: number,
  count: number,
): Pick<Case, 'header' | 'first' | 'count'> {
  return { header: `${start}00000000`, first, count };
}
