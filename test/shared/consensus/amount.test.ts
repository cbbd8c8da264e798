import { expect } from 'chai';
import fc from 'fast-check';
import { AMOUNT_MAX, sumAmounts } from '../../../shared/consensus/amount.js';
import type { Amount } from '../../../shared/units.js';

const holders = (...amounts: number[]): { amount: Amount }[] =>
  amounts.map((amount) => ({ amount: amount as Amount }));

describe('consensus/amount', () => {
  it('adds up to 2^53 − 1 and not beyond', () => {
    expect(sumAmounts([])).to.equal(0);
    expect(sumAmounts(holders(AMOUNT_MAX))).to.equal(AMOUNT_MAX);
    expect(sumAmounts(holders(AMOUNT_MAX - 1, 1))).to.equal(AMOUNT_MAX);
    expect(sumAmounts(holders(AMOUNT_MAX, 1))).to.equal(undefined);
    expect(sumAmounts(holders(1, AMOUNT_MAX))).to.equal(undefined);
  });

  it('agrees with exact integers', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat()), (amounts) => {
        const exact = amounts.reduce((sum, amount) => sum + BigInt(amount), 0n);
        const expected = exact <= BigInt(AMOUNT_MAX) ? Number(exact) : undefined;
        expect(sumAmounts(holders(...amounts))).to.equal(expected);
      }),
    );
  });
});
