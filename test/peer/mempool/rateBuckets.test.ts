import { expect } from 'chai';
import fc from 'fast-check';
import { rateOf, type MempoolEntry } from '../../../peer/mempool/entry.js';
import { RateBuckets } from '../../../peer/mempool/rateBuckets.js';

/** One that pays `fees` for `bytes`: nothing else counts here. */
const entry = (fees: number, bytes: number): MempoolEntry =>
  ({ ancestors: { count: 1, fees, bytes } }) as unknown as MempoolEntry;

describe('mempool/rateBuckets', () => {
  it('gives all of them, none above the rate of its bucket, and all that pay more before', () => {
    const fee = fc.oneof(fc.nat(10_000), fc.nat(Number.MAX_SAFE_INTEGER));
    const some = fc.array(fc.tuple(fee, fc.integer({ min: 184, max: 100_000 })));
    fc.assert(
      fc.property(some, (sketches) => {
        const entries = sketches.map(([fees, bytes]) => entry(fees, bytes));
        const buckets = new RateBuckets();
        for (const one of entries) buckets.place(one);
        const left = new Set(entries);
        for (const { rateMax, entries: of } of buckets.descending()) {
          for (const one of left) expect(rateOf(one.ancestors)).to.be.at.most(rateMax);
          for (const one of of) expect(left.delete(one)).to.equal(true);
        }
        expect(left.size).to.equal(0);
      }),
    );
  });

  it('follows one that pays another rate now, until it is gone', () => {
    const one = entry(1_000, 200);
    const buckets = new RateBuckets();
    buckets.place(one);
    const rates = (): number[] => Array.from(buckets.descending(), ({ rateMax }) => rateMax);
    const before = rates();
    one.ancestors = { count: 2, fees: 9_000, bytes: 400 };
    buckets.place(one);
    expect([rates().length, (rates()[0] ?? 0) > (before[0] ?? 0)]).to.deep.equal([1, true]);
    buckets.remove(one);
    expect(rates()).to.deep.equal([]);
  });
});
