import { expect } from 'chai';
import { Holdings, watchedAddresses } from '../../../peer/wallet/holdings.js';
import { GAP } from '../../../peer/wallet/document.js';
import { ALLOCATION, genesisCoin, makeNetwork, owner, pay, spend } from '../../support/blocks.js';
import { PlainLedger } from '../../support/plainLedger.js';
import { Purse } from '../../support/purse.js';

const network = makeNetwork({ maturity: 3 });
const MINED = 5_000;

function made(...accounts: string[]): { purse: Purse; ledger: PlainLedger } {
  const ledger = new PlainLedger(network);
  return { ledger, purse: new Purse(network, ledger, accounts.length > 0 ? accounts : undefined) };
}

/** A payment of somebody else's to the purse. */
const gift = (purse: Purse, amount: number, from = 0) =>
  spend(network, {
    coins: [genesisCoin(network, from)],
    outputs: [{ ...pay(owner(0), amount), address: purse.address() }],
  });

const four = (confirmed: number, pending: number, immature: number, spendable: number) => ({
  ...{ confirmed, pending, immature, spendable },
});

describe('wallet/holdings', () => {
  it('calls mined coins immature until the next block may spend them', () => {
    const { purse, ledger } = made();
    ledger.mine({ ...owner(3), address: purse.address() });
    for (let i = 1; i < network.params.maturity; i++) {
      expect(purse.balance()).to.deep.equal(four(0, 0, MINED, 0));
      ledger.mine(owner(1));
    }
    expect(purse.balance()).to.deep.equal(four(MINED, 0, 0, MINED));
  });

  it('lets coins of genesis be spent at once', () => {
    const { ledger } = made();
    const holdings = new Holdings(ledger, []);
    const addresses = [owner(0).address, owner(1).address];
    const all = 2 * ALLOCATION;
    expect(holdings.balance(addresses)).to.deep.equal(four(all, 0, 0, all));
  });

  it('counts what others send as pending, and does not pay with it', () => {
    const { purse, ledger } = made();
    ledger.submit(gift(purse, 700));
    expect(purse.balance()).to.deep.equal(four(0, 700, 0, 0));
    expect(() => purse.sign(owner(2).address, 1)).to.throw('not-enough');
  });

  it('pays with its own change as soon as the node has the payment', () => {
    const { purse, ledger } = made();
    const paid = gift(purse, 10_000);
    ledger.submit(paid);
    ledger.mine(owner(1), [paid]);
    const tx = purse.sign(owner(2).address, 1_000);
    const change = 10_000 - 1_000 - tx.bytes.length;
    purse.record(tx);
    expect(purse.balance()).to.deep.equal(four(0, change, 0, 0));
    ledger.submit(tx);
    expect(purse.balance()).to.deep.equal(four(0, change, 0, change));
    const next = purse.sign(owner(2).address, 50);
    expect(next.inputs.map(({ txid }) => txid)).to.deep.equal([tx.txid]);
  });

  it('takes coins of the chain before change that waits', () => {
    const { purse, ledger } = made();
    const paid = [gift(purse, 10_000), gift(purse, 800, 1)];
    for (const one of paid) ledger.submit(one);
    ledger.mine(owner(1), paid);
    purse.send(owner(2).address, 5_000);
    const tx = purse.sign(owner(2).address, 100);
    expect(tx.inputs.map(({ txid }) => txid)).to.deep.equal([paid[1]?.txid]);
  });

  it('chooses no coin twice, though a payment was not sent yet', () => {
    const { purse, ledger } = made();
    const paid = gift(purse, 10_000);
    ledger.mine(owner(1), [paid]);
    purse.record(purse.sign(owner(2).address, 100));
    expect(() => purse.sign(owner(2).address, 100)).to.throw('not-enough');
  });

  it('counts a payment between two accounts on both sides', () => {
    const { purse, ledger } = made('Alice', 'Bob');
    ledger.mine(owner(1), [gift(purse, 10_000)]);
    const tx = purse.send(purse.address('Bob'), 4_000);
    const fee = tx.bytes.length;
    expect(purse.balance('Alice').pending).to.equal(6_000 - fee);
    expect(purse.balance('Bob').pending).to.equal(4_000);
    ledger.mine(owner(1), [tx]);
    expect(purse.balance('Bob')).to.deep.equal(four(4_000, 0, 0, 4_000));
  });

  it('sees what is paid to addresses that were never given out, up to the gap', () => {
    const { purse, ledger } = made();
    const addresses = watchedAddresses(purse.account());
    expect(addresses).to.have.length(2 * GAP);
    ledger.mine({ ...owner(0), address: addresses[GAP - 1] ?? owner(0).address });
    expect(purse.balance().immature).to.equal(MINED);
  });
});
