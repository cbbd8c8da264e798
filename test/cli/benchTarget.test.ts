import { expect } from 'chai';
import { nextTarget, type ToldHeader } from '../../cli/benchTarget.js';
import { effectiveTarget, nextBits } from '../../shared/consensus/difficulty.js';
import { template } from '../../shared/consensus/templates.js';
import { bitsOf, targetOf } from '../../shared/consensus/work.js';
import type { UnixSeconds } from '../../shared/units.js';

const TIME = 1_800_000_000 as UnixSeconds;
const params = template('lan', { name: 'test', salt: new Uint8Array(16), time: TIME });
const bits = bitsOf(2n ** 200n);
const at = (height: number, seconds: number): ToldHeader => ({
  height,
  time: TIME + seconds,
  bits: bits.toString(16),
});
const later = (seconds: number): UnixSeconds => (TIME + seconds) as UnixSeconds;

describe('cli/benchTarget', () => {
  it('is that of the next block, and not that of the last', () => {
    const slow = [at(9, 0), at(10, 400)];
    const point = { height: 10, time: later(400), bits, parentTime: later(0) };
    const expected = targetOf(nextBits(params, point));
    expect(nextTarget(params, slow, later(401))).to.equal(expected);
    expect(Number(expected)).to.be.greaterThan(2 * 2 ** 200);
  });

  it('is eased when the last block is long ago, as for the miner', () => {
    const headers = [at(9, 0), at(10, 10)];
    const point = { height: 10, time: later(10), bits, parentTime: later(0) };
    const hourLater = nextTarget(params, headers, later(3_610));
    expect(hourLater).to.equal(effectiveTarget(params, nextBits(params, point), 3_600));
    expect(Number(hourLater)).to.be.greaterThan(100 * 2 ** 200);
  });

  it('is that of the first block where there is only genesis, and unknown without a header', () => {
    expect(nextTarget(params, [at(0, 0)], later(1))).to.equal(targetOf(params.genesisBits));
    expect(nextTarget(params, [], later(1))).to.equal(undefined);
  });
});
