/**
 * The file of the node key: one line, `cairn-node-key-1 <seed, 64 hex digits> <check, 8 hex
 * digits>`, where the check is the start of the SHA-256 of the seed. It is made once and never
 * replaced: a damaged one is refused, for a new key would be another node.
 */

import { sha256 } from '#crypto';

import { fromHex, toHex } from '../bytes.js';
import type { Entropy } from '../entropy.js';
import { readFileIfThere, writeFileAtomically } from './atomicFile.js';
import { Trouble } from './trouble.js';

/**
 * The 32-byte Ed25519 seed of the node; drawn and written at the first call. Throws `Trouble`, with
 * what is `lost` to the program without its key, such as `coins are lost`.
 */
export function loadNodeKey(path: string, entropy: Entropy, lost = ''): Uint8Array {
  const text = readFileIfThere(path);
  if (text === undefined) return createNodeKey(path, entropy);
  const seed = parseNodeKey(text);
  if (seed !== undefined) return seed;
  throw new Trouble(
    'node-key-damaged',
    `The node key in ${path} is damaged.`,
    'Restore it from a copy, or move it away: the node then gets a new key, new to all others' +
      `${lost === '' ? '' : `, and ${lost}`}.`,
  );
}

function createNodeKey(path: string, entropy: Entropy): Uint8Array {
  const seed = entropy.bytes(32);
  writeFileAtomically(path, `${FORMAT} ${toHex(seed)} ${checkOf(seed)}\n`, 0o600);
  return seed;
}

function parseNodeKey(text: string): Uint8Array | undefined {
  const match = /^(\S+) ([0-9a-f]{64}) ([0-9a-f]{8})\n$/.exec(text);
  const seed = fromHex(match?.[2] ?? '');
  if (match?.[1] !== FORMAT || seed === undefined) return undefined;
  return checkOf(seed) === match[3] ? seed : undefined;
}

const FORMAT = 'cairn-node-key-1';

const checkOf = (seed: Uint8Array): string => toHex(sha256(seed).subarray(0, 4));
