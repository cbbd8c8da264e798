/**
 * The kernel that runs everywhere: Node's one-shot `crypto.hash`.
 *
 * Digests come as 'binary' strings, one character a byte: without an allocation of a Buffer for
 * each, the loop is half again as fast (1.10 against 0.73 MH/s on one core of a Zen 4).
 */

import { hash } from 'node:crypto';

import type { Kernel } from './kernel.js';

const NONCE_OFFSET = 76;
const DIGEST_BYTES = 32;
const MOST_SIGNIFICANT = DIGEST_BYTES - 1;

export const nodeKernel: Kernel = {
  name: 'node',
  search(header, target, firstNonce, count) {
    const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
    const limit = target[MOST_SIGNIFICANT] as number;
    const end = firstNonce + count;
    for (let nonce = firstNonce; nonce < end; nonce++) {
      view.setUint32(NONCE_OFFSET, nonce, true);
      inner.write(hash('sha256', header, 'binary'), 0, DIGEST_BYTES, 'binary');
      const digest = hash('sha256', inner, 'binary');
      if (digest.charCodeAt(MOST_SIGNIFICANT) > limit) continue;
      if (isAtMost(digest, target)) return nonce;
    }
    return -1;
  },
};

/** The digest of the first hash, between its two uses. */
const inner = Buffer.alloc(DIGEST_BYTES);

function isAtMost(digest: string, target: Uint8Array): boolean {
  for (let i = MOST_SIGNIFICANT; i >= 0; i--) {
    const difference = digest.charCodeAt(i) - (target[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return true;
}
