/** Proof of work for the easy targets of simulated networks. */

import { sha256d } from '#crypto';
import { toHexReversed } from '../../shared/bytes.js';
import { hashValue } from '../../shared/consensus/work.js';
import type { HashHex } from '../../shared/units.js';

/** The first nonce with which `header` (80 bytes) is at most `target`. */
export function nonceOf(header: Uint8Array, target: bigint): number {
  const bytes = header.slice();
  const view = new DataView(bytes.buffer);
  for (let nonce = 0; ; nonce++) {
    view.setUint32(NONCE_OFFSET, nonce, true);
    if (hashValue(toHexReversed(sha256d(bytes)) as HashHex) <= target) return nonce;
  }
}

const NONCE_OFFSET = 76;
