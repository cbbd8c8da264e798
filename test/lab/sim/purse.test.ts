import { expect } from 'chai';
import { Purse } from '../../../lab/sim/purse.js';
import { simKey } from '../../../lab/sim/keys.js';
import { checkSignatures, checkTransaction } from '../../../shared/consensus/checkTransaction.js';
import { outpointKey } from '../../../shared/consensus/transaction.js';
import { seededRng } from '../../../shared/rng.js';
import type { Amount } from '../../../shared/units.js';
import type { Coin } from '../../../peer/chain/store.js';
import { makeCoinbase, makeNetwork } from '../../support/blocks.js';

const network = makeNetwork({ maturity: 5 });

describe('sim/purse', () => {
  it('pays with coins that are there and ripe, and with what it paid in the same block', () => {
    const purse = new Purse(network, seededRng(1), 3);
    const amount = 1_000_000 as Amount;
    const { address } = simKey(2);
    const coinbase = makeCoinbase({ height: 10, outputs: [{ amount, address }] });
    const coin: Coin = { amount, address, height: 10, isCoinbase: true };
    const coinAt = (outpoint: string): Coin | undefined =>
      outpoint === outpointKey(coinbase.txid, 0) ? coin : undefined;
    purse.onPaid(coinbase, [2]);
    expect(purse.payments(14, coinAt).transactions).to.deep.equal([]);
    const { transactions, fees } = purse.payments(15, coinAt);
    expect(transactions.length).to.be.within(1, 3);
    expect(fees).to.equal(transactions.length);
    for (const tx of transactions) {
      expect(checkTransaction(tx).ok).to.equal(true);
      expect(checkSignatures(tx, network.idBytes).ok).to.equal(true);
    }
    const all = Array.from({ length: 20 }, () => purse.payments(15, coinAt).transactions);
    expect(all.some(({ length }) => length > 1)).to.equal(true);
  });
});
