import { expect } from 'chai';
import { historyOf } from '../../../peer/wallet/accountHistory.js';
import { watchedAddresses } from '../../../peer/wallet/holdings.js';
import type { Place } from '../../../peer/wallet/ledger.js';
import { genesisCoin, makeNetwork, owner, pay, spend } from '../../support/blocks.js';
import { PlainLedger } from '../../support/plainLedger.js';
import { Purse } from '../../support/purse.js';

const network = makeNetwork({ maturity: 1 });

const rows = (purse: Purse, count = 10, before?: Place) =>
  historyOf(watchedAddresses(purse.account()), { count, before }, purse);

/** `state received-spent confirmations` of each row. */
const lines = (purse: Purse, count?: number, before?: Place): string[] =>
  rows(purse, count, before).map(
    ({ state, received, spent, confirmations }) =>
      `${state} +${received} -${spent} ${confirmations}`,
  );

function made() {
  const ledger = new PlainLedger(network);
  const purse = new Purse(network, ledger);
  const to = { ...owner(0), address: purse.address() };
  const gift = spend(network, { coins: [genesisCoin(network, 0)], outputs: [pay(to, 9_000)] });
  return { ledger, purse, gift };
}

describe('wallet/accountHistory', () => {
  it('tells of a payment from its signing to its block, and back again', () => {
    const { ledger, purse, gift } = made();
    ledger.submit(gift);
    expect(lines(purse)).to.deep.equal(['waiting +9000 -0 0']);
    ledger.mine(owner(1), [gift]);
    expect(lines(purse)).to.deep.equal(['confirmed +9000 -0 1']);
    const tx = purse.sign(owner(2).address, 1_000);
    purse.record(tx);
    const change = 8_000 - tx.bytes.length;
    expect(lines(purse)[0]).to.equal(`unsent +${change} -9000 0`);
    ledger.submit(tx);
    expect(lines(purse)).to.deep.equal([`waiting +${change} -9000 0`, 'confirmed +9000 -0 1']);
    ledger.mine(owner(1), [tx]);
    expect(lines(purse)).to.deep.equal([`confirmed +${change} -9000 1`, 'confirmed +9000 -0 2']);
    expect(rows(purse)[0]?.place).to.deep.equal({ height: 2, position: 1 });
    expect(rows(purse)[0]?.time).to.equal(ledger.timeOf(2));
    ledger.disconnect(2);
    expect(lines(purse)).to.have.members([`waiting +${change} -9000 0`, 'waiting +9000 -0 0']);
  });

  it('shows what failed, as long as it is kept', () => {
    const { ledger, purse, gift } = made();
    ledger.mine(owner(1), [gift]);
    const tx = purse.send(owner(2).address, 1_000);
    ledger.pool = [];
    ledger.disconnect(1);
    ledger.pool = [];
    expect(lines(purse)).to.deep.equal([`failed +${8_000 - tx.bytes.length} -9000 0`]);
  });

  it('gives it page by page, each transaction once', () => {
    const { ledger, purse } = made();
    const first = purse.address();
    for (let i = 0; i < 7; i++) {
      ledger.mine({ ...owner(0), address: i % 2 === 0 ? first : purse.address() });
    }
    ledger.mine(owner(1));
    purse.send(owner(2).address, 12_000);
    ledger.mine(
      owner(1),
      ledger.pool.map(({ tx }) => tx),
    );
    const all = rows(purse);
    expect(all).to.have.length(8);
    expect(all[0]?.spent).to.equal(15_000);
    const paged: string[] = [];
    let before: Place | undefined;
    for (;;) {
      const page = rows(purse, 3, before);
      paged.push(...page.map(({ txid }) => txid));
      before = page.at(-1)?.place;
      if (page.length < 3) break;
    }
    expect(paged).to.deep.equal(all.map(({ txid }) => txid));
  });
});
