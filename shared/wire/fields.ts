/**
 * The declaration language of the message tables. A *kind* is one shape of value on the wire; from
 * the same declaration come encoder, decoder, limits, TypeScript type and the text in the
 * documentation.
 */

import { assert, broken } from '../assert.js';
import { concatBytes, fromHex, hashBytes, toHex, toHexReversed } from '../bytes.js';

/** What a decoder answers for a value that the declaration does not admit. */
export const MALFORMED: unique symbol = Symbol('malformed');
export type Malformed = typeof MALFORMED;

/** What msgpack carries: the subset that `msgpackReader.ts` reads. */
export type WireValue = number | string | Uint8Array | null | boolean | readonly WireValue[];

/** One shape of value: `T` in memory, a `WireValue` on the wire. */
export interface Kind<T> {
  /** As the documentation prints it, such as `bin 32`. */
  readonly shape: string;
  /** The most bytes that a value takes on the wire, its msgpack prefix included. */
  readonly bytesMax: number;
  /** The most msgpack values that it consists of, itself included. */
  readonly itemsMax: number;
  /** Arrays inside arrays, 0 for a scalar. */
  readonly depth: number;
  /** A value that the declaration does not admit is our bug: it throws. */
  pack(value: T): WireValue;
  /** `value` comes from outside: anything but a promise of its type. */
  unpack(value: unknown): T | Malformed;
}

export type ValueOf<K> = K extends Kind<infer T> ? T : never;

/** A field of a message: its kind and, for the documentation, what it says. */
export interface Field<T> {
  readonly kind: Kind<T>;
  readonly about: string;
}

export const field = <T>(kind: Kind<T>, about: string): Field<T> => ({ kind, about });

/** Unsigned integers of 8, 16 and 32 bits, or from `min` to `max`. */
export const u8: Kind<number> = unsigned(8);
export const u16: Kind<number> = unsigned(16);
export const u32: Kind<number> = unsigned(32);
export const u8UpTo = (max: number): Kind<number> => unsigned(8, { min: 0, max });
export const u16From = (min: number): Kind<number> => unsigned(16, { min, max: 0xffff });

/** `count` bytes, or from `min` to `max` of them in multiples of `unit`. */
export const bin = (count: number): Kind<Uint8Array> => binary({ min: count, max: count });
export function binary(range: {
  readonly min: number;
  readonly max: number;
  readonly unit?: number;
}): Kind<Uint8Array> {
  const { min, max, unit = 1 } = range;
  const admits = (length: number): boolean => length >= min && length <= max && length % unit === 0;
  return {
    shape: binaryShape(min, max, unit),
    bytesMax: binaryPrefixBytes(max) + max,
    itemsMax: 1,
    depth: 0,
    pack: (value) => {
      const { length } = value;
      return admits(length)
        ? value
        : broken(`${String(length)} bytes in a field of ${String(max)}`);
    },
    unpack: (value) => (value instanceof Uint8Array && admits(value.length) ? value : MALFORMED),
  };
}

/** A 32-byte hash, which in memory is hex in printing order (the bytes reversed). */
export const hash = <Hash extends string>(): Kind<Hash> =>
  converted(bin(32), {
    shape: 'bin 32 (hash)',
    pack: (value: Hash) => hashBytes(value),
    unpack: (bytes) => toHexReversed(bytes) as Hash,
  });

/** From `min` to `max` hashes, one after the other in one binary value. */
export const hashes = <Hash extends string>(range: {
  readonly min: number;
  readonly max: number;
}): Kind<readonly Hash[]> =>
  converted(binary({ min: 32 * range.min, max: 32 * range.max, unit: 32 }), {
    shape: `bin 32 × ${String(range.min)}–${String(range.max)} (hashes)`,
    pack: (values: readonly Hash[]) => concatBytes(...values.map(hashBytes)),
    unpack: (bytes) => {
      const values: Hash[] = [];
      for (let at = 0; at < bytes.length; at += 32) {
        values.push(toHexReversed(bytes.subarray(at, at + 32)) as Hash);
      }
      return values;
    },
  });

