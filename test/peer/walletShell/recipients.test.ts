import { expect } from 'chai';
import { encodeAddress } from '../../../shared/consensus/address.js';
import { addressIn, recipient } from '../../../peer/walletShell/recipients.js';
import { makeNetwork, owner } from '../../support/blocks.js';
import { PlainLedger } from '../../support/plainLedger.js';
import { Purse } from '../../support/purse.js';

const network = makeNetwork({ maturity: 1 });
const { prefix } = network.params;

describe('walletShell/recipients', () => {
  it('reads an address of its network, and shows of anything else what a line can hold', () => {
    const { address } = owner(2);
    expect(addressIn(encodeAddress(prefix, address), prefix)).to.deep.include({ value: address });
    const other = addressIn('no\u001b[2Jaddress', prefix);
    expect(other.ok ? undefined : other.error).to.deep.equal({
      ...{ code: 'bad-address', text: 'no?[2Jaddress', prefix },
    });
  });

  it('pays an account at its first address that nobody paid yet', () => {
    const ledger = new PlainLedger(network);
    const purse = new Purse(network, ledger, ['Alice']);
    const parts = () => ({ document: purse.document, ledger, prefix });
    const first = recipient('alice', parts());
    if (!first.ok) return expect.fail();
    ledger.mine({ ...owner(0), address: first.value });
    const second = recipient('Alice', parts());
    expect(second.ok && second.value).to.not.equal(first.value);
  });
});
