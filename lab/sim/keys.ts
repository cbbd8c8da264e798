/** Keys of those who take part: known to all, for this is a play. */

import { publicKeyOf } from '#crypto';
import { addressOf } from '../../shared/consensus/address.js';
import type { AddressHash } from '../../shared/units.js';

export interface SimKey {
  readonly seed: Uint8Array;
  readonly key: Uint8Array;
  readonly address: AddressHash;
}

/** The same key for the same number, 0 to 2^32 − 1, and another for another. */
export function simKey(number: number): SimKey {
  const seed = new Uint8Array(32);
  new DataView(seed.buffer).setUint32(0, number);
  const key = publicKeyOf(seed);
  return { seed, key, address: addressOf(key) };
}

/** Nobody else has so high a number. */
export const TRACKER_NUMBER = 2 ** 32 - 1;
