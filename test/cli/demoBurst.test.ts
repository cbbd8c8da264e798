import { expect } from 'chai';
import fc from 'fast-check';
import { BURST_AMOUNT, costOf, payOnce, split, type Burst } from '../../cli/demoBurst.js';
import { checkSignatures } from '../../shared/consensus/checkTransaction.js';
import { TRANSACTION_BYTES_MAX } from '../../shared/consensus/checkTransaction.js';
import { outpointKey, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import { AccountKeys } from '../../peer/wallet/accountKeys.js';
import { genesisCoin, makeNetwork, owner } from '../support/blocks.js';
import { SEED } from '../support/purse.js';

const network = makeNetwork();
const pair = new AccountKeys(SEED, 0).keyPair('receive', 0);
const burstAt = (feeRate: number): Burst => ({ pair, feeRate, networkId: network.idBytes });
const { txid, index } = genesisCoin(network, 0);
const to = owner(5).address;

const spentBy = ({ inputs }: DecodedTransaction): string[] =>
  inputs.map((input) => outpointKey(input.txid, input.index));

const feeOf = ({ inputs, outputs }: DecodedTransaction): number =>
  inputs.reduce((sum, { amount }) => sum + amount, 0) -
  outputs.reduce((sum, { amount }) => sum + amount, 0);

describe('cli/demoBurst', () => {
  it('splits a coin that is worth just what it costs, at any size and fee rate', () => {
    const counts = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constantFrom(2_500, 2_501));
    fc.assert(
      fc.property(counts, fc.integer({ min: 0, max: 20_000 }), (count, feeRate) => {
        const burst = burstAt(feeRate);
        const { coins } = split({ txid, index, amount: costOf(count, burst) }, count, burst);
        expect(coins).to.have.length(count);
        const names = coins.map((coin) => outpointKey(coin.txid, coin.index));
        expect(new Set(names).size).to.equal(count);
        expect(new Set(coins.map(({ amount }) => amount)).size).to.equal(1);
      }),
      { numRuns: 40 },
    );
  });

  it('makes of 5,000 two splits that fit, the second from the change of the first', () => {
    const burst = burstAt(1_000);
    const amount = 2 * costOf(5_000, burst);
    const { transactions, coins } = split({ txid, index, amount }, 5_000, burst);
    const [first, second, ...more] = transactions;
    if (first === undefined || second === undefined) return expect.fail();
    expect(more).to.deep.equal([]);
    expect(spentBy(first)).to.deep.equal([outpointKey(txid, index)]);
    const change = first.outputs.findIndex((output) => output.amount > amount / 3);
    expect(spentBy(second)).to.deep.equal([outpointKey(first.txid, change)]);
    for (const tx of transactions) {
      expect(tx.bytes.length).to.be.at.most(TRANSACTION_BYTES_MAX);
      expect(checkSignatures(tx, network.idBytes).ok).to.equal(true);
      expect(feeOf(tx)).to.equal(Math.ceil(tx.bytes.length));
      expect(tx.outputs.every(({ address }) => address === pair.address)).to.equal(true);
    }
    const made = transactions.flatMap((tx) => tx.outputs.map((_, i) => outpointKey(tx.txid, i)));
    expect(made).to.include.members(coins.map((coin) => outpointKey(coin.txid, coin.index)));
  });

  it('pays once with each coin, with the fee that was asked for, and nothing is left', () => {
    const burst = burstAt(3_000);
    const { coins } = split({ txid, index, amount: costOf(3, burst) }, 3, burst);
    for (const coin of coins) {
      const tx = payOnce(coin, to, burst);
      expect(spentBy(tx)).to.deep.equal([outpointKey(coin.txid, coin.index)]);
      expect(tx.outputs).to.deep.equal([{ amount: BURST_AMOUNT, address: to }]);
      expect(feeOf(tx)).to.equal(Math.ceil((tx.bytes.length * 3_000) / 1_000));
      expect(checkSignatures(tx, network.idBytes).ok).to.equal(true);
    }
  });
});
