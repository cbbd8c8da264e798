/**
 * Reads the golden bytes of the wire (test/vectors/wire*.json), whose values JSON cannot carry as
 * such.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { fromHex } from '../../shared/bytes.js';
import { projectRoot } from './paths.js';

/**
 * Reads a file of `test/vectors`; `{"bin": hex}` becomes bytes, `{"uint": digits}` a bigint, null
 * undefined.
 */
export function readWireVectors(name: string): unknown {
  const text = readFileSync(join(projectRoot, 'test', 'vectors', name), 'utf8');
  return revive(JSON.parse(text));
}

function revive(value: unknown): unknown {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== 'object') return value;
  const fields = value as Readonly<Record<string, unknown>>;
  if (typeof fields['bin'] === 'string') return bytesOf(fields['bin']);
  if (typeof fields['uint'] === 'string') return BigInt(fields['uint']);
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, revive(inner)]));
}

/** The bytes of hex that a test or a vector file wrote down. */
export function bytesOf(hex: string): Uint8Array {
  const bytes = fromHex(hex);
  if (bytes === undefined) throw new Error(`not hex: ${hex}`);
  return bytes;
}
