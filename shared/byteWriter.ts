/** Writes fixed-width little-endian fields into bytes whose number is known beforehand. */

import { assert } from './assert.js';
import { writeHash, writeHex } from './bytes.js';

export class ByteWriter {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #offset = 0;

  /** `size`: all bytes that will be written. */
  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
    this.#view = new DataView(this.#bytes.buffer);
  }

  u8(value: number): void {
    this.#view.setUint8(this.#advance(1), value);
  }

  u16(value: number): void {
    this.#view.setUint16(this.#advance(2), value, true);
  }

  u32(value: number): void {
    this.#view.setUint32(this.#advance(4), value, true);
  }

  /** A safe integer from 0 on, in eight bytes. */
  u64(value: number): void {
    assert(Number.isSafeInteger(value) && value >= 0, 'not a safe integer');
    const at = this.#advance(8);
    this.#view.setUint32(at, value % 0x1_0000_0000, true);
    this.#view.setUint32(at + 4, Math.floor(value / 0x1_0000_0000), true);
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

  #advance(count: number): number {
    const at = this.#offset;
    this.#offset += count;
    return at;
  }
}
