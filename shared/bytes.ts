/** Bytes and hex, without Buffer, so that the same code runs in a browser. */

/** Lower-case hex of the `count` bytes of `bytes` from `start` on (all of them), in their order. */
export function toHex(bytes: Uint8Array, start = 0, count = bytes.length - start): string {
  let hex = '';
  for (let done = 0; done < count; done += CHUNK_BYTES) {
    hex += hexOf(bytes, start + done, Math.min(CHUNK_BYTES, count - done), 1);
  }
  return hex;
}

/**
 * Lower-case hex of the 32 bytes of `bytes` from `start` on, the last one first: how Bitcoin prints
 * a hash.
 */
export function toHexReversed(bytes: Uint8Array, start = 0): string {
  return hexOf(bytes, start + 31, 32, -1);
}

/** The bytes of an even number of hex digits, or `undefined` when `hex` is anything else. */
export function fromHex(hex: string): Uint8Array | undefined {
  if (hex.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(hex)) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = byteAt(hex, i * 2);
  return bytes;
}

/** Writes the 32 bytes of a printed hash into `target` at `offset`, last printed byte first. */
export function writeHash(target: Uint8Array, offset: number, hash: string): void {
  for (let i = 0; i < 32; i++) target[offset + i] = byteAt(hash, 62 - i * 2);
}

/** Writes the bytes of hex digits into `target` at `offset`, in their order. */
export function writeHex(target: Uint8Array, offset: number, hex: string): void {
  for (let i = 0; i * 2 < hex.length; i++) target[offset + i] = byteAt(hex, i * 2);
}

/** The 32 bytes of a printed hash. */
export function hashBytes(hash: string): Uint8Array {
  const bytes = new Uint8Array(32);
  writeHash(bytes, 0, hash);
  return bytes;
}

/** Whether `a` and `b` hold the same bytes. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Negative, zero or positive, as `a` sorts before, with or after `b` byte by byte. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
}

/** One array with the bytes of all `parts`. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

const ENCODER = new TextEncoder();

/** The UTF-8 bytes of `text`. */
export const utf8 = (text: string): Uint8Array => ENCODER.encode(text);

/** So many at once that the digits still fit the arguments of one call. */
const CHUNK_BYTES = 1024;

/**
 * Made in one piece: a string put together by `+` keeps its parts, which costs 1.3 µs a hash and
 * the garbage collector's time instead of 0.3 µs (bench/consensus.ts).
 */
function hexOf(bytes: Uint8Array, start: number, count: number, step: 1 | -1): string {
  const codes = SCRATCH[count] ?? zeros(count * 2);
  let at = start;
  for (let i = 0; i < codes.length; i += 2) {
    const byte = bytes[at] as number;
    codes[i] = digitCode(byte >> 4);
    codes[i + 1] = digitCode(byte & 15);
    at += step;
  }
  return String.fromCharCode.apply(null, codes);
}

const zeros = (length: number): number[] => new Array<number>(length).fill(0);

/**
 * For hashes and addresses; it holds nothing from one call to the next. An array for each call
 * costs a decoded transaction 2 of its 9 µs (bench/consensus.ts).
 */
const SCRATCH: Readonly<Partial<Record<number, number[]>>> = { 20: zeros(40), 32: zeros(64) };

/** The ASCII code of a hex digit: '0' is 0x30, 'a' 0x61. */
const digitCode = (value: number): number => (value < 10 ? 0x30 + value : 0x57 + value);

const byteAt = (hex: string, i: number): number =>
  (digit(hex.charCodeAt(i)) << 4) | digit(hex.charCodeAt(i + 1));

/** 0–15 of an ASCII hex digit: '0' is 0x30, 'A' 0x41, 'a' 0x61. */
const digit = (code: number): number => (code < 0x3a ? code - 0x30 : (code & 0x5f) - 0x37);
