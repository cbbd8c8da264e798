import { expect } from 'chai';
import fc from 'fast-check';
import { scheduleTotal, subsidyAt } from '../../../shared/consensus/subsidy.js';
import type { Amount } from '../../../shared/units.js';

const schedule = { subsidy: 50 as Amount, halvingInterval: 10 };

describe('consensus/subsidy', () => {
  it('pays nothing at genesis, then halves after each era', () => {
    const paid = [0, 1, 10, 11, 20, 21, 31, 41, 51, 60, 61].map((height) =>
      subsidyAt(schedule, height),
    );
    expect(paid).to.deep.equal([0, 50, 50, 25, 25, 12, 6, 3, 1, 1, 0]);
  });

  it('is zero for ever after, up to the highest height', () => {
    expect(subsidyAt(schedule, 0xffff_ffff)).to.equal(0);
    expect(subsidyAt({ ...schedule, halvingInterval: 1 }, 0xffff_ffff)).to.equal(0);
  });

  it('makes exactly the schedule in all', () => {
    const schedules = fc.record({
      subsidy: fc.integer({ min: 0, max: 5000 }) as fc.Arbitrary<Amount>,
      halvingInterval: fc.integer({ min: 1, max: 30 }),
    });
    fc.assert(
      fc.property(schedules, (any) => {
        let sum = 0;
        for (let height = 0; height <= 14 * any.halvingInterval; height++)
          sum += subsidyAt(any, height);
        expect(scheduleTotal(any)).to.equal(BigInt(sum));
      }),
    );
  });
});
