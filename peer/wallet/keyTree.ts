/**
 * Private keys from a seed (SLIP-0010, Ed25519): each number leads to a child, and no child to its
 * parent or to its siblings.
 */

import { hmacSha512 } from '#crypto';
import { assert } from '../../shared/assert.js';
import { concatBytes, utf8 } from '../../shared/bytes.js';

/** A private key, and what its children are made with. */
export interface Branch {
  /** 32 bytes: the seed of an Ed25519 key. */
  readonly key: Uint8Array;
  /** 32 bytes. */
  readonly chainCode: Uint8Array;
}

/** Children of Ed25519 keys are all *hardened*: written with ', numbered from 2^31 on. */
const HARDENED = 2 ** 31;

/** The root, from a seed of 16 to 64 bytes. */
export const rootOf = (seed: Uint8Array): Branch => branchOf(utf8('ed25519 seed'), seed);

/** The child `number`', 0 to 2^31 − 1. */
export function childOf({ key, chainCode }: Branch, number: number): Branch {
  assert(Number.isInteger(number) && number >= 0 && number < HARDENED, 'a child has a number');
  const index = new Uint8Array(4);
  new DataView(index.buffer).setUint32(0, HARDENED + number);
  return branchOf(chainCode, concatBytes(Uint8Array.of(0), key, index));
}

/** What `path` leads to from `from`: its first number is the child's, the last the result's. */
export const descendantOf = (from: Branch, path: readonly number[]): Branch =>
  path.reduce(childOf, from);

function branchOf(hmacKey: Uint8Array, bytes: Uint8Array): Branch {
  const digest = hmacSha512(hmacKey, bytes);
  return { key: digest.subarray(0, 32), chainCode: digest.subarray(32) };
}
