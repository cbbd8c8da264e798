import { expect } from 'chai';
import fc from 'fast-check';
import {
  feeOf,
  selectCoins,
  settle,
  type Need,
  type OwnCoin,
} from '../../../peer/wallet/coinSelection.js';
import { transactionBytes } from '../../../shared/consensus/transaction.js';
import type { Amount, Txid } from '../../../shared/units.js';

/** Coins of these amounts; `keyOf`: by whose key. */
const coinsOf = (amounts: readonly number[], keyOf = (i: number): number => i): OwnCoin[] =>
  amounts.map((amount, i) => ({
    txid: i.toString(16).padStart(64, '0') as Txid,
    index: 0,
    amount: amount as Amount,
    key: Uint8Array.from({ length: 32 }, (_, at) => (at < 2 ? (keyOf(i) >> (8 * at)) & 0xff : 0)),
  }));

const need = (amount: number, feeRate = 1_000): Need => ({
  ...{ amount, outputs: 1, memoBytes: 0, feeRate },
});
const amountsOf = (coins: readonly OwnCoin[] = []): number[] => coins.map(({ amount }) => amount);

/** One input, one key with its signature, one output: 13 + 46 + 96 + 29 bytes. */
const ONE_COIN_FEE = 184;

describe('wallet/coinSelection', () => {
  it('takes what needs no change, before what does', () => {
    const coins = coinsOf([10_000, 5_000, 3_000 + ONE_COIN_FEE, 1_000]);
    const selection = selectCoins(coins, need(3_000));
    expect(amountsOf(selection?.coins)).to.deep.equal([3_000 + ONE_COIN_FEE]);
    expect([selection?.change, selection?.fee]).to.deep.equal([0, ONE_COIN_FEE]);
    const two = selectCoins(coins, need(6_000 - ONE_COIN_FEE - 142));
    expect(amountsOf(two?.coins)).to.deep.equal([5_000, 1_000]);
    expect(two?.change).to.equal(0);
  });

  it('else takes the smallest coin that is enough, or the largest ones', () => {
    const coins = coinsOf([9_000, 7_000, 800, 500]);
    const one = selectCoins(coins, need(4_000));
    expect(amountsOf(one?.coins)).to.deep.equal([7_000]);
    expect(one?.change).to.equal(7_000 - 4_000 - ONE_COIN_FEE - 29);
    const two = selectCoins(coins, need(12_000));
    expect(amountsOf(two?.coins)).to.deep.equal([9_000, 7_000]);
  });

  it('leaves change to the miner that would cost more to spend', () => {
    const least = 29 + 142;
    const exact = need(5_000);
    const rich = coinsOf([5_000 + ONE_COIN_FEE + 29 + least]);
    expect(settle(rich, exact)?.change).to.equal(least);
    const poor = coinsOf([5_000 + ONE_COIN_FEE + 29 + least - 1]);
    expect(settle(poor, exact)).to.include({ change: 0, fee: ONE_COIN_FEE + 29 + least - 1 });
  });

  it('counts a key once for all of its coins', () => {
    const coins = coinsOf([1_000, 1_000, 1_000], () => 1);
    const selection = settle(coins, need(2_000, 100));
    const bytes = transactionBytes({ inputs: 3, keys: 1, outputs: 2, memoBytes: 0 });
    expect(selection?.fee).to.equal(feeOf(bytes, 100));
  });

  it('says when all are not enough, to the last unit', () => {
    const coins = coinsOf([1_000, 1_000]);
    const bytes = transactionBytes({ inputs: 2, keys: 2, outputs: 1, memoBytes: 0 });
    expect(selectCoins(coins, need(2_000 - bytes))?.fee).to.equal(bytes);
    expect(selectCoins(coins, need(2_000 - bytes + 1))).to.equal(undefined);
    expect(selectCoins([], need(1))).to.equal(undefined);
  });

  it('holds for all wallets: nothing is lost, the fee is paid and not thrown away', () => {
    const wallet = fc.array(fc.integer({ min: 1, max: 5_000 }), { maxLength: 60 });
    const keys = fc.integer({ min: 1, max: 70 });
    fc.assert(
      fc.property(wallet, keys, fc.nat(60_000), fc.nat(3_000), (amounts, modulus, amount, rate) => {
        const coins = coinsOf(amounts, (i) => i % modulus);
        const wanted = need(Math.max(1, amount), rate);
        const selection = selectCoins(coins, wanted);
        if (selection === undefined) {
          expect(settle(coins, wanted)).to.equal(undefined);
          return;
        }
        const { coins: spent, change, fee } = selection;
        expect(new Set(spent).size).to.equal(spent.length);
        expect(coins).to.include.members([...spent]);
        const sum = amountsOf(spent).reduce((total, one) => total + one, 0);
        expect(sum).to.equal(wanted.amount + change + fee);
        const parts = {
          inputs: spent.length,
          keys: new Set(spent.map(({ key }) => key.join())).size,
          outputs: change > 0 ? 2 : 1,
          memoBytes: 0,
        };
        const due = feeOf(transactionBytes(parts), rate);
        expect(fee).to.be.at.least(due);
        // What is left to the miner is less than change with its own spending costs.
        if (change > 0) expect(fee).to.equal(due);
        else expect(fee - due).to.be.at.most(feeOf(29 + 171, rate) + 1);
      }),
    );
  });

  it('is quick with thousands of equal coins', () => {
    const coins = coinsOf(Array.from({ length: 5_000 }, () => 5_000));
    const selection = selectCoins(coins, need(77_777));
    expect(selection?.coins).to.have.length.within(16, 20);
  });
});
