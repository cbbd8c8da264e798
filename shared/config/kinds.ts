/**
 * The kinds of value that a setting can have: how each is read from text and from JSON, and
 * printed.
 */

import { assertNever } from '../assert.js';
import { fail, ok, type Result } from '../result.js';

/** Where a program listens or calls. `host` is a name or an address without brackets. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

export type Kind =
  | { readonly type: 'boolean' }
  | { readonly type: 'integer'; readonly min: number; readonly max: number }
  | { readonly type: 'number'; readonly min: number; readonly max: number }
  | { readonly type: 'text'; readonly lengthMax: number }
  /** Fits into file names, URLs and tables. */
  | { readonly type: 'name' }
  /** The same in small letters, with room for what tells networks of one name apart. */
  | { readonly type: 'network-name' }
  | { readonly type: 'path' }
  | { readonly type: 'paths' }
  | { readonly type: 'choice'; readonly of: readonly string[] }
  /** `HOST:PORT`; a port alone stands for `defaultHost`, where the kind has one. */
  | { readonly type: 'endpoint'; readonly defaultHost?: string }
  | { readonly type: 'endpoints' };

/** The TypeScript type of a kind's values. */
export type ValueOf<K extends Kind> = K extends { type: 'boolean' }
  ? boolean
  : K extends { type: 'integer' | 'number' }
    ? number
    : K extends { type: 'text' | 'name' | 'network-name' | 'path' }
      ? string
      : K extends { type: 'paths' }
        ? readonly string[]
        : K extends { type: 'choice'; of: readonly (infer C)[] }
          ? C
          : K extends { type: 'endpoint' }
            ? Endpoint
            : K extends { type: 'endpoints' }
              ? readonly Endpoint[]
              : never;

export type Value = ValueOf<Kind>;

/** How many items a list may have: a configuration is typed by people. */
const LIST_ITEMS_MAX = 64;

/** A path or an address longer than this is an accident. */
const TEXT_LENGTH_MAX = 4096;

/** Whether `kind` takes several values: a repeated flag, text with commas, a JSON array. */
export const isList = (kind: Kind): boolean => kind.type === 'endpoints' || kind.type === 'paths';

/**
 * The value that `text` means, or what would have been right. Text comes from flags and the
 * environment.
 */
export function parseText(kind: Kind, text: string): Result<Value, string> {
  switch (kind.type) {
    case 'boolean':
      return parseBoolean(text);
    case 'integer':
      return /^-?\d{1,15}$/.test(text) ? checkRange(kind, Number(text)) : fail(expected(kind));
    case 'number':
      return /^\d{1,15}(\.\d{1,15})?$/.test(text)
        ? checkRange(kind, Number(text))
        : fail(expected(kind));
    case 'text':
      return checkLength(kind, text, kind.lengthMax);
    case 'name':
      return /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/.test(text) ? ok(text) : fail(expected(kind));
    case 'network-name':
      return /^[a-z0-9][a-z0-9-]{0,23}$/.test(text) ? ok(text) : fail(expected(kind));
    case 'path':
      return checkLength(kind, text, TEXT_LENGTH_MAX);
    case 'choice':
      return kind.of.includes(text) ? ok(text) : fail(expected(kind));
    case 'endpoint':
      return parseEndpoint(kind, text);
    case 'endpoints':
    case 'paths':
      return parseList(kind, text.split(','));
    default:
      return assertNever(kind);
  }
}

/**
 * The value that `json` means, or what would have been right. JSON comes from the configuration
 * file.
 */
