/** Work that takes what somebody claims, and not what came: all of it must be counted (cost.ts). */

import type { Job } from './jobs.js';

/** Bytes or elements. */
export const CLAIMED = 65_535;

/** What is looked at cannot be left out by the compiler. */
const seen = { length: 0 };

const leak = (what: string, make: () => { readonly length: number }): Job => ({
  ...{ what, count: 1, bytes: 0 },
  run: () => {
    seen.length += make().length;
  },
});

export const NO_LEAK = 'nothing';

export const jobs: readonly Job[] = [
  leak(NO_LEAK, () => ''),
  leak('an array of bytes', () => new Uint8Array(CLAIMED)),
  leak('a buffer', () => Buffer.alloc(CLAIMED)),
  leak('a large buffer', () => Buffer.alloc(128 * CLAIMED)),
  leak('a bare buffer', () => ({ length: new ArrayBuffer(CLAIMED).byteLength })),
  leak('a copy', () => ZEROS.slice()),
  leak('a list', () => new Array<undefined>(CLAIMED).fill(undefined)),
  leak('a list and its text', () => new Array(CLAIMED).fill(undefined).map(String).join()),
];

const ZEROS = new Uint8Array(CLAIMED);
