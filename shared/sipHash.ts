/**
 * SipHash-2-4 (Aumasson, Bernstein 2012): a short keyed hash. Who does not know the key cannot make
 * two inputs meet; it hides nothing and proves nothing.
 */

import { assert } from './assert.js';

const SIP_KEY_BYTES = 16;

const TWO_TO_32 = 0x1_0000_0000;

export class SipHash {
  /** The state before the first block: four words of 64 bits, each low half first. */
  readonly #start: Int32Array;
  readonly #v = new Int32Array(8);

  /** `key`: 16 bytes. */
  constructor(key: Uint8Array) {
    assert(key.length === SIP_KEY_BYTES, 'a key of SipHash has 16 bytes');
    const view = new DataView(key.buffer, key.byteOffset, SIP_KEY_BYTES);
    const halves = [0, 4, 8, 12, 0, 4, 8, 12].map((at) => view.getInt32(at, true));
    this.#start = Int32Array.from(halves, (half, i) => half ^ (CONSTANTS[i] as number));
  }

  /** The lowest 48 bits of the hash of `bytes`, whose length is a multiple of eight. */
  low48(bytes: Uint8Array): number {
    this.#absorb(bytes);
    const v = this.#v;
    const low = (v[0] as number) ^ (v[2] as number) ^ (v[4] as number) ^ (v[6] as number);
    const high = (v[1] as number) ^ (v[3] as number) ^ (v[5] as number) ^ (v[7] as number);
    return (high & 0xffff) * TWO_TO_32 + (low >>> 0);
  }

  #absorb(bytes: Uint8Array): void {
    const v = this.#v;
    v.set(this.#start);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = 0; at < bytes.length; at += 8) {
      this.#block(view.getInt32(at, true), view.getInt32(at + 4, true));
    }
    // The last block has what is left of the bytes, here none, and their count in its top byte.
    this.#block(0, bytes.length << 24);
    v[4] = (v[4] as number) ^ 0xff;
    for (let i = 0; i < 4; i++) round(v);
  }

  #block(low: number, high: number): void {
    const v = this.#v;
    v[6] = (v[6] as number) ^ low;
    v[7] = (v[7] as number) ^ high;
    round(v);
    round(v);
    v[0] = (v[0] as number) ^ low;
    v[1] = (v[1] as number) ^ high;
  }
}

/** "somepseudorandomlygeneratedbytes", as the paper has it. */
const CONSTANTS = [
  0x70736575, 0x736f6d65, 0x6e646f6d, 0x646f7261, 0x6e657261, 0x6c796765, 0x79746573, 0x74656462,
];

/** One SipRound: words 0 to 3 are at 0, 2, 4 and 6. */
function round(v: Int32Array): void {
  add(v, 0, 2);
  turnAndMix(v, 2, 13, 0);
  swap(v, 0);
  add(v, 4, 6);
  turnAndMix(v, 6, 16, 4);
  add(v, 0, 6);
  turnAndMix(v, 6, 21, 0);
  add(v, 4, 2);
  turnAndMix(v, 2, 17, 4);
  swap(v, 4);
}

/** Word `a` += word `b`. */
function add(v: Int32Array, a: number, b: number): void {
  const low = ((v[a] as number) >>> 0) + ((v[b] as number) >>> 0);
  v[a + 1] = (v[a + 1] as number) + (v[b + 1] as number) + (low >= TWO_TO_32 ? 1 : 0);
  v[a] = low;
}

/** Word `a` turned left by `bits` (below 32), then ^= word `b`. */
function turnAndMix(v: Int32Array, a: number, bits: number, b: number): void {
  const low = v[a] as number;
  const high = v[a + 1] as number;
  v[a] = ((low << bits) | (high >>> (32 - bits))) ^ (v[b] as number);
  v[a + 1] = ((high << bits) | (low >>> (32 - bits))) ^ (v[b + 1] as number);
}

/** Word `a` turned by 32 bits. */
function swap(v: Int32Array, a: number): void {
  const low = v[a] as number;
  v[a] = v[a + 1] as number;
  v[a + 1] = low;
}
