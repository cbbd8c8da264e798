/**
 * Reads the subset of MessagePack that the wire uses: unsigned integers up to 2^32 − 1, strings,
 * binaries, arrays, nil and booleans, each in its shortest form, one value in all. So no claimed
 * length, nesting, map, extension or float costs anything, and a message has exactly one encoding
 * (docs/protocol.md §2, docs/decisions/0029).
 */

import { MALFORMED, type Malformed, type WireValue } from './fields.js';

export interface ReadLimits {
  /** Arrays inside arrays, the outermost included. */
  readonly depthMax: number;
  /** Values in all, arrays and their elements. */
  readonly itemsMax: number;
}

/**
 * The value that `bytes` are, when they are exactly one of the subset, within `limits`. Work: one
 * step a value, and one a byte of strings and small binaries. A binary that fills at least half of
 * `bytes` is a view on them, so that a block is not copied again; a smaller one is a copy, so that
 * it never keeps a large message alive.
 */
export function unpackPlain(bytes: Uint8Array, limits: ReadLimits): WireValue | Malformed {
  const reading: Reading = { bytes, offset: 0, itemsLeft: limits.itemsMax };
  const value = readValue(reading, limits.depthMax);
  return reading.offset === bytes.length ? value : MALFORMED;
}

interface Reading {
  readonly bytes: Uint8Array;
  offset: number;
  itemsLeft: number;
}

function readValue(reading: Reading, depthLeft: number): WireValue | Malformed {
  if (reading.offset >= reading.bytes.length || reading.itemsLeft-- <= 0) return MALFORMED;
  const tag = reading.bytes[reading.offset++] as number;
  if (tag < 0x80) return tag;
  if (tag >= 0x90 && tag < 0xa0) return readArray(reading, tag & 0x0f, depthLeft);
  if (tag >= 0xa0 && tag < 0xc0) return readString(reading, tag & 0x1f);
  switch (tag) {
    case 0xc0:
      return null;
    case 0xc2:
      return false;
    case 0xc3:
      return true;
    case 0xcc:
      return readUint(reading, 1, 0x80);
    case 0xcd:
      return readUint(reading, 2, 0x100);
    case 0xce:
      return readUint(reading, 4, 0x1_0000);
    case 0xc4:
      return readBinary(reading, readUint(reading, 1, 0));
    case 0xc5:
      return readBinary(reading, readUint(reading, 2, 0x100));
    case 0xc6:
      return readBinary(reading, readUint(reading, 4, 0x1_0000));
    case 0xd9:
      return readString(reading, readUint(reading, 1, 32));
    case 0xda:
      return readString(reading, readUint(reading, 2, 0x100));
    case 0xdb:
      return readString(reading, readUint(reading, 4, 0x1_0000));
    case 0xdc:
      return readArray(reading, readUint(reading, 2, 16), depthLeft);
    case 0xdd:
      return readArray(reading, readUint(reading, 4, 0x1_0000), depthLeft);
    default:
      return MALFORMED;
  }
}

/** The next `size` bytes as a number that needs them, that is, of at least `min`. */
function readUint(reading: Reading, size: number, min: number): number | Malformed {
  const { bytes } = reading;
  if (bytes.length - reading.offset < size) return MALFORMED;
  let value = 0;
  for (let i = 0; i < size; i++) value = value * 0x100 + (bytes[reading.offset++] as number);
  return value >= min ? value : MALFORMED;
}

function readBinary(reading: Reading, length: number | Malformed): Uint8Array | Malformed {
  const start = reading.offset;
  if (!skip(reading, length)) return MALFORMED;
  const { bytes, offset: end } = reading;
  if (end - start > FEW_BYTES) {
    const view = bytes.subarray(start, end);
    return 2 * view.length >= bytes.length ? view : new Uint8Array(view);
  }
  const copy = new Uint8Array(end - start);
  for (let i = 0; i < copy.length; i++) copy[i] = bytes[start + i] as number;
  return copy;
}

/** What is not UTF-8 becomes U+FFFD. */
function readString(reading: Reading, length: number | Malformed): string | Malformed {
  const start = reading.offset;
  if (!skip(reading, length)) return MALFORMED;
  return DECODER.decode(reading.bytes.subarray(start, reading.offset));
}

function readArray(
  reading: Reading,
  count: number | Malformed,
  depthLeft: number,
): readonly WireValue[] | Malformed {
  if (count === MALFORMED || depthLeft === 0) return MALFORMED;
  const values: WireValue[] = [];
  for (let i = 0; i < count; i++) {
    const value = readValue(reading, depthLeft - 1);
    if (value === MALFORMED) return MALFORMED;
    values.push(value);
  }
  return values;
}

function skip(reading: Reading, length: number | Malformed): length is number {
  if (length === MALFORMED || length > reading.bytes.length - reading.offset) return false;
  reading.offset += length;
  return true;
}

/** V8 keeps so few in its own heap; a view on them brings them out of it. */
const FEW_BYTES = 64;
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
