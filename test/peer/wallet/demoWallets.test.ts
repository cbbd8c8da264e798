import { expect } from 'chai';
import {
  demoAddress,
  makeDemoAccounts,
  makePassphrase,
  parseDemoWallets,
  printDemoWallets,
  type DemoWallets,
} from '../../../peer/wallet/demoWallets.js';
import { systemEntropy } from '../../../shared/io/systemEntropy.js';
import type { BlockHash } from '../../../shared/units.js';
import { FIRST_ADDRESS, WORDS } from '../../support/purse.js';

const NAMES = ['Alice', 'Bob'];
const ACCOUNTS = makeDemoAccounts(NAMES, systemEntropy);
const passphrase = makePassphrase(systemEntropy);
const WALLETS: DemoWallets = {
  ...{ networkId: 'ab'.repeat(32) as BlockHash, passphrase, accounts: ACCOUNTS },
};

describe('wallet/demoWallets', () => {
  it('have words and a first address of their own each', () => {
    expect(ACCOUNTS.map(({ name }) => name)).to.deep.equal(NAMES);
    expect(new Set(ACCOUNTS.map(demoAddress)).size).to.equal(2);
    const known = { name: 'Alice', words: WORDS as (typeof ACCOUNTS)[number]['words'] };
    expect(demoAddress(known)).to.equal(FIRST_ADDRESS);
  });

  it('come back from the file as they were', () => {
    expect(parseDemoWallets(printDemoWallets(WALLETS))).to.deep.equal(WALLETS);
  });

  it('are none where the file is not theirs, or a word of it is wrong', () => {
    const wrong: readonly unknown[] = [
      ...[null, 7, [], {}],
      { ...WALLETS, networkId: 1 },
      { ...WALLETS, passphrase: undefined },
      { ...WALLETS, accounts: 'Alice' },
      { ...WALLETS, accounts: [...ACCOUNTS, null] },
      { ...WALLETS, accounts: [{ name: 'Alice', words: WORDS.replace('about', 'abuot') }] },
      { ...WALLETS, accounts: [{ words: WORDS }] },
    ];
    for (const one of wrong) expect(parseDemoWallets(JSON.stringify(one))).to.equal(undefined);
    expect(parseDemoWallets('{')).to.equal(undefined);
  });
});
