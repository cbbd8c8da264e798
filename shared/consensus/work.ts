/**
 * Targets, their compact form, and work: Bitcoin's arithmetic. `docs/protocol.md`, "Target and
 * work".
 */

import type { Bits, HashHex } from '../units.js';

/**
 * The target that `bits` stands for: mantissa · 256^(exponent − 3). `undefined` when it is
 * negative, zero, 2^256 or more, or not the shortest form (the one that `bitsOf` gives), so that a
 * target has one form.
 */
export function targetOf(bits: Bits): bigint | undefined {
  const exponent = bits >>> 24;
  const mantissa = bits & 0xff_ffff;
  if (mantissa < 0x8000 || mantissa > 0x7f_ffff) return undefined;
  if (exponent > 33 || (exponent === 33 && mantissa > 0xffff)) return undefined;
  if (exponent >= 3) return BigInt(mantissa) << BigInt(8 * (exponent - 3));
  return smallTarget(exponent, mantissa);
}

/** The compact form of a target from 1 to 2^256 − 1; digits that do not fit are dropped. */
export function bitsOf(target: bigint): Bits {
  let exponent = byteLength(target);
  let mantissa =
    exponent <= 3
      ? Number(target) * 256 ** (3 - exponent)
      : Number(target >> BigInt(8 * (exponent - 3)));
  // The mantissa's top bit is a sign.
  if (mantissa > 0x7f_ffff) {
    mantissa >>= 8;
    exponent++;
  }
  return (exponent * 0x100_0000 + mantissa) as Bits;
}

/** Expected number of hashes to meet `target`: ⌊2^256 / (target + 1)⌋. */
export function workOf(target: bigint): bigint {
  return TWO_256 / (target + 1n);
}

/** A hash as the number that is compared with a target: its bytes read little-endian. */
export function hashValue(hash: HashHex): bigint {
  return BigInt(`0x${hash}`);
}

const TWO_256 = 1n << 256n;

/** Exponents 0 to 2: the mantissa's lower bytes are cut off, and must be zero. */
function smallTarget(exponent: number, mantissa: number): bigint | undefined {
  const unit = 256 ** (3 - exponent);
  return mantissa % unit === 0 ? BigInt(mantissa / unit) : undefined;
}

function byteLength(target: bigint): number {
  return Math.ceil(target.toString(16).length / 2);
}
