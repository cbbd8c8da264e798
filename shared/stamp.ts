/**
 * Stamps: a memo that shows that a document existed when its block was made. `docs/protocol.md`,
 * "Stamps".
 */

import { concatBytes, equalBytes, utf8 } from './bytes.js';

/** "cairn/stamp/1\0" ‖ the document's SHA-256, 32 bytes. */
export const stampMemo = (documentHash: Uint8Array): Uint8Array =>
  concatBytes(STAMP_TAG, documentHash);

/** The SHA-256 of the document that `memo` stamps; `undefined` when it is no stamp. */
export function stampedHash(memo: Uint8Array): Uint8Array | undefined {
  if (memo.length !== STAMP_TAG.length + HASH_BYTES) return undefined;
  const isStamp = equalBytes(memo.subarray(0, STAMP_TAG.length), STAMP_TAG);
  return isStamp ? memo.subarray(STAMP_TAG.length) : undefined;
}

const STAMP_TAG = utf8('cairn/stamp/1\0');
const HASH_BYTES = 32;
