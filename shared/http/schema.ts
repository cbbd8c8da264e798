/**
 * How the HTTP contract is written: plain JSON Schemas `as const`. TypeBox reads their TypeScript
 * types; nothing of it is loaded when a program runs (docs/decisions/0010).
 */

import type { XStatic } from 'typebox/schema';

/** The values that the JSON Schema `S` describes. */
export type Static<S> = XStatic<S>;

/** Any JSON Schema. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export const HASH = {
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  description: 'a hash, 64 hex digits in printing order',
} as const;

export const HEX = {
  type: 'string',
  pattern: '^([0-9a-f]{2})*$',
  description: 'bytes, two hex digits each',
} as const;

export const HEIGHT = {
  type: 'integer',
  minimum: 0,
  maximum: 0xffff_ffff,
  description: 'number of ancestors; genesis has 0',
} as const;

export const AMOUNT = {
  type: 'integer',
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'smallest units of value',
} as const;

export const UNIX_SECONDS = {
  type: 'integer',
  minimum: 0,
  description: 'seconds since 1970',
} as const;

export const WORK = {
  type: 'string',
  pattern: '^[0-9a-f]{64}$',
  description: 'expected number of hashes, 64 hex digits',
} as const;