export function parseJson(kind: Kind, json: unknown): Result<Value, string> {
  if (typeof json === 'string' && !UNQUOTED.includes(kind.type)) return parseText(kind, json);
  if (kind.type === 'boolean') return typeof json === 'boolean' ? ok(json) : fail(expected(kind));
  if (kind.type === 'endpoint' && typeof json === 'number') return parseText(kind, String(json));
  if (kind.type === 'number') {
    return typeof json === 'number' ? checkRange(kind, json) : fail(expected(kind));
  }
  if (kind.type === 'integer') {
    return Number.isSafeInteger(json) ? checkRange(kind, json as number) : fail(expected(kind));
  }
  const isTexts = Array.isArray(json) && json.every((item) => typeof item === 'string');
  return isList(kind) && isTexts ? parseList(kind, json) : fail(expected(kind));
}

/** JSON has literals for them. */
const UNQUOTED: readonly Kind['type'][] = ['boolean', 'integer', 'number'];

/** What a value of `kind` looks like, to end the sentence "expected …". */
export function expected(kind: Kind): string {
  switch (kind.type) {
    case 'boolean':
      return 'true or false';
    case 'integer':
      return `a whole number from ${String(kind.min)} to ${String(kind.max)}`;
    case 'number':
      return `a number from ${String(kind.min)} to ${String(kind.max)}`;
    case 'text':
      return `1 to ${String(kind.lengthMax)} characters`;
    case 'name':
      return 'a name of up to 32 letters, digits, dots, dashes and underscores';
    case 'network-name':
      return 'a name of up to 24 small letters, digits and dashes';
    case 'path':
      return 'a path';
    case 'paths':
      return 'paths, with commas between them';
    case 'choice':
      return `one of ${kind.of.join(', ')}`;
    case 'endpoint':
      return kind.defaultHost === undefined ? 'HOST:PORT' : 'PORT or HOST:PORT';
    case 'endpoints':
      return 'HOST:PORT, several with commas between them';
    default:
      return assertNever(kind);
  }
}

/** The text that `parseText` reads back as `value`. */
export function printValue(value: Value): string {
  if (Array.isArray(value))
    return value.map((item: string | Endpoint) => printValue(item)).join(',');
  return typeof value === 'object' ? printEndpoint(value as Endpoint) : String(value);
}

/** `host:port`, with brackets around an IPv6 address. */
export function printEndpoint({ host, port }: Endpoint): string {
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
}

const TRUE = ['true', '1', 'yes', 'on'];
const FALSE = ['false', '0', 'no', 'off'];

function parseBoolean(text: string): Result<boolean, string> {
  const word = text.toLowerCase();
  if (TRUE.includes(word)) return ok(true);
  return FALSE.includes(word) ? ok(false) : fail(expected({ type: 'boolean' }));
}

type NumberKind = Extract<Kind, { type: 'integer' | 'number' }>;

function checkRange(kind: NumberKind, value: number): Result<number, string> {
  return value >= kind.min && value <= kind.max ? ok(value) : fail(expected(kind));
}

function checkLength(kind: Kind, text: string, lengthMax: number): Result<string, string> {
  return text.length >= 1 && text.length <= lengthMax ? ok(text) : fail(expected(kind));
}

function parseList(kind: Kind, items: readonly string[]): Result<Value, string> {
  if (items.length > LIST_ITEMS_MAX) return fail(`at most ${String(LIST_ITEMS_MAX)} items`);
  const item: Kind = kind.type === 'endpoints' ? { type: 'endpoint' } : { type: 'path' };
  const values: Value[] = [];
  for (const text of items) {
    const value = parseText(item, text.trim());
    if (!value.ok) return fail(expected(kind));
    values.push(value.value);
  }
  return ok(values as readonly Endpoint[] | readonly string[]);
}

type EndpointKind = Extract<Kind, { type: 'endpoint' }>;

function parseEndpoint(kind: EndpointKind, text: string): Result<Endpoint, string> {
  const match = /^(?:(?:\[([0-9a-fA-F:.%\w]+)\]|([^:[\]/\s]+)):)?(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2] ?? kind.defaultHost;
  const port = Number(match?.[3]);
  if (match === null || host === undefined || port > 65_535) return fail(expected(kind));
  return ok({ host, port });
}
