import { expect } from 'chai';
import type { Mempool } from '../../../peer/mempool/mempool.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { UnixSeconds } from '../../../shared/units.js';
import {
  ALLOCATION,
  coinOf,
  genesisCoin,
  makeNetwork,
  owner,
  pay,
  spend,
  type Spendable,
} from '../../support/blocks.js';
import { emptyMempool } from '../../support/mempools.js';

const COINS = 60;
const allocations = Array.from({ length: COINS }, (_, i) => pay(owner(i), ALLOCATION));
const network = makeNetwork({ allocations });
const context = { height: 10, now: 1_800_000_000 as UnixSeconds };

/** Spends `from` at `rate` for 1,000 bytes, in `count` outputs to owner 5. */
function paying(rate: number, from: Spendable, count = 1): DecodedTransaction {
  const withFee = (fee: number): DecodedTransaction => {
    const first = from.amount - fee - (count - 1);
    const outputs = Array.from({ length: count }, (_, i) => pay(owner(5), i === 0 ? first : 1));
    return spend(network, { coins: [from], outputs });
  };
  return withFee(Math.ceil((withFee(100).bytes.length * rate) / 1_000));
}

const change = (tx: DecodedTransaction): Spendable => coinOf(tx, 0, owner(5));

/** Forty of 3 kB that pay 3,000 for 1,000 bytes. */
const many = Array.from({ length: 40 }, (_, i) => paying(3_000, genesisCoin(network, i + 1), 100));

/** One that has room for `txs` and no more. */
function fullOf(txs: readonly DecodedTransaction[]): Mempool {
  const bytes = txs.reduce((sum, tx) => sum + tx.bytes.length, 0);
  const mempool = emptyMempool(network, { bytesMax: bytes + 100 });
  for (const tx of txs) expect(mempool.add(tx, context).ok).to.equal(true);
  return mempool;
}

const waits = (mempool: Mempool, ...txs: readonly DecodedTransaction[]): boolean[] =>
  txs.map(({ txid }) => mempool.get(txid) !== undefined);

describe('mempool/eviction', () => {
  it('puts out a cheap child, and not the parent that pays well', () => {
    const parent = paying(50_000, genesisCoin(network, 0));
    const child = paying(1_100, change(parent), 300);
    const mempool = fullOf([...many, parent, child]);
    const large = paying(4_000, genesisCoin(network, 45), 800);
    expect(mempool.add(large, context).ok).to.equal(true);
    expect(waits(mempool, parent, child, large)).to.deep.equal([true, false, true]);
  });

  it('keeps a cheap parent for a child that pays well', () => {
    const parent = paying(1_100, genesisCoin(network, 0));
    const child = paying(50_000, change(parent));
    const mempool = fullOf([...many, parent, child]);
    expect(mempool.add(paying(4_000, genesisCoin(network, 45)), context).ok).to.equal(true);
    expect(waits(mempool, parent, child)).to.deep.equal([true, true]);
  });

  it('never leaves a child without its parent, also where a newcomer came to nothing', () => {
    const parent = paying(5_000, genesisCoin(network, 0));
    const child = paying(1_100, change(parent));
    const newcomer = paying(2_200, change(parent), 300);
    const mempool = fullOf([...many, parent, child]);
    const added = mempool.add(newcomer, context);
    expect(added.ok).to.equal(false);
    const orphans = [...mempool.entries()].filter(({ tx }) =>
      tx.inputs.some(({ txid }) => {
        return txid !== network.genesis.transactions[0]?.txid && mempool.get(txid) === undefined;
      }),
    );
    expect(orphans).to.deep.equal([]);
    expect(waits(mempool, parent, newcomer)).to.deep.equal([true, false]);
  });
});
