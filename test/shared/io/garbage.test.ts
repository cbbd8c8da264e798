import { expect } from 'chai';
import { collectGarbage } from '../../../shared/io/garbage.js';

const heapBytes = (): number => process.memoryUsage().heapUsed;

/** Makes 40 MB of objects that nothing holds afterwards, too large for the nursery. */
const fill = (): number => Array.from({ length: 1_000_000 }, (_, n) => ({ n })).length;

describe('io/garbage', () => {
  it('collects what nothing holds any more, more than once', () => {
    // Else what others left may be collected in between.
    collectGarbage();
    for (let i = 0; i < 2; i++) {
      const before = heapBytes();
      fill();
      expect(heapBytes() - before).to.be.greaterThan(20_000_000);
      collectGarbage();
      expect(heapBytes() - before).to.be.lessThan(10_000_000);
    }
  });
});
