import { expect } from 'chai';
import { AccountKeys } from '../../../peer/wallet/accountKeys.js';
import {
  ACCOUNT_GAP,
  discover,
  isOfSeed,
  withAllUsed,
  withUsed,
} from '../../../peer/wallet/discovery.js';
import {
  emptyDocument,
  GAP,
  KEYS_AHEAD,
  type WalletDocument,
} from '../../../peer/wallet/document.js';
import { makeNetwork, owner } from '../../support/blocks.js';
import { PlainLedger } from '../../support/plainLedger.js';
import { Purse, SEED } from '../../support/purse.js';

const network = makeNetwork({ maturity: 1 });
const nameOf = (number: number): string => `account-${number + 1}`;

const restore = (ledger: PlainLedger): WalletDocument =>
  discover(emptyDocument(network.id), SEED, { ledger, nameOf });

const givenIn = ({ accounts }: WalletDocument): string[] =>
  accounts.map(
    ({ name, addresses }) => `${name} ${addresses.receive.given} ${addresses.change.given}`,
  );

function mineTo(ledger: PlainLedger, account: number, kind: 'receive' | 'change', number: number) {
  const { address } = new AccountKeys(SEED, account).keyPair(kind, number);
  ledger.mine({ ...owner(0), address });
}

describe('wallet/discovery', () => {
  it('makes one account of words that nobody used', () => {
    expect(givenIn(restore(new PlainLedger(network)))).to.deep.equal(['account-1 0 0']);
  });

  it('looks at twenty addresses more than the last one that was used', () => {
    const ledger = new PlainLedger(network);
    mineTo(ledger, 0, 'receive', GAP - 1);
    mineTo(ledger, 0, 'receive', 2 * GAP - 1);
    mineTo(ledger, 0, 'receive', 3 * GAP);
    mineTo(ledger, 0, 'change', 4);
    expect(givenIn(restore(ledger))).to.deep.equal([`account-1 ${2 * GAP} 5`]);
  });

  it('goes on beyond all keys that it had made', () => {
    const ledger = new PlainLedger(network);
    for (let at = GAP - 1; at < 2 * KEYS_AHEAD; at += GAP) mineTo(ledger, 0, 'receive', at);
    expect(givenIn(restore(ledger))).to.deep.equal([`account-1 ${2 * KEYS_AHEAD} 0`]);
  });

  it('goes from account to account, over those that nobody used', () => {
    const ledger = new PlainLedger(network);
    mineTo(ledger, 0, 'receive', 0);
    mineTo(ledger, 1, 'receive', 3);
    mineTo(ledger, 3, 'receive', 0);
    expect(givenIn(restore(ledger))).to.deep.equal([
      ...['account-1 1 0', 'account-2 4 0', 'account-3 0 0', 'account-4 1 0'],
    ]);
  });

  it('ends after twenty accounts in a row that nobody used', () => {
    const ledger = new PlainLedger(network);
    mineTo(ledger, ACCOUNT_GAP + 1, 'receive', 0);
    expect(restore(ledger).accounts).to.have.length(1);
    mineTo(ledger, 1, 'receive', 0);
    expect(restore(ledger).accounts).to.have.length(ACCOUNT_GAP + 2);
  });

  it('adds to accounts that are there already, and takes no name twice', () => {
    const ledger = new PlainLedger(network);
    const { document } = new Purse(network, ledger, ['account-2']);
    mineTo(ledger, 1, 'receive', 0);
    const found = discover(document, SEED, { ledger, nameOf });
    expect(givenIn(found)).to.deep.equal(['account-2 0 0', 'account-2-2 1 0']);
    expect(discover(found, SEED, { ledger, nameOf })).to.equal(found);
  });

  it('sees what waits, too', () => {
    const ledger = new PlainLedger(network);
    const purse = new Purse(network, ledger, ['Alice', 'Bob']);
    mineTo(ledger, 0, 'receive', 0);
    ledger.mine(owner(0));
    purse.send(purse.address('Bob'), 1_000);
    expect(givenIn(restore(ledger))).to.deep.equal(['account-1 1 1', 'account-2 1 0']);
  });

  it('gives the same balance as the wallet that was lost', () => {
    const ledger = new PlainLedger(network);
    const purse = new Purse(network, ledger);
    ledger.mine({ ...owner(0), address: purse.address() });
    ledger.mine(owner(0));
    for (let i = 0; i < 5; i++) {
      purse.send(owner(2).address, 100);
      ledger.mine(
        owner(1),
        ledger.pool.map(({ tx }) => tx),
      );
    }
    const again = new Purse(network, ledger);
    again.document = restore(ledger);
    expect(again.balance('account-1')).to.deep.equal(purse.balance());
  });

  it('changes nothing where nothing is new', () => {
    const ledger = new PlainLedger(network);
    const { document } = new Purse(network, ledger);
    expect(withUsed(document, ledger)).to.equal(document);
    expect(withAllUsed(document, SEED, ledger).accounts).to.deep.equal(document.accounts);
  });

  it('tells addresses of other words from its own', () => {
    const { document } = new Purse(network, new PlainLedger(network), ['Alice', 'Bob']);
    expect(isOfSeed(document, SEED)).to.equal(true);
    expect(isOfSeed(document, new Uint8Array(64))).to.equal(false);
    const foreign = new Purse(network, new PlainLedger(network)).document.accounts[0];
    const [alice, bob] = document.accounts;
    if (alice === undefined || bob === undefined || foreign === undefined) return expect.fail();
    const { receive, change } = bob.addresses;
    const swapped = { ...receive, keys: foreign.addresses.receive.keys };
    const forged = { ...bob, addresses: { change, receive: swapped } };
    expect(isOfSeed({ ...document, accounts: [alice, forged] }, SEED)).to.equal(false);
  });
});
