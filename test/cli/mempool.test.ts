import { expect } from 'chai';
import { describeMempool } from '../../cli/mempool.js';

describe('cli/mempool', () => {
  it('shows what waits, the floor, and what to pay', () => {
    const feeRates = [
      { blocks: 1, rate: 2_500 },
      { blocks: 6, rate: 1_000 },
    ];
    const pool = { count: 12, bytes: 3_400, feeRateMin: 100, feeRates, transactions: [] };
    expect(describeMempool(pool)).to.equal(
      [
        'waiting     12 transactions, 3400 bytes',
        'taken in    from 100 for 1000 bytes on',
        'next block  2500 for 1000 bytes',
        '6 blocks    1000 for 1000 bytes',
      ].join('\n'),
    );
    expect(describeMempool({ ...pool, count: 1 })).to.match(/^waiting +1 transaction, /);
  });
});
