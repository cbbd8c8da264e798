import { expect } from 'chai';
import fc from 'fast-check';
import { closure, MempoolEntry, totalsOf } from '../../../peer/mempool/entry.js';
import { Pool } from '../../../peer/mempool/pool.js';
import {
  outpointKey,
  outpointsOf,
  type DecodedTransaction,
} from '../../../shared/consensus/transaction.js';
import type { Amount, UnixSeconds } from '../../../shared/units.js';
import {
  ALLOCATION,
  coinOf,
  genesisCoin,
  makeNetwork,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';

const network = makeNetwork();
const addresses = new Set([0, 5].map((i) => owner(i).address));
const facts = { spendsCoinbase: false, addresses, addedAt: 0 as UnixSeconds };
let number = 0;
const entryOf = (tx: DecodedTransaction): MempoolEntry =>
  new MempoolEntry({
    tx,
    outpoints: outpointsOf(tx),
    fee: 100 as Amount,
    ...facts,
    number: number++,
  });

/** A family: each pays two coins to owner 5, from coins of those before it. */
function family(parents: readonly (readonly number[])[]): DecodedTransaction[] {
  const txs: DecodedTransaction[] = [];
  const used = parents.map(() => 0);
  for (const [i, of] of parents.entries()) {
    const coins = [...new Set(of)]
      .filter((one) => one < i && (used[one] ?? 0) < 2)
      .map((one) => {
        const index = used[one] ?? 0;
        used[one] = index + 1;
        return coinOf(txs[one] ?? expect.fail(), index, owner(5));
      });
    const from = coins.length > 0 ? coins : [genesisCoin(network, i % 5)];
    const each = Math.floor(from.reduce((sum, { amount }) => sum + amount, 0) / 2) - 1;
    const memo = Uint8Array.of(i);
    txs.push(
      spend(network, { coins: from, outputs: [pay(owner(5), each), pay(owner(5), each)], memo }),
    );
  }
  return txs;
}

describe('mempool/pool', () => {
  it('finds by name, by what is spent and by address, until it is taken out', () => {
    const pool = new Pool();
    const [tx = expect.fail()] = family([[]]);
    const entry = entryOf(tx);
    pool.add(entry);
    const [input = expect.fail()] = tx.inputs;
    const key = outpointKey(input.txid, input.index);
    expect(pool.get(tx.txid)).to.equal(entry);
    expect(pool.byWtxid(tx.wtxid)).to.equal(entry);
    expect(pool.spender(key)).to.equal(entry);
    expect([...pool.entriesOf(owner(0).address)]).to.deep.equal([entry]);
    expect([...pool.entriesOf(owner(5).address)]).to.deep.equal([entry]);
    expect([pool.count, pool.bytes]).to.deep.equal([1, tx.bytes.length]);
    pool.remove(entry);
    expect(pool.get(tx.txid) ?? pool.byWtxid(tx.wtxid) ?? pool.spender(key)).to.equal(undefined);
    expect([...pool.entriesOf(owner(5).address)]).to.deep.equal([]);
    expect([pool.count, pool.bytes]).to.deep.equal([0, 0]);
  });

  it('holds no two that spend one coin', () => {
    const pool = new Pool();
    const coins = [genesisCoin(network, 0)];
    const [one, two] = [1, 2].map((fee) =>
      spend(network, { coins, outputs: [pay(owner(5), ALLOCATION - fee)] }),
    );
    const second = two ?? expect.fail();
    const first = entryOf(one ?? expect.fail());
    pool.add(first);
    expect([...pool.conflictsOf(second.txid, outpointsOf(second))]).to.deep.equal([first]);
    expect(() => {
      pool.add(entryOf(second));
    }).to.throw('one coin');
  });

  it('has the totals that a count of everything gives, in whatever order they come and go', () => {
    const shape = fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(shape, fc.array(fc.nat(4), { maxLength: 20 }), (parents, order) => {
        const entries = family(parents).map(entryOf);
        const pool = new Pool();
        for (const i of order) {
          const entry = entries[i];
          if (entry === undefined) continue;
          if (pool.get(entry.tx.txid) === entry) pool.remove(entry);
          else if (pool.conflictsOf(entry.tx.txid, entry.outpoints).size === 0) pool.add(entry);
          for (const one of pool.entries()) {
            expect(one.ancestors).to.deep.equal(totalsOf(closure([one], 'parents')));
            expect(one.descendants).to.deep.equal(totalsOf(closure([one], 'children')));
            const made = [...pool.entries()].filter((other) => spends(other, one));
            expect([...one.children]).to.have.members(made);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

const spends = (child: MempoolEntry, parent: MempoolEntry): boolean =>
  child.tx.inputs.some(({ txid }) => txid === parent.tx.txid);