/** `count` bytes, which in memory are hex in the order of the bytes. */
export const hex = <Hex extends string = string>(count: number): Kind<Hex> =>
  converted(bin(count), {
    shape: `bin ${String(count)}`,
    pack: (value: Hex) => fromHex(value) ?? new Uint8Array(),
    unpack: (bytes) => toHex(bytes) as Hex,
  });

/** From `min` to `max` values of `size` bytes, hex in memory, one after the other in one binary. */
export const hexes = <Hex extends string>(
  size: number,
  range: { readonly min: number; readonly max: number },
): Kind<readonly Hex[]> =>
  converted(binary({ min: size * range.min, max: size * range.max, unit: size }), {
    shape: `bin ${String(size)} × ${String(range.min)}–${String(range.max)}`,
    pack: (values: readonly Hex[]) => fromHex(values.join('')) ?? new Uint8Array(),
    unpack: (bytes) => {
      const all = toHex(bytes);
      return Array.from(
        { length: bytes.length / size },
        (_, i) => all.slice(2 * size * i, 2 * size * (i + 1)) as Hex,
      );
    },
  });

/** An unsigned integer of 256 bits, most significant byte first. */
export const u256: Kind<bigint> = converted(bin(32), {
  shape: 'bin 32 (unsigned, big-endian)',
  pack: (value: bigint) => fromHex(value.toString(16).padStart(64, '0')) ?? new Uint8Array(),
  unpack: (bytes) => BigInt(`0x${toHex(bytes)}`),
});

/** One of a closed set, which travels as its place in the list, from 0. */
export function oneOf<const Name extends string>(...names: readonly Name[]): Kind<Name> {
  return converted(u8UpTo(names.length - 1), {
    shape: `u8: ${names.map((name, i) => `${String(i)} ${name}`).join(', ')}`,
    pack: (name: Name) => names.indexOf(name),
    unpack: (value) => names[value] ?? MALFORMED,
  });
}

/** Up to `bytesMax` printable ASCII characters: it is shown on terminals and pages as it came. */
export function text(bytesMax: number): Kind<string> {
  const admits = (value: string): boolean =>
    value.length <= bytesMax && /^[\x20-\x7e]*$/.test(value);
  return {
    shape: `str ≤ ${String(bytesMax)}, printable ASCII`,
    bytesMax: stringPrefixBytes(bytesMax) + bytesMax,
    itemsMax: 1,
    depth: 0,
    pack: (value) => {
      assert(admits(value), 'text that is too long or not printable ASCII');
      return value;
    },
    unpack: (value) => (typeof value === 'string' && admits(value) ? value : MALFORMED),
  };
}

/** `kind` or nil, which is `undefined` in memory. */
export function nullable<T>(kind: Kind<T>): Kind<T | undefined> {
  return {
    shape: `${kind.shape}, or nil`,
    bytesMax: kind.bytesMax,
    itemsMax: kind.itemsMax,
    depth: kind.depth,
    pack: (value) => (value === undefined ? null : kind.pack(value)),
    unpack: (value) => (value === null ? undefined : kind.unpack(value)),
  };
}

/** From `min` to `max` values of one kind, of `bytesMax` bytes together when that is given. */
export function array<T>(
  of: Kind<T>,
  range: { readonly min: number; readonly max: number; readonly bytesMax?: number },
): Kind<readonly T[]> {
  const { min, max, bytesMax = max * of.bytesMax } = range;
  const admits = (length: number): boolean => length >= min && length <= max;
  return {
    shape: `array of ${min === 0 ? '≤ ' : `${String(min)}–`}${String(max)} × ${of.shape}`,
    bytesMax: arrayPrefixBytes(max) + bytesMax,
    itemsMax: 1 + max * of.itemsMax,
    depth: 1 + of.depth,
    pack: (values) => {
      const { length } = values;
      if (!admits(length)) broken(`${String(length)} values in a list of ${String(max)}`);
      return values.map((value) => of.pack(value));
    },
    unpack: (value) =>
      Array.isArray(value) && admits(value.length) ? unpackAll(of, value) : MALFORMED,
  };
}

/** The fields of a record or a message, by name, in the order of the wire. */
export type Fields = Readonly<Record<string, Field<unknown>>>;

