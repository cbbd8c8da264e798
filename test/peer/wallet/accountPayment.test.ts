import { expect } from 'chai';
import {
  MEMO_BYTES_MAX,
  ownPaths,
  payerOf,
  planFromAccount,
  recordSigned,
} from '../../../peer/wallet/accountPayment.js';
import { addressesOf } from '../../../peer/wallet/document.js';
import { genesisCoin, makeNetwork, owner, pay, spend } from '../../support/blocks.js';
import { PlainLedger } from '../../support/plainLedger.js';
import { must, Purse } from '../../support/purse.js';

const network = makeNetwork({ maturity: 1 });

/** A purse with `count` coins of 10,000. */
function funded(count: number): { purse: Purse; ledger: PlainLedger } {
  const ledger = new PlainLedger(network);
  const purse = new Purse(network, ledger, ['Alice', 'Bob']);
  const to = purse.address();
  const gifts = Array.from({ length: count }, (_, i) =>
    spend(network, {
      coins: [genesisCoin(network, i)],
      outputs: [{ ...pay(owner(0), 10_000), address: to }],
    }),
  );
  ledger.mine(owner(1), gifts);
  return { purse, ledger };
}

const changeOf = (purse: Purse) => addressesOf(purse.account(), 'change');

describe('wallet/accountPayment', () => {
  it('pays change to one address after the other', () => {
    const { purse, ledger } = funded(3);
    const used = [0, 1, 2].map(() => {
      const tx = purse.send(owner(2).address, 6_000);
      ledger.mine(owner(1), [tx]);
      return tx.outputs.map(({ address }) => address);
    });
    for (const [i, addresses] of used.entries()) {
      expect(addresses, String(i)).to.include(changeOf(purse)[i]);
    }
    expect(purse.account().addresses.change.given).to.equal(3);
  });

  it('leaves no gap where payments came to nothing', () => {
    const { purse } = funded(1);
    const { document } = purse;
    for (let i = 0; i < 3; i++) {
      const tx = purse.sign(owner(2).address, 6_000);
      expect(tx.outputs.map(({ address }) => address)).to.include(changeOf(purse)[0]);
      purse.record(tx);
      const { accounts } = purse.document;
      purse.document = { ...document, accounts };
    }
  });

  it('does not give the change of two payments that wait to one address', () => {
    const { purse } = funded(2);
    const txs = [0, 1].map(() => {
      const tx = purse.sign(owner(2).address, 6_000);
      purse.record(tx);
      return tx;
    });
    const change = txs.map(({ outputs }) => outputs.find(({ amount }) => amount !== 6_000));
    expect(change.map((one) => one?.address)).to.deep.equal(changeOf(purse).slice(0, 2));
  });

  it('names the keys of all that it spends, and of the change', () => {
    const { purse } = funded(2);
    const wish = { account: purse.account(), to: owner(2).address, amount: 15_000, feeRate: 0 };
    const plan = must(
      planFromAccount({ ...wish, memo: new Uint8Array(0) }, purse.ledger, purse.tracked),
    );
    expect(plan.paths).to.deep.equal([
      { account: 0, kind: 'receive', number: 0 },
      { account: 0, kind: 'change', number: 0 },
    ]);
    const tx = purse.sign(purse.address('Bob'), 15_000);
    expect(ownPaths(purse.document, tx)).to.have.deep.members([
      { account: 0, kind: 'receive', number: 0 },
      { account: 0, kind: 'change', number: 0 },
      { account: 1, kind: 'receive', number: 0 },
    ]);
    expect(payerOf(purse.document, tx)?.name).to.equal('Alice');
  });

  it('pays its change to the last address again where no key is left', () => {
    const { purse } = funded(1);
    const { change } = purse.account().addresses;
    const all = addressesOf(purse.account(), 'change');
    for (const address of all) purse.ledger.mine({ ...owner(0), address });
    const wish = { account: purse.account(), to: owner(2).address, amount: 1_000, feeRate: 0 };
    const plan = must(
      planFromAccount({ ...wish, memo: new Uint8Array(0) }, purse.ledger, purse.tracked),
    );
    expect(plan.changeTo).to.equal(all.at(-1));
    expect(change.keys).to.have.length(all.length);
  });

  it('knows that a payment is not its own', () => {
    const { purse } = funded(0);
    const coins = [genesisCoin(network, 0)];
    const tx = spend(network, { coins, outputs: [pay(owner(2), 5)] });
    expect(payerOf(purse.document, tx)).to.equal(undefined);
  });

  it('refuses a payment whose coins another one spends that may still come', () => {
    const { purse } = funded(1);
    const [first, second] = [1_000, 2_000].map((amount) => purse.sign(owner(2).address, amount));
    if (first === undefined || second === undefined) return expect.fail();
    purse.record(first);
    const made = { ...purse.document.payments[0], txid: second.txid, bytes: second.bytes };
    const recorded = recordSigned(purse.document, made as never, purse.tracked);
    expect(recorded.ok ? undefined : recorded.error).to.deep.equal({
      ...{ code: 'coins-taken', txid: first.txid },
    });
    purse.record(first);
    expect(purse.document.payments).to.have.length(1);
  });

  it('counts what it pays to other accounts of its own as given out', () => {
    const { purse } = funded(1);
    const [, , third] = addressesOf(purse.account('Bob'), 'receive');
    purse.record(purse.sign(third ?? owner(0).address, 1_000));
    expect(purse.account('Bob').addresses.receive.given).to.equal(3);
  });

  it('refuses a memo that is too long', () => {
    const { purse } = funded(1);
    const wish = { account: purse.account(), to: owner(2).address, amount: 1, feeRate: 0 };
    const plan = (length: number) =>
      planFromAccount({ ...wish, memo: new Uint8Array(length) }, purse.ledger, purse.tracked);
    expect(plan(MEMO_BYTES_MAX).ok).to.equal(true);
    const long = plan(MEMO_BYTES_MAX + 1);
    expect(long.ok ? '' : long.error.code).to.equal('memo-too-long');
  });
});
