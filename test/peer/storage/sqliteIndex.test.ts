import Database from 'better-sqlite3';
import { expect } from 'chai';
import { Batch } from '../../../peer/index/batch.js';
import { IndexDamage } from '../../../peer/index/store.js';
import { migrateIndex } from '../../../peer/storage/indexSchema.js';
import { openIndexInMemory } from '../../../peer/storage/openIndex.js';
import { SqliteIndex } from '../../../peer/storage/sqliteIndex.js';
import { sha256 } from '#crypto';
import { toHex, utf8 } from '../../../shared/bytes.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import { stampMemo } from '../../../shared/stamp.js';
import type { Txid } from '../../../shared/units.js';
import {
  ALLOCATION,
  coinOf,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
  type MadeBlock,
} from '../../support/blocks.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const miner = owner(9);

/** Takes in `blocks`, which follow each other; the first is genesis unless told. */
function takeIn(index: SqliteIndex, blocks: readonly MadeBlock[], from = 0): void {
  const batch = new Batch();
  for (const [i, { block }] of blocks.entries()) batch.add(block, from + i);
  index.connect(batch);
}

describe('storage/sqliteIndex', () => {
  /** Pays owner 7 ten times in one block, in two outputs each. */
  const split = spend(network, {
    coins: [genesisCoin(network, 0)],
    outputs: Array.from({ length: 10 }, (_, i) => pay(owner(0), 100 + i)),
  });
  const payments = split.outputs.map((_, i) =>
    spend(network, {
      coins: [coinOf(split, i, owner(0))],
      outputs: [pay(owner(7), 40), pay(owner(7), 60 + i)],
    }),
  );
  const first = nextBlock(network, genesis, { transactions: [split, ...payments] });
  const next = spend(network, {
    coins: [genesisCoin(network, 1)],
    outputs: [pay(owner(7), 3)],
  });
  const second = nextBlock(network, first, { transactions: [next] });

  it('gives coins a page at a time, oldest first', () => {
    const index = openIndexInMemory(network);
    takeIn(index, [genesis, first, second]);
    const all = index.coins(owner(7).address);
    expect(all).to.have.length(21);
    expect(all[0]).to.deep.equal({
      ...{ txid: payments[0]?.txid, index: 0, amount: 40 },
      ...{ height: 1, position: 2, isCoinbase: false },
    });
    expect(all.at(-1)).to.include({ txid: next.txid, height: 2, position: 1 });
    const paged: object[] = [];
    for (let after = all.at(-99); ; after = all[paged.length - 1]) {
      const page = index.coins(owner(7).address, { count: 4, after });
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).to.deep.equal(all);
    expect(index.coins(miner.address).map(({ isCoinbase }) => isCoinbase)).to.deep.equal([
      true,
      true,
    ]);
  });

  it('gives a history a page at a time, newest first, also from inside a block', () => {
    const index = openIndexInMemory(network);
    takeIn(index, [genesis, first, second]);
    const { address } = owner(7);
    const all = index.history(address, { count: 100, before: undefined });
    expect(all.map(({ height, position }) => [height, position])).to.deep.equal([
      [2, 1],
      ...Array.from({ length: 10 }, (_, i) => [1, 11 - i]),
    ]);
    expect(all[1]).to.deep.equal({
      ...{ txid: payments[9]?.txid, height: 1, position: 11 },
      ...{ received: 109, spent: 0 },
    });
    const paged: object[] = [];
    for (let before = all.at(-99); ; before = all[paged.length - 1]) {
      const page = index.history(address, { count: 3, before });
      if (page.length === 0) break;
      paged.push(...page);
    }
    expect(paged).to.deep.equal(all);
    expect(index.history(address, { count: 0, before: undefined })).to.deep.equal([]);
  });

  it('sums an address, young coinbases apart, and genesis is never young', () => {
    const index = openIndexInMemory(network);
    takeIn(index, [genesis, first, second]);
    const { subsidy } = network.params;
    const mined = index.coins(miner.address).map(({ amount }) => amount as number);
    const [one = 0, two = 0] = mined;
    expect(one).to.be.above(subsidy);
    const summary = (youngAbove: number): object => index.summary(miner.address, youngAbove);
    const all = { amount: one + two, coinCount: 2, transactionCount: 2 };
    expect(summary(-90)).to.deep.equal({ ...all, young: one + two });
    expect(summary(1)).to.deep.equal({ ...all, young: two });
    expect(summary(2)).to.deep.equal({ ...all, young: 0 });
    const untouched = { amount: ALLOCATION, young: 0, coinCount: 1, transactionCount: 1 };
    expect(index.summary(owner(4).address, -90)).to.deep.equal(untouched);
    const nothing = { amount: 0, young: 0, coinCount: 0, transactionCount: 0 };
    expect(index.summary(owner(77).address, 0)).to.deep.equal(nothing);
  });

  it('tells the first of several transactions that stamp a document', () => {
    const index = openIndexInMemory(network);
    const hash = sha256(utf8('a document'));
    const stampOf = (i: number): DecodedTransaction =>
      spend(network, {
        coins: [genesisCoin(network, i)],
        outputs: [pay(owner(5), 1)],
        memo: stampMemo(hash),
      });
    const stamps = [stampOf(2), stampOf(3)];
    const block = nextBlock(network, genesis, { transactions: stamps });
    takeIn(index, [genesis, block]);
    expect(index.stamp(toHex(hash))).to.equal(stamps[0]?.txid);
    expect(index.stamp('00'.repeat(32))).to.equal(undefined);
    const taken = new Batch();
    taken.add(block.block, 1);
    index.disconnect(taken);
    expect(index.stamp(toHex(hash))).to.equal(undefined);
  });

  it('compares the whole txid where twelve digits are the same', () => {
    const index = openIndexInMemory(network);
    takeIn(index, [genesis, first]);
    expect(index.place(split.txid)).to.deep.equal({
      ...{ height: 1, position: 1, hash: first.block.hash },
    });
    const alike = (split.txid.slice(0, 12) + '0'.repeat(52)) as Txid;
    expect(index.place(alike)).to.equal(undefined);
  });

  it('keeps nothing of a write that fails', () => {
    const index = openIndexInMemory(network);
    takeIn(index, [genesis]);
    const before = index.coins(owner(0).address);
    // Spends what `first` makes, which is not there.
    const alone = nextBlock(network, first, {
      transactions: [
        spend(network, { coins: [coinOf(next, 0, owner(7))], outputs: [pay(owner(0), 1)] }),
      ],
    });
    expect(() => {
      takeIn(index, [alone], 1);
    }).to.throw(IndexDamage);
    expect(index.height).to.equal(0);
    expect(index.coins(owner(0).address)).to.deep.equal(before);
    expect(index.history(miner.address, { count: 9, before: undefined })).to.deep.equal([]);
  });

  it('notices a coin that is missing', () => {
    const database = new Database(':memory:');
    expect(migrateIndex(database)).to.equal('done');
    const index = new SqliteIndex(database);
    takeIn(index, [genesis]);
    database.exec('DELETE FROM coins');
    expect(() => {
      takeIn(index, [first], 1);
    }).to.throw(IndexDamage, 'A coin');
  });
});
