/**
 * Writes fixed-width little-endian fields into bytes whose number is known beforehand. Byte by
 * byte: to make a `DataView` takes longer than to write a coin.
 */

import { assert } from './assert.js';
import { writeHash, writeHex } from './bytes.js';

export class ByteWriter {
  readonly #bytes: Uint8Array;
  #offset = 0;

  /** `size`: all bytes that will be written. */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  u8(value: number): void {
    this.#bytes[this.#advance(1)] = value;
  }

  u16(value: number): void {
    const at = this.#advance(2);
    this.#bytes[at] = value;
    this.#bytes[at + 1] = value >>> 8;
  }

  u32(value: number): void {
    this.#u32At(this.#advance(4), value);
  }

  /** A safe integer from 0 on, in eight bytes. */
  u64(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'not a safe integer');
    const at = this.#advance(8);
    this.#u32At(at, value % 0x1_0000_0000);
    this.#u32At(at + 4, Math.floor(value / 0x1_0000_0000));
  }

  bytes(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#advance(bytes.length));
  }

  /** The 32 bytes of a printed hash. */
  hash(hash: string): void {
    writeHash(this.#bytes, this.#advance(32), hash);
  }

  /** The bytes of hex digits, in their order. */
  hex(hex: string): void {
    writeHex(this.#bytes, this.#advance(hex.length / 2), hex);
  }

  /** What was written; all of it must have been. */
  finish(): Uint8Array {
    assert(this.#offset === this.#bytes.length, 'fewer bytes written than announced');
    return this.#bytes;
  }

  #u32At(at: number, value: number): void {
    this.#bytes[at] = value;
    this.#bytes[at + 1] = value >>> 8;
    this.#bytes[at + 2] = value >>> 16;
    this.#bytes[at + 3] = value >>> 24;
  }

  #advance(count: number): number {
    const at = this.#offset;
    this.#offset += count;
    assert(this.#offset <= this.#bytes.length, 'more bytes written than announced');
    return at;
  }
}
