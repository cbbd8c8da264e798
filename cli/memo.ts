/** Memos as people read them. */

import { toHex } from '../shared/bytes.js';
import { stampedHash } from '../shared/stamp.js';

/** A stamp, a text, or hex; `undefined` for an empty memo. */
export function describeMemo(memo: Uint8Array): string | undefined {
  if (memo.length === 0) return undefined;
  const document = stampedHash(memo);
  if (document !== undefined) return `stamps the document with SHA-256 ${toHex(document)}`;
  return asText(memo) ?? toHex(memo);
}

/** In quotes; `undefined` where it is no text that a terminal should show. */
function asText(memo: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(memo);
    return /^[\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]+$/u.test(text) ? JSON.stringify(text) : undefined;
  } catch {
    return undefined;
  }
}
