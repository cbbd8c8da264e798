/**
 * Difficulty against a twin made of the formulas in docs/protocol.md §9 and exact fractions, and
 * both against the true exponential, computed to 60 digits.
 */

import { expect } from 'chai';
import fc from 'fast-check';
import {
  aserti3,
  effectiveTarget,
  isEased,
  nextBits,
  type ChainPoint,
} from '../../../shared/consensus/difficulty.js';
import type { NetworkParams } from '../../../shared/consensus/params.js';
import { bitsOf, targetOf } from '../../../shared/consensus/work.js';
import type { Bits, UnixSeconds } from '../../../shared/units.js';
import { makeNetwork } from '../../support/blocks.js';

const { params: LAN } = makeNetwork({}, 'lan');

describe('consensus/difficulty: model', () => {
  it('gives the bits of the exact formula, whatever the parameters and the gap', () => {
    fc.assert(
      fc.property(params, points, (some, point) => {
        expect(nextBits(some, point)).to.equal(twinNextBits(some, point));
      }),
      { numRuns: 4_000 },
    );
  });

  it('moves any target by any excess as the exact formula does', () => {
    fc.assert(
      fc.property(targets, excesses, halfLives, targets, (target, excess, halfLife, limit) => {
        const powLimit = twinTargetOf(twinCompact(limit));
        const bits = twinCompact(target) as Bits;
        const expected = twinCompact(twinMoved(bits, excess, halfLife, powLimit));
        expect(aserti3(bits, excess, halfLife, powLimit)).to.equal(expected);
      }),
      { numRuns: 4_000 },
    );
  });

  it('eases late blocks as the exact formula does', () => {
    fc.assert(
      fc.property(params, targets, seconds, (some, target, late) => {
        const bits = twinCompact(target < some.powLimit ? target : some.powLimit) as Bits;
        for (const gap of [late, some.cap - 1, some.cap, some.cap + 1, some.cap + late]) {
          expect(effectiveTarget(some, bits, gap)).to.equal(twinEffective(some, bits, gap));
          expect(isEased(some, gap)).to.equal(!some.fixedTarget && gap > some.cap);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it('compacts and expands targets as their digits say', () => {
    fc.assert(
      fc.property(targets, (target) => {
        const bits = bitsOf(target);
        expect(bits).to.equal(twinCompact(target));
        expect(targetOf(bits)).to.equal(twinTargetOf(bits));
      }),
      { numRuns: 2_000 },
    );
  });

  it('stays within 0.013 % of the true exponential, at every fraction of a half-life', () => {
    const target = 1n << 200n;
    const bits = bitsOf(target);
    for (let f = 0; f < 65_536; f += 37) {
      const found = twinMoved(bits, f, 65_536, 1n << 255n);
      const error = abs(found * UNIT - target * exponential(f)) * 1_000_000n;
      expect(error <= 130n * target * exponential(f), `fraction ${String(f)}`).to.equal(true);
      // What compacting cuts off is less than 2^-15 of it.
      const compacted = targetOf(aserti3(bits, f, 65_536, 1n << 255n)) ?? 0n;
      expect(compacted <= found && found - compacted < found >> 15n).to.equal(true);
    }
  });
});

const targets = fc
  .tuple(fc.integer({ min: 0, max: 254 }), fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }))
  .map(([shift, low]) => (1n << BigInt(shift)) + (shift > 64 ? low << BigInt(shift - 64) : 0n));
const halfLives = fc.oneof(
  fc.integer({ min: 1, max: 1_000 }),
  fc.integer({ min: 1, max: 864_000_000 }),
);
const excesses = fc.oneof(
  fc.integer({ min: -600, max: 600 }),
  fc.integer({ min: -(2 ** 32), max: 2 ** 32 }),
);
const seconds = fc.oneof(fc.nat(2_000), fc.nat(2 ** 31));

/** Parameters within their bounds, as far as difficulty looks at them. */
const params: fc.Arbitrary<NetworkParams> = fc
  .record({
    targetInterval: fc.constantFrom(1, 2, 10, 600, 86_400),
    halfLives: fc.integer({ min: 1, max: 10_000 }),
    caps: fc.integer({ min: 2, max: 200 }),
    limit: fc.integer({ min: 200, max: 254 }),
    fixedTarget: fc.constantFrom(false, false, false, true),
  })
  .map(({ targetInterval, halfLives, caps, limit, fixedTarget }) => ({
    ...LAN,
    targetInterval,
    halfLife: halfLives * targetInterval,
    cap: caps * targetInterval,
    powLimit: 1n << BigInt(limit),
    fixedTarget,
  }));

const points: fc.Arbitrary<ChainPoint> = fc
  .tuple(fc.constantFrom(0, 1, 2, 3, 1_000), targets, seconds)
  .map(([height, target, gap]) => ({
    height,
    time: (1_000_000_000 + gap) as UnixSeconds,
    bits: twinCompact(target) as Bits,
    parentTime: height === 0 ? undefined : (1_000_000_000 as UnixSeconds),
  }));

function twinNextBits(params: NetworkParams, point: ChainPoint): number {
  if (params.fixedTarget || point.height + 1 <= 2) return params.genesisBits;
  const gap = point.time - (point.parentTime ?? 0);
  const counted = gap < params.cap ? gap : params.cap;
  const excess = counted - params.targetInterval;
  return twinCompact(twinMoved(point.bits, excess, params.halfLife, params.powLimit));
}

function twinMoved(bits: number, excess: number, halfLife: number, powLimit: bigint): bigint {
  // BigInt division truncates toward zero.
  const exponent = (BigInt(excess) * 65_536n) / BigInt(halfLife);
  const target = timesPower(twinTargetOf(bits), exponent, powLimit);
  if (target > powLimit) return powLimit;
  return target === 0n ? 1n : target;
}

function twinEffective(params: NetworkParams, bits: number, gap: number): bigint {
  const target = twinTargetOf(bits);
  if (params.fixedTarget || gap <= params.cap) return target;
  const exponent = (BigInt(gap - params.cap) * 65_536n) / BigInt(params.halfLife);
  const eased = timesPower(target, exponent, params.powLimit);
  return eased > params.powLimit ? params.powLimit : eased;
}

/** ⌊target · 2^(exponent / 65536)⌋ as one fraction of integers; above `limit`: anything above. */
function timesPower(target: bigint, exponent: bigint, limit: bigint): bigint {
  const f = ((exponent % 65_536n) + 65_536n) % 65_536n;
  const shifts = (exponent - f) / 65_536n;
  const cubic = 195_766_423_245_049n * f + 971_821_376n * f ** 2n + 5_127n * f ** 3n + 2n ** 47n;
  const factor = 65_536n + cubic / 2n ** 48n;
  if (shifts > 600n) return limit + 1n;
  if (shifts < -600n) return 0n;
  const numerator = target * factor * 2n ** (shifts > 0n ? shifts : 0n);
  return numerator / (65_536n * 2n ** (shifts < 0n ? -shifts : 0n));
}

/** The compact form by the bytes of the target: their number, and the first three. */
function twinCompact(target: bigint): number {
  const digits = target.toString(16);
  const bytes = digits.length % 2 === 0 ? digits : `0${digits}`;
  // A first byte of 128 or more would read as a minus.
  const signed = Number.parseInt(bytes.slice(0, 2), 16) >= 128 ? `00${bytes}` : bytes;
  const size = (signed.length / 2).toString(16).padStart(2, '0');
  return Number.parseInt(size + signed.padEnd(6, '0').slice(0, 6), 16);
}

/** The target of a compact form that `twinCompact` gave, again by its bytes. */
function twinTargetOf(bits: number): bigint {
  const digits = bits.toString(16).padStart(8, '0');
  const size = Number.parseInt(digits.slice(0, 2), 16);
  const bytes = digits.slice(2).padEnd(2 * size, '0');
  return BigInt(`0x${bytes.slice(0, 2 * size)}`);
}

/** One, in the numbers of 60 digits that `exponential` gives. */
const UNIT = 10n ** 60n;

/** 2^(1/2), 2^(1/4), … 2^(1/65536), each the root of the one before. */
const ROOTS: readonly bigint[] = Array.from({ length: 16 }).reduce<readonly bigint[]>(
  (roots) => [...roots, squareRoot((roots.at(-1) ?? 2n * UNIT) * UNIT)],
  [],
);

/** 2^(f / 65536) · `UNIT`: the product of the roots that the bits of f name. */
function exponential(f: number): bigint {
  return ROOTS.reduce(
    (product, root, i) => ((f >> (15 - i)) & 1 ? (product * root) / UNIT : product),
    UNIT,
  );
}

/** ⌊√n⌋, by Newton from above. */
function squareRoot(n: bigint): bigint {
  let root = n;
  for (let next = (root + 1n) / 2n; next < root; next = (root + n / root) / 2n) root = next;
  return root;
}

const abs = (n: bigint): bigint => (n < 0n ? -n : n);
