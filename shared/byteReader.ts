/**
 * Reads fixed-width little-endian fields from bytes of strangers. Ask `has` before each section;
 * a read beyond the end throws, because then the caller forgot to ask.
 */

import { assert } from './assert.js';
import { toHex, toHexReversed } from './bytes.js';
import type { HashHex } from './units.js';

export class ByteReader {
  readonly #bytes: Uint8Array;
  #offset = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
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
    return this.#bytes[this.#advance(1)] as number;
  }

  u16(): number {
    const at = this.#advance(2);
    return (this.#bytes[at] as number) | ((this.#bytes[at + 1] as number) << 8);
  }

  u32(): number {
    return this.#u32At(this.#advance(4));
  }

  /** Eight bytes as a safe integer; `undefined` from 2^53 on. */
  u64(): number | undefined {
    const at = this.#advance(8);
    const high = this.#u32At(at + 4);
    if (high >= 0x20_0000) return undefined;
    return high * 0x1_0000_0000 + this.#u32At(at);
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

  #u32At(at: number): number {
    const bytes = this.#bytes;
    const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8);
    return (low | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)) >>> 0;
  }

  #advance(count: number): number {
    assert(this.has(count), 'read beyond the end: a section was not asked for');
    const at = this.#offset;
    this.#offset += count;
    return at;
  }
}
