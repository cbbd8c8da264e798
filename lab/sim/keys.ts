/** Keys of those who take part: known to all, for this is a play. */

import { publicKeyOf, signerOf, type Signer } from '#crypto';
import { addressOf } from '../../shared/consensus/address.js';
import type { AddressHash } from '../../shared/units.js';

export interface SimKey {
  readonly seed: Uint8Array;
  readonly key: Uint8Array;
  readonly address: AddressHash;
}

/** The same key for the same number, 0 to 2^32 − 1, and another for another. */
export const simKey = (number: number): SimKey => madeOf(number).key;

/** Signs with the key of `number`. */
export const simSigner = (number: number): Signer => madeOf(number).sign;

/** Nobody else has so high a number. */
export const TRACKER_NUMBER = 2 ** 32 - 1;

interface Made {
  readonly key: SimKey;
  readonly sign: Signer;
}

const MADE = new Map<number, Made>();

function madeOf(number: number): Made {
  const known = MADE.get(number);
  if (known !== undefined) return known;
  const seed = new Uint8Array(32);
  new DataView(seed.buffer).setUint32(0, number);
  const key = publicKeyOf(seed);
  const made = { key: { seed, key, address: addressOf(key) }, sign: signerOf(seed) };
  MADE.set(number, made);
  return made;
}