/** What `Fields` hold in memory. */
export type FieldValues<F extends Fields> = {
  readonly [Name in keyof F]: ValueOf<F[Name]['kind']>;
};

/** Several fields as one value: an array with one element a field. */
export function record<F extends Fields>(fields: F): Kind<FieldValues<F>> {
  const entries = Object.entries(fields);
  const kinds = entries.map(([, { kind }]) => kind);
  return {
    shape: `[${entries.map(([name, { kind }]) => `${name} ${kind.shape}`).join(', ')}]`,
    bytesMax: arrayPrefixBytes(entries.length) + sum(kinds.map((k) => k.bytesMax)),
    itemsMax: 1 + sum(kinds.map((kind) => kind.itemsMax)),
    depth: 1 + Math.max(0, ...kinds.map((kind) => kind.depth)),
    pack: (values) => entries.map(([name, { kind }]) => kind.pack(values[name])),
    unpack: (value) =>
      Array.isArray(value) && value.length === entries.length
        ? (unpackFields(fields, value, {}) as FieldValues<F> | Malformed)
        : MALFORMED,
  };
}

/** Adds the first elements of `values` to `target` as `fields`; further ones are not looked at. */
export function unpackFields(
  fields: Fields,
  values: readonly unknown[],
  target: Record<string, unknown>,
): unknown {
  let i = 0;
  for (const name in fields) {
    const value = (fields[name] as Field<unknown>).kind.unpack(values[i++]);
    if (value === MALFORMED) return MALFORMED;
    target[name] = value;
  }
  return target;
}

/** A kind that travels as `base` and is something else in memory. */
export function converted<T, Base>(
  base: Kind<Base>,
  conversion: {
    readonly shape: string;
    pack(value: T): Base;
    unpack(value: Base): T | Malformed;
  },
): Kind<T> {
  return {
    shape: conversion.shape,
    bytesMax: base.bytesMax,
    itemsMax: base.itemsMax,
    depth: base.depth,
    pack: (value) => base.pack(conversion.pack(value)),
    unpack: (value) => {
      const inner = base.unpack(value);
      return inner === MALFORMED ? MALFORMED : conversion.unpack(inner);
    },
  };
}

function unsigned(
  bits: 8 | 16 | 32,
  range?: { readonly min: number; readonly max: number },
): Kind<number> {
  const { min, max } = range ?? { min: 0, max: 2 ** bits - 1 };
  const admits = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
  return {
    shape: `u${String(bits)}${range === undefined ? '' : `, ${String(min)}–${String(max)}`}`,
    bytesMax: unsignedBytes(max),
    itemsMax: 1,
    depth: 0,
    pack: (value) => {
      if (admits(value)) return value;
      return broken(`${String(value)} in a field of ${String(min)}–${String(max)}`);
    },
    unpack: (value) => (admits(value) ? value : MALFORMED),
  };
}

function unpackAll<T>(of: Kind<T>, values: readonly unknown[]): readonly T[] | Malformed {
  const unpacked: T[] = [];
  for (const value of values) {
    const item = of.unpack(value);
    if (item === MALFORMED) return MALFORMED;
    unpacked.push(item);
  }
  return unpacked;
}

// Sizes in msgpack's shortest forms. Declarations, for kinds are made while this file is loaded.

function unsignedBytes(value: number): number {
  if (value < 0x80) return 1;
  if (value <= 0xff) return 2;
  return value <= 0xffff ? 3 : 5;
}

function binaryPrefixBytes(length: number): number {
  if (length <= 0xff) return 2;
  return length <= 0xffff ? 3 : 5;
}

function stringPrefixBytes(length: number): number {
  return length < 32 ? 1 : binaryPrefixBytes(length);
}

function arrayPrefixBytes(length: number): number {
  if (length < 16) return 1;
  return length <= 0xffff ? 3 : 5;
}

function binaryShape(min: number, max: number, unit: number): string {
  if (min === max) return `bin ${String(max)}`;
  if (unit === 1) return `bin ${String(min)}–${String(max)}`;
  return `bin ${String(unit)} × ${String(min / unit)}–${String(max / unit)}`;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
