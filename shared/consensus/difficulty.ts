/**
 * Difficulty, block by block: aserti3-2d with the parent as anchor, and the easing of long gaps.
 * Everything is exact integer arithmetic. `docs/protocol.md`, "Difficulty".
 */

import { assertDefined } from '../assert.js';
import type { Bits, UnixSeconds } from '../units.js';
import type { NetworkParams } from './params.js';
import { bitsOf, targetOf } from './work.js';

/** A block as the rules see it from its child. */
export interface ChainPoint {
  readonly height: number;
  readonly time: UnixSeconds;
  readonly bits: Bits;
  /** Time of its own parent; `undefined` for the genesis block only. */
  readonly parentTime: UnixSeconds | undefined;
}

/** The bits that a child of `parent` must carry. */
export function nextBits(params: NetworkParams, parent: ChainPoint): Bits {
  // The time between genesis and block 1 says nothing about hash power, so block 2 does not use it.
  if (params.fixedTarget || parent.parentTime === undefined || parent.height < 2) {
    return params.genesisBits;
  }
  const gap = Math.min(parent.time - parent.parentTime, params.cap);
  return aserti3(parent.bits, gap - params.targetInterval, params.halfLife, params.powLimit);
}

/**
 * `bits` moved by `excessSeconds`: the target doubles for each `halfLife` seconds of excess, halves
 * for each one missing, and never exceeds `powLimit`. The integer formula of Bitcoin Cash Node.
 */
export function aserti3(
  bits: Bits,
  excessSeconds: number,
  halfLife: number,
  powLimit: bigint,
): Bits {
  const target = scaled(knownTarget(bits), exponentOf(excessSeconds, halfLife));
  if (target > powLimit) return bitsOf(powLimit);
  return bitsOf(target === 0n ? 1n : target);
}

/**
 * What the hash of a header with `bits` must not exceed: the target in `bits`, eased when the
 * header's time is more than `params.cap` seconds after its parent's. Work counts this target, too.
 */
export function effectiveTarget(
  params: NetworkParams,
  bits: Bits,
  secondsSinceParent: number,
): bigint {
  const target = knownTarget(bits);
  if (!isEased(params, secondsSinceParent)) return target;
  const exponent = exponentOf(secondsSinceParent - params.cap, params.halfLife);
  const eased = scaled(target, exponent);
  return eased > params.powLimit ? params.powLimit : eased;
}

/** Whether a header with that distance to its parent has an effective target above its bits'. */
export function isEased(params: NetworkParams, secondsSinceParent: number): boolean {
  return !params.fixedTarget && secondsSinceParent > params.cap;
}

/**
 * log2 of the change, in units of 2^−16, truncated toward zero. Exact: the seconds are below 2^37,
 * and a quotient of integers below 2^53 that is no integer never rounds to one.
 */
const exponentOf = (seconds: number, halfLife: number): number =>
  Math.trunc((seconds * 0x1_0000) / halfLife);

/** ⌊target · 2^(exponent / 65536)⌋, where 2^fraction is a cubic with an error below 0.013 %. */
function scaled(target: bigint, exponent: number): bigint {
  const shifts = Math.floor(exponent / 0x1_0000);
  const fraction = exponent - shifts * 0x1_0000;
  const product = target * powerOfTwo(fraction);
  // A target above 2^256 is above every limit: no need to build numbers of a million bits.
  if (shifts > 256) return TWO_256;
  return shifts > 16 ? product << BigInt(shifts - 16) : product >> BigInt(16 - shifts);
}

/** 2^(fraction / 65536) · 65536 for a fraction from 0 to 65535. */
function powerOfTwo(fraction: number): bigint {
  const f = BigInt(fraction);
  return (
    0x1_0000n + ((195766423245049n * f + 971821376n * f * f + 5127n * f * f * f + HALF) >> 48n)
  );
}

const HALF = 1n << 47n;
const TWO_256 = 1n << 256n;

const knownTarget = (bits: Bits): bigint =>
  assertDefined(targetOf(bits), 'bits of an accepted header have a target');
