/**
 * Reads fixed-width little-endian fields from bytes of strangers. Ask `has` before each section;
 * a read beyond the end throws, because then the caller forgot to ask.
 */

import { assert } from './assert.js';
import { toHex, toHexReversed } from './bytes.js';
import type { HashHex } from './units.js';

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Bytes read so far. */
  get offset(): number {
    return this.#offset;
  }

  /** Whether `count` more bytes are there. */
  has(count: number): boolean {
    return this.#offset + count <= this.#bytes.length;
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  /** Eight bytes as a safe integer; `undefined` from 2^53 on. */
  u64(): number | undefined {
    const at = this.#advance(8);
    const high = this.#view.getUint32(at + 4, true);
    if (high >= 0x20_0000) return undefined;
    return high * 0x1_0000_0000 + this.#view.getUint32(at, true);
  }

  /** A view of the next `count` bytes, not a copy. */
  take(count: number): Uint8Array {
    const at = this.#advance(count);
    return this.#bytes.subarray(at, at + count);
  }

  /** A view of what was read since `start`. */
  since(start: number): Uint8Array {
    return this.#bytes.subarray(start, this.#offset);
  }

  /** 32 bytes as a printed hash. */
  hash(): HashHex {
    return toHexReversed(this.#bytes, this.#advance(32)) as HashHex;
  }

  /** `count` bytes as hex, in their order. */
  hex(count: number): string {
    return toHex(this.#bytes, this.#advance(count), count);
  }

  #advance(count: number): number {
    assert(this.has(count), 'read beyond the end: a section was not asked for');
    const at = this.#offset;
    this.#offset += count;
    return at;
  }
}
