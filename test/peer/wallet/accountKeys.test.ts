import { publicKeyOf } from '#crypto';
import { expect } from 'chai';
import { AccountKeys, ADDRESS_KINDS } from '../../../peer/wallet/accountKeys.js';
import { descendantOf, rootOf } from '../../../peer/wallet/keyTree.js';
import { addressOf } from '../../../shared/consensus/address.js';

const seed = new Uint8Array(64).fill(7);

describe('wallet/accountKeys', () => {
  it("are those at m/44'/1'/account'/kind'/number'", () => {
    for (const [kind, at] of [
      ['receive', 0],
      ['change', 1],
    ] as const) {
      const { key } = descendantOf(rootOf(seed), [44, 1, 3, at, 5]);
      const pair = new AccountKeys(seed, 3).keyPair(kind, 5);
      expect(pair.seed).to.deep.equal(key);
      expect(pair.key).to.deep.equal(publicKeyOf(key));
      expect(pair.address).to.equal(addressOf(pair.key));
    }
  });

  it('are another for each account, kind and number', () => {
    const addresses = [0, 1].flatMap((account) =>
      ADDRESS_KINDS.flatMap((kind) =>
        [0, 1, 2].map((number) => new AccountKeys(seed, account).keyPair(kind, number).address),
      ),
    );
    expect(new Set(addresses).size).to.equal(12);
  });
});
