import { expect } from 'chai';
import fc from 'fast-check';
import { closure, MempoolEntry, rateOf, totalsOf } from '../../../peer/mempool/entry.js';
import { choosePackages } from '../../../peer/mempool/packages.js';
import { Pool } from '../../../peer/mempool/pool.js';
import { outpointsOf, type DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { AddressHash, Amount, Txid, UnixSeconds } from '../../../shared/units.js';

/** A transaction of `bytes` bytes that pays `fee` and spends coins of those at `parents`. */
interface Sketch {
  readonly fee: number;
  readonly bytes: number;
  readonly parents: readonly number[];
}

const txidOf = (i: number): Txid => i.toString(16).padStart(64, '0') as Txid;

/** A pool of them; each output is spent once at most. */
function poolOf(sketches: readonly Sketch[]): Pool {
  const pool = new Pool();
  const used = sketches.map(() => 0);
  for (const [i, { fee, bytes, parents }] of sketches.entries()) {
    const inputs = [...new Set(parents)].map((parent) => {
      const index = used[parent] ?? 0;
      used[parent] = index + 1;
      return { txid: txidOf(parent + 1), index, amount: 1 as Amount, key: 0 };
    });
    const own = { txid: txidOf(0xffff), index: i, amount: 1 as Amount, key: 0 };
    const output = { amount: 1 as Amount, address: '' };
    const tx = {
      ...{ txid: txidOf(i + 1), bytes: new Uint8Array(bytes), inputs: [own, ...inputs] },
      keys: [],
      outputs: Array.from({ length: sketches.length }, () => output),
    } as unknown as DecodedTransaction;
    const facts = { fee: fee as Amount, spendsCoinbase: false, addedAt: 0 as UnixSeconds };
    const addresses = new Set<AddressHash>();
    pool.add(new MempoolEntry({ tx, ...facts, outpoints: outpointsOf(tx), addresses, number: i }));
  }
  return pool;
}

const numbersOf = (entries: readonly MempoolEntry[]): number[] => entries.map((one) => one.number);
const choose = (sketches: readonly Sketch[], bytesMax: number): number[] =>
  numbersOf(choosePackages(poolOf(sketches).byRate(), bytesMax));

/** The same choice, by looking at everything again and again. */
function naive(pool: Pool, bytesMax: number): number[] {
  const chosen = new Set<MempoolEntry>();
  const passedOver = new Set<MempoolEntry>();
  let bytes = 0;
  for (;;) {
    const left = [...pool.entries()].filter((one) => !chosen.has(one) && !passedOver.has(one));
    const packages = left.map((entry) => ({
      entry,
      all: [...closure([entry], 'parents')].filter((one) => !chosen.has(one)),
    }));
    const [best] = packages.sort((a, b) => rateOf(totalsOf(b.all)) - rateOf(totalsOf(a.all)));
    if (best === undefined) return numbersOf([...chosen]);
    const size = totalsOf(best.all).bytes;
    if (bytes + size > bytesMax) {
      passedOver.add(best.entry);
      continue;
    }
    bytes += size;
    for (const one of best.all) chosen.add(one);
    passedOver.clear();
  }
}

const feesOf = (sketches: readonly Sketch[], numbers: readonly number[]): number =>
  numbers.reduce((sum, i) => sum + (sketches[i]?.fee ?? 0), 0);

describe('mempool/packages', () => {
  it('takes who pays best for its bytes, as long as there is room', () => {
    const sketches = [10, 30, 20, 40].map((fee) => ({ fee, bytes: 100, parents: [] }));
    expect(choose(sketches, 300)).to.deep.equal([3, 1, 2]);
    expect(choose(sketches, 0)).to.deep.equal([]);
    expect(choose([], 1_000)).to.deep.equal([]);
  });

  it('lets a child pay for its parents, which come first', () => {
    const sketches = [
      { fee: 1, bytes: 100, parents: [] },
      { fee: 1, bytes: 100, parents: [0] },
      { fee: 298, bytes: 100, parents: [1] },
      { fee: 90, bytes: 100, parents: [] },
    ];
    expect(choose(sketches, 400)).to.deep.equal([0, 1, 2, 3]);
    expect(choose(sketches, 299)).to.deep.equal([3, 0]);
  });

  it('counts what is in already for no other package', () => {
    const sketches = [
      { fee: 1, bytes: 100, parents: [] },
      { fee: 500, bytes: 100, parents: [0] },
      // Alone with its parent it would pay 100 for 1,000 bytes; without it 200.
      { fee: 200, bytes: 1_000, parents: [0] },
      { fee: 150, bytes: 1_000, parents: [] },
    ];
    expect(choose(sketches, 1_300)).to.deep.equal([0, 1, 2]);
  });

  it('is as good as a look at everything each time, and never out of order', () => {
    const sketch = (i: number): fc.Arbitrary<Sketch> =>
      fc.record({
        fee: fc.integer({ min: 0, max: 1_000_000 }),
        bytes: fc.integer({ min: 100, max: 300 }),
        parents: i === 0 ? fc.constant([]) : fc.array(fc.nat(i - 1), { maxLength: 2 }),
      });
    const some = fc.integer({ min: 1, max: 16 }).chain((count) => {
      return fc.tuple(...Array.from({ length: count }, (_, i) => sketch(i)));
    });
    fc.assert(
      fc.property(some, fc.nat(3_000), (sketches, bytesMax) => {
        const pool = poolOf(sketches);
        const chosen = choosePackages(pool.byRate(), bytesMax);
        expect(totalsOf(chosen).bytes).to.be.at.most(bytesMax);
        const seen = new Set<MempoolEntry>();
        for (const entry of chosen) {
          for (const parent of entry.parents) expect(seen.has(parent)).to.equal(true);
          seen.add(entry);
        }
        const numbers = numbersOf(chosen);
        expect(feesOf(sketches, numbers)).to.be.at.least(feesOf(sketches, naive(pool, bytesMax)));
      }),
    );
  });
});
