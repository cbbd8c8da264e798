import { expect } from 'chai';
import { MempoolEntry } from '../../../peer/mempool/entry.js';
import { feeRates, placeOf } from '../../../peer/mempool/outlook.js';
import { Pool } from '../../../peer/mempool/pool.js';
import { outpointsOf, type DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { Amount, UnixSeconds } from '../../../shared/units.js';
import { makeNetwork } from '../../support/blocks.js';
import { childOf, payGenesis } from '../../support/mempools.js';

const network = makeNetwork();

/** A pool of those, each with its fee. */
function poolOf(...of: readonly (readonly [DecodedTransaction, number])[]) {
  const pool = new Pool();
  const entries = of.map(([tx, fee], number) => {
    const facts = { spendsCoinbase: false, addresses: new Set<never>(), addedAt: 0 as UnixSeconds };
    return new MempoolEntry({
      tx,
      outpoints: outpointsOf(tx),
      fee: fee as Amount,
      ...facts,
      number,
    });
  });
  for (const entry of entries) pool.add(entry);
  return { pool, entries };
}
const txs = [0, 1, 2, 3].map((i) => payGenesis(network, i));
const [a = expect.fail(), b = expect.fail(), c = expect.fail(), d = expect.fail()] = txs;
const size = a.bytes.length;

describe('mempool/outlook', () => {
  it('counts those that pay more, and those that pay as much and came first', () => {
    const { pool, entries } = poolOf([a, 500], [b, 900], [c, 500], [d, 100]);
    const places = entries.map((entry) => placeOf(entry, pool.entries(), 2 * size));
    expect(places.map(({ position }) => position)).to.deep.equal([2, 1, 3, 4]);
    expect(places.map(({ blocks }) => blocks)).to.deep.equal([1, 1, 2, 2]);
    expect(places[3]).to.deep.equal({ position: 4, count: 4, bytesAhead: 3 * size, blocks: 2 });
  });

  it('lets a parent stand where its child pays for it', () => {
    const child = childOf(network, d);
    const { pool, entries } = poolOf([a, 500], [d, 10], [child, 5_000]);
    expect(placeOf(entries[1] ?? expect.fail(), pool.entries(), size).position).to.be.below(3);
  });

  it('asks for the least while there is room, and for more than who finds none else', () => {
    const { pool } = poolOf([a, 500], [b, 900], [c, 700]);
    const rate = (fee: number): number => Math.ceil((fee * 1_000) / size + 1);
    expect(feeRates(pool.entries(), size, 1_000).slice(0, 3)).to.deep.equal([
      { blocks: 1, rate: rate(700) },
      { blocks: 2, rate: rate(500) },
      { blocks: 3, rate: 1_000 },
    ]);
    expect(feeRates([], size, 1_000).every(({ rate: one }) => one === 1_000)).to.equal(true);
  });
});
