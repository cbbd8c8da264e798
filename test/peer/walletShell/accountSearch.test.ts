import { expect } from 'chai';
import { AccountKeys } from '../../../peer/wallet/accountKeys.js';
import { emptyDocument, type WalletDocument } from '../../../peer/wallet/document.js';
import { AccountSearch } from '../../../peer/walletShell/accountSearch.js';
import { makeNetwork, owner } from '../../support/blocks.js';
import { PlainLedger } from '../../support/plainLedger.js';
import { SEED } from '../../support/purse.js';

const network = makeNetwork({ maturity: 1 });
const namesIn = ({ accounts }: WalletDocument): string[] => accounts.map(({ name }) => name);

function mineTo(ledger: PlainLedger, account: number): void {
  const { address } = new AccountKeys(SEED, account).keyPair('receive', 0);
  ledger.mine({ ...owner(0), address });
}

describe('walletShell/accountSearch', () => {
  it('goes on while the node lacks blocks, and once when it has them', () => {
    const ledger = new PlainLedger(network);
    let isSynced = false;
    const search = new AccountSearch({ firstAccount: 'alice', isSynced: () => isSynced });
    let document = search.search(emptyDocument(network.id), SEED, ledger);
    expect(namesIn(document)).to.deep.equal(['alice']);
    mineTo(ledger, 1);
    document = search.goOn(document, SEED, ledger);
    expect(namesIn(document)).to.deep.equal(['alice', 'account-2']);
    mineTo(ledger, 2);
    isSynced = true;
    document = search.goOn(document, SEED, ledger);
    expect(namesIn(document)).to.have.length(3);
    // Made elsewhere later: found at the next unlocking.
    mineTo(ledger, 3);
    expect(search.goOn(document, SEED, ledger)).to.equal(document);
    const opened = search.open(document, SEED, ledger);
    expect([namesIn(opened).length, search.isOver]).to.deep.equal([3, false]);
    expect(namesIn(search.goOn(opened, SEED, ledger))).to.have.length(4);
  });

  it('needs the seed for more than the addresses that are known', () => {
    const ledger = new PlainLedger(network);
    const search = new AccountSearch({ firstAccount: undefined, isSynced: () => false });
    const document = search.search(emptyDocument(network.id), SEED, ledger);
    mineTo(ledger, 0);
    mineTo(ledger, 1);
    const locked = search.goOn(document, undefined, ledger);
    expect(namesIn(locked)).to.deep.equal(['main']);
    expect(locked.accounts[0]?.addresses.receive.given).to.equal(1);
  });
});
