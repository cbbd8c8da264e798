import { expect } from 'chai';
import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  aserti3,
  effectiveTarget,
  isEased,
  nextBits,
  type ChainPoint,
} from '../../../shared/consensus/difficulty.js';
import type { NetworkParams } from '../../../shared/consensus/params.js';
import { bitsOf, targetOf, workOf } from '../../../shared/consensus/work.js';
import type { Bits, UnixSeconds } from '../../../shared/units.js';
import { makeNetwork } from '../../support/blocks.js';
import { requireVectors } from '../../support/skip.js';

/** T 10 s, half-life 240 s, cap 480 s. */
const { params: LAN } = makeNetwork({}, 'lan');
/** A hundred times harder than the easiest target. */
const HARD = bitsOf(LAN.powLimit / 100n);

const point = (height: number, gap: number, bits: Bits = HARD): ChainPoint => ({
  height,
  time: (1_800_000_000 + gap) as UnixSeconds,
  bits,
  parentTime: 1_800_000_000 as UnixSeconds,
});

describe('consensus/difficulty', () => {
  it('computes all rows of the published aserti3-2d runs 1 to 6', function () {
    const folder = join(requireVectors(this), 'asert');
    const runs = readdirSync(folder).filter((name) => /^run\d+$/.test(name));
    expect(runs).to.have.length(6);
    for (const run of runs) checkRun(run, readFileSync(join(folder, run), 'utf8'));
  });

  it('does not move at exactly the target interval', () => {
    expect(nextBits(LAN, point(7, 10))).to.equal(HARD);
  });

  it('doubles the target for a half-life of excess and halves it for one missing', () => {
    const target = targetOf(HARD) ?? 0n;
    expect(nextBits(LAN, point(7, 250))).to.equal(bitsOf(target * 2n));
    expect(aserti3(HARD, -240, 240, LAN.powLimit)).to.equal(bitsOf(target / 2n));
    expect(aserti3(HARD, -2400, 240, LAN.powLimit)).to.equal(bitsOf(target >> 10n));
  });

  it('truncates the exponent toward zero', () => {
    // −1 s of 240 is −273.07 units of 2^−16: truncated −273, not −274.
    const fraction = 65536n - 273n;
    const factor = 65536n + cubic(fraction);
    const target = ((targetOf(HARD) ?? 0n) * factor) >> 17n;
    expect(aserti3(HARD, -1, 240, LAN.powLimit)).to.equal(bitsOf(target));
  });

  it('never exceeds powLimit and never falls to zero', () => {
    expect(aserti3(HARD, 2 ** 31, 240, LAN.powLimit)).to.equal(bitsOf(LAN.powLimit));
    expect(aserti3(HARD, 2 ** 31, 1, LAN.powLimit)).to.equal(bitsOf(LAN.powLimit));
    expect(aserti3(0x01010000 as Bits, -24_000, 240, LAN.powLimit)).to.equal(0x01010000);
  });

  it('gives heights 1 and 2 the genesis bits, whatever the time since genesis', () => {
    const genesis = { ...point(0, 0), parentTime: undefined };
    expect(nextBits(LAN, genesis)).to.equal(LAN.genesisBits);
    expect(nextBits(LAN, point(1, 1_000_000))).to.equal(LAN.genesisBits);
    expect(nextBits(LAN, point(1, 0))).to.equal(LAN.genesisBits);
    expect(nextBits(LAN, point(2, 0))).not.to.equal(LAN.genesisBits);
  });

  it('counts no gap beyond the cap', () => {
    expect(nextBits(LAN, point(7, 480))).to.equal(nextBits(LAN, point(7, 1_000_000)));
    expect(nextBits(LAN, point(7, 479))).not.to.equal(nextBits(LAN, point(7, 480)));
  });

  it('never moves a fixed target', () => {
    const { params } = makeNetwork();
    expect(nextBits(params, point(7, 480, params.genesisBits))).to.equal(params.genesisBits);
    const target = targetOf(params.genesisBits);
    expect(effectiveTarget(params, params.genesisBits, 1_000_000)).to.equal(target);
    expect(isEased(params, 1_000_000)).to.equal(false);
  });

  it('stays within 0.02 % of the real exponential, and is monotone', () => {
    fc.assert(
      fc.property(fc.integer({ min: -480, max: 470 }), (excess) => {
        const target = targetOf(aserti3(HARD, excess, 240, LAN.powLimit)) ?? 0n;
        const exact = Number(targetOf(HARD)) * 2 ** (excess / 240);
        expect(Number(target) / exact).to.be.within(0.9998, 1.0002);
        const more = targetOf(aserti3(HARD, excess + 1, 240, LAN.powLimit)) ?? 0n;
        expect(more >= target).to.equal(true);
      }),
    );
  });

  describe('easing of long gaps', () => {
    it('leaves the target alone up to the cap', () => {
      expect(effectiveTarget(LAN, HARD, 480)).to.equal(targetOf(HARD));
      expect(isEased(LAN, 480)).to.equal(false);
      expect(isEased(LAN, 481)).to.equal(true);
    });

    it('doubles it for each half-life beyond, exactly', () => {
      const target = targetOf(HARD) ?? 0n;
      expect(effectiveTarget(LAN, HARD, 480 + 240)).to.equal(target * 2n);
      expect(effectiveTarget(LAN, HARD, 480 + 480)).to.equal(target * 4n);
      const factor = 65536n + cubic(32768n);
      expect(effectiveTarget(LAN, HARD, 480 + 120)).to.equal((target * factor) >> 16n);
    });

    it('stops at powLimit, after however many years', () => {
      expect(effectiveTarget(LAN, HARD, 480 + 240 * 7)).to.equal(LAN.powLimit);
      expect(effectiveTarget(LAN, HARD, 2 ** 32)).to.equal(LAN.powLimit);
      const shortest = { ...LAN, halfLife: 1, cap: 2 };
      expect(effectiveTarget(shortest, 0x03008000 as Bits, 2 ** 32)).to.equal(LAN.powLimit);
    });

    it('leaves the bits of the next block to the cap, so no storm follows', () => {
      const after = targetOf(nextBits(LAN, point(7, 1_000_000))) ?? 0n;
      expect(after < (targetOf(HARD) ?? 0n) * 4n).to.equal(true);
    });

    it('counts an eased block as the work that it costs, and no more', () => {
      const eased = effectiveTarget(LAN, HARD, 480 + 480);
      expect(workOf(eased)).to.equal((1n << 256n) / ((targetOf(HARD) ?? 0n) * 4n + 1n));
    });
  });

  it('time warp: no choice of timestamps leaves a lower difficulty than honest ones', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(gaps, (chosen) => {
        const span = chosen.reduce((sum, gap) => sum + gap, 0);
        const honest = chosen.map(
          (_, i) => Math.floor(((i + 1) * span) / 30) - Math.floor((i * span) / 30),
        );
        const byChoice = targetOf(bitsAfter(LAN, chosen)) ?? 0n;
        const byHonesty = targetOf(bitsAfter(LAN, honest)) ?? 0n;
        // Each of 30 steps is exact to 0.02 %.
        expect(Number(byChoice) / Number(byHonesty)).to.be.lessThan(1.01);
      }),
    );
  });
});

const cubic = (f: bigint): bigint =>
  (195766423245049n * f + 971821376n * f ** 2n + 5127n * f ** 3n + 2n ** 47n) >> 48n;

function bitsAfter(params: NetworkParams, gaps: readonly number[]): Bits {
  let bits = bitsOf(params.powLimit >> 64n);
  for (const gap of gaps) bits = nextBits(params, point(7, gap, bits));
  return bits;
}

/** A run of the published vectors: comments with the anchor, then `iteration height time bits`. */
function checkRun(name: string, text: string): void {
  const anchor = (what: string): number =>
    Number(new RegExp(`##\\s+anchor ${what}: (\\S+)`).exec(text)?.[1] ?? expect.fail(what));
  const rows = text.split('\n').filter((line) => /^\d/.test(line));
  expect(rows.length, name).to.be.greaterThan(5);
  for (const row of rows) {
    const [, height = 0, time = 0, bits = 0] = row.split(' ').map(Number);
    const intervals = height - anchor('height') + 1;
    const excess = time - anchor('parent time') - 600 * intervals;
    const found = aserti3(anchor('nBits') as Bits, excess, 172_800, 0xffffn << 208n);
    expect(found, `${name}: ${row}`).to.equal(bits);
  }
}
