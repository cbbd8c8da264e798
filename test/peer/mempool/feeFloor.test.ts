import { expect } from 'chai';
import { FeeFloor, RATE_STEP } from '../../../peer/mempool/feeFloor.js';
import type { UnixSeconds } from '../../../shared/units.js';

const at = (hours: number): UnixSeconds => (1_800_000_000 + hours * 3_600) as UnixSeconds;

describe('mempool/feeFloor', () => {
  it('is what the operator asks for while nobody had to go', () => {
    expect(new FeeFloor(1_000).rate(at(0))).to.equal(1_000);
  });

  it('rises above who had to go, and falls by half in twelve hours, down to where it was', () => {
    const floor = new FeeFloor(1_000);
    floor.onEvicted(7_000, at(0));
    expect(floor.rate(at(0))).to.equal(7_000 + RATE_STEP);
    expect(floor.rate(at(12))).to.equal(4_000);
    expect(floor.rate(at(36))).to.equal(1_000);
    expect(floor.rate(at(1_000))).to.equal(1_000);
  });

  it('is not lowered by who pays less, nor by a clock that goes back', () => {
    const floor = new FeeFloor(1_000);
    floor.onEvicted(7_000, at(0));
    floor.onEvicted(2_000, at(0));
    expect(floor.rate(at(0))).to.equal(8_000);
    expect(floor.rate(at(-5))).to.equal(8_000);
  });
});
