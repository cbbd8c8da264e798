import { expect } from 'chai';
import { provenAgain } from '../../../peer/light/checkProofs.js';
import { ProofBook } from '../../../peer/light/proofBook.js';
import {
  ALLOCATION,
  coinOf,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
  type MadeBlock,
} from '../../support/blocks.js';
import { addHeaders, lightChainOf, provenIn } from '../../support/lightWorld.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const [me, you] = [owner(0), owner(6)];
const first = spend(network, {
  coins: [genesisCoin(network, 0)],
  outputs: [pay(you, 400_000), pay(me, 590_000)],
});
const second = spend(network, {
  coins: [coinOf(first, 1, me)],
  outputs: [pay(you, 500_000), pay(me, 80_000)],
});
const one = nextBlock(network, genesis, { transactions: [first] });
const two = nextBlock(network, one, { transactions: [second] });

function bookOf(...proofs: readonly (readonly [MadeBlock, number])[]) {
  const chain = lightChainOf(network, [one, two]);
  const book = new ProofBook(chain);
  const add = ([block, position]: readonly [MadeBlock, number]): boolean => {
    const proven = provenAgain(provenIn(block, position), chain);
    return proven !== undefined && book.add(proven);
  };
  const added = proofs.map(add);
  return { chain, book, added };
}

const all = [
  [genesis, 0],
  [one, 1],
  [two, 1],
] as const;
const EVERYTHING = { count: 100, before: undefined };

describe('light/proofBook', () => {
  it('has the coins that nothing spends, whatever came first', () => {
    for (const order of [all, all.toReversed()]) {
      const { book } = bookOf(...order);
      const [coin, ...others] = book.coins(me.address);
      expect(others).to.deep.equal([]);
      expect(coin).to.include({ txid: second.txid, index: 1, amount: 80_000, height: 2 });
      expect(book.coins(you.address).map(({ amount }) => amount)).to.deep.equal([400_000, 500_000]);
    }
  });

  it('tells the history, newest first, and a page of it', () => {
    const { book } = bookOf(...all);
    const rows = book.history(me.address, EVERYTHING);
    expect(rows.map(({ txid, received, spent }) => [txid, received, spent])).to.deep.equal([
      [second.txid, 80_000, 590_000],
      [first.txid, 590_000, ALLOCATION],
      [network.genesis.transactions[0]?.txid, ALLOCATION, 0],
    ]);
    const before = { height: 2, position: 1 };
    expect(book.history(me.address, { count: 1, before })).to.deep.equal([rows[1]]);
    expect(book.history(owner(99).address, EVERYTHING)).to.deep.equal([]);
  });

  it('takes each proof once', () => {
    const { added, book } = bookOf(...all, [one, 1]);
    expect([added, book.count]).to.deep.equal([[true, true, true, false], 3]);
  });

  it('knows coins of a coinbase from others', () => {
    const { book } = bookOf([genesis, 0], [one, 1]);
    expect(book.coins(owner(1).address).map(({ isCoinbase }) => isCoinbase)).to.deep.equal([true]);
    expect(book.coins(you.address).map(({ isCoinbase }) => isCoinbase)).to.deep.equal([false]);
  });

  it('counts only what is on the chain, as that moves', () => {
    const { book, chain } = bookOf(...all);
    const other = nextBlock(network, genesis, { time: one.point.time + 1 });
    const branch = [other, ...nextBlocks(network, other, 2)];
    addHeaders(chain, branch);
    expect(book.place(second.txid)).to.equal(undefined);
    expect(book.coins(me.address).map(({ amount }) => amount)).to.deep.equal([ALLOCATION]);
    const last = branch[2] ?? other;
    const again = nextBlock(network, last, { transactions: [first] });
    addHeaders(chain, [again]);
    const proven = provenAgain(provenIn(again, 1), chain);
    expect(proven && book.add(proven)).to.equal(true);
    expect(book.place(first.txid)).to.deep.equal({
      ...{ height: 4, position: 1, hash: again.block.hash },
    });
    expect(book.coins(me.address).map(({ amount }) => amount)).to.deep.equal([590_000]);
  });
});
