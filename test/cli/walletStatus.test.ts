import { expect } from 'chai';
import { describeWallet } from '../../cli/walletStatus.js';

describe('cli/walletStatus', () => {
  it('does not call a payment on its way that a block holds', () => {
    const wallet = {
      state: 'locked',
      locksAt: null,
      accounts: 2,
      watched: 1,
      payments: 3,
    } as const;
    expect(describeWallet(wallet)).to.equal(
      'The wallet is locked: 2 accounts, 1 watched address, ' +
        '3 payments looked after until 100 blocks deep.',
    );
  });
});
