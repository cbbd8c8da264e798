import { expect } from 'chai';
import { describeRestored } from '../../cli/walletRestore.js';

const balance = { confirmed: 700, pending: 50, immature: 0, spendable: 700 };
const accounts = [
  { name: 'main', number: 0, addresses: 3, balance },
  { name: 'account-2', number: 1, addresses: 1, balance: { ...balance, pending: 0 } },
];
const counts = { accounts: 2, watched: 0, payments: 0 };
const wallet = { state: 'unlocked', locksAt: null, ...counts } as const;

const FOUND = [
  'The wallet is unlocked until cairn wallet lock: 2 accounts, 0 watched addresses, ' +
    '0 payments looked after until 100 blocks deep.',
  'Found:',
  'main       3 addresses  750',
  'account-2  1 address    700',
];
const LOOKS_AGAIN =
  'More may be found: it looks again while the wallet is unlocked, and at each ' +
  'cairn wallet unlock.';

const lines = (synced: boolean, height: number, headerHeight: number): string[] =>
  describeRestored({ wallet, accounts, status: { synced, height, headerHeight } }).split('\n');

describe('cli/walletRestore', () => {
  it('says what was found, and no more where the node has the whole chain', () => {
    expect(lines(true, 9, 9)).to.deep.equal(FOUND);
    // A block that has just been announced.
    expect(lines(true, 9, 10)).to.deep.equal(FOUND);
  });

  it('says how far the node is while it lacks blocks, and that more may be found', () => {
    expect(lines(false, 3, 9)).to.deep.equal([
      ...[...FOUND, '', 'The node does not have the whole chain yet: it is at block 3 of 9.'],
      LOOKS_AGAIN,
    ]);
  });

  it('does not call a chain incomplete of which the node has all that it knows', () => {
    for (const headerHeight of [7, 6]) {
      expect(lines(false, 7, headerHeight)).to.deep.equal([
        ...[
          ...FOUND,
          '',
          'The node is at block 7, and does not know yet whether others have more.',
        ],
        LOOKS_AGAIN,
      ]);
    }
  });
});
