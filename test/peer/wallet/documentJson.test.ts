import { expect } from 'chai';
import { parseDocument, printDocument } from '../../../peer/wallet/documentJson.js';
import { watch, type WalletDocument } from '../../../peer/wallet/document.js';
import { makeNetwork, owner } from '../../support/blocks.js';
import { PlainLedger } from '../../support/plainLedger.js';
import { must, Purse } from '../../support/purse.js';

const network = makeNetwork();

/** Of a wallet with two accounts, a watched address and a payment. */
function full(): WalletDocument {
  const ledger = new PlainLedger(network);
  const purse = new Purse(network, ledger, ['Alice', 'Bob']);
  const to = { ...owner(3), address: purse.address() };
  ledger.mine(to);
  ledger.mine(owner(1));
  for (let i = 0; i < network.params.maturity; i++) ledger.mine(owner(1));
  purse.send(owner(2).address, 100);
  return must(watch(purse.document, { address: owner(4).address, label: 'Jürgen’s till' }));
}

describe('wallet/documentJson', () => {
  it('reads what it wrote', () => {
    const document = full();
    expect(document.payments).to.have.length(1);
    expect(must(parseDocument(printDocument(document)))).to.deep.equal(document);
  });

  it('tells a document of a newer version from a damaged one', () => {
    const newer = parseDocument('{"cairnWallet":2,"what":"ever"}');
    expect(newer.ok ? '' : newer.error).to.equal('newer');
  });

  it('takes nothing that is cut off', () => {
    const text = printDocument(full()).trimEnd();
    for (let length = 0; length < text.length; length += 97) {
      const cut = parseDocument(text.slice(0, length));
      expect(cut.ok ? '' : cut.error, String(length)).to.equal('damaged');
    }
  });

  it('takes no value that it would not write', () => {
    const json = JSON.parse(printDocument(full())) as Record<string, never>;
    const [alice, bob] = json['accounts'] as unknown as [Account, Account];
    const [payment] = json['payments'] as unknown as [Record<string, unknown>];
    const run = alice.addresses.receive;
    const wrong: Record<string, unknown>[] = [
      { cairnWallet: 0 },
      { networkId: 'ab' },
      { accounts: {} },
      { accounts: [null] },
      { accounts: [alice, alice], payments: [] },
      { accounts: [alice, { ...bob, name: 'ALICE' }] },
      { accounts: [alice, { ...bob, number: 0 }] },
      { accounts: [{ ...alice, name: 'a b' }, bob], payments: [] },
      { accounts: [{ ...alice, number: -1 }, bob] },
      { accounts: [{ ...alice, number: 2 ** 31 }, bob] },
      { accounts: [{ ...alice, addresses: { receive: run } }, bob] },
      { accounts: [withRun(alice, { ...run, given: 0.5 }), bob] },
      { accounts: [withRun(alice, { ...run, given: run.keys.length + 1 }), bob] },
      { accounts: [withRun(alice, { ...run, keys: ['AB'.repeat(32)], given: 0 }), bob] },
      { accounts: [bob] },
      { watched: [{ address: 'ab', label: '' }] },
      { watched: [{ address: 'ab'.repeat(20), label: 'a\nb' }] },
      { watched: new Array(2).fill({ address: 'ab'.repeat(20), label: '' }) },
      { payments: [{ ...payment, transaction: '00' }] },
      { payments: [{ ...payment, account: 'Carol' }] },
      { payments: [{ ...payment, createdUnix: -1 }] },
      { payments: [payment, payment] },
      { payments: undefined },
    ];
    expect(parseDocument(JSON.stringify(json)).ok).to.equal(true);
    for (const change of wrong) {
      const parsed = parseDocument(JSON.stringify({ ...json, ...change }));
      expect(parsed.ok ? 'none' : parsed.error, JSON.stringify(change).slice(0, 200)).to.equal(
        'damaged',
      );
    }
  });
});

interface Account {
  readonly name: string;
  readonly addresses: { readonly receive: { readonly given: number; readonly keys: string[] } };
}

const withRun = (account: Account, receive: unknown) => ({
  ...account,
  addresses: { ...account.addresses, receive },
});
