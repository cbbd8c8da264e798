/**
 * The token that the wallet needs, and writes when the API listens elsewhere than on loopback.
 */

import { toHex } from '../../shared/bytes.js';
import type { Entropy } from '../../shared/entropy.js';
import { readFileIfThere, writeFileAtomically } from '../../shared/io/atomicFile.js';

/** Name of its file in the data directory; the CLI reads it there. */
export const TOKEN_FILE = 'api.token';

/** The token in the file at `path`; made at the first call, readable by its owner only. */
export function loadToken(path: string, entropy: Entropy): string {
  const known = readFileIfThere(path)?.trim();
  if (known !== undefined && known.length >= TOKEN_DIGITS) return known;
  const token = toHex(entropy.bytes(TOKEN_DIGITS / 2));
  writeFileAtomically(path, `${token}\n`, 0o600);
  return token;
}

const TOKEN_DIGITS = 32;
