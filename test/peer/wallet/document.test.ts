import { expect } from 'chai';
import { AccountKeys, ADDRESS_KINDS } from '../../../peer/wallet/accountKeys.js';
import {
  ACCOUNTS_MAX,
  addAccount,
  addressesOf,
  allPaths,
  emptyDocument,
  findAccount,
  GAP,
  giveAddress,
  KEYS_AHEAD,
  keyBytes,
  recordPayment,
  watch,
  WATCHED_MAX,
  withAllKeys,
  withGiven,
  withoutPayments,
  type Changed,
  type WalletDocument,
} from '../../../peer/wallet/document.js';
import { parseDocument, printDocument } from '../../../peer/wallet/documentJson.js';
import { addressOf } from '../../../shared/consensus/address.js';
import type { AddressHash, Txid, UnixSeconds } from '../../../shared/units.js';
import { makeNetwork } from '../../support/blocks.js';
import { must, SEED } from '../../support/purse.js';

const EMPTY = emptyDocument(makeNetwork().id);
const codeOf = (changed: Changed): string => (changed.ok ? 'none' : changed.error.code);
const withAlice = must(addAccount(EMPTY, 'Alice', SEED));
const never = (): boolean => false;

describe('wallet/document', () => {
  it('names accounts, and numbers their keys', () => {
    const both = must(addAccount(withAlice, 'Bob', SEED));
    expect(both.accounts.map(({ name, number }) => `${name} ${number}`)).to.deep.equal([
      ...['Alice 0', 'Bob 1'],
    ]);
    const pair = new AccountKeys(SEED, 1).keyPair('change', 3);
    expect(addressesOf(must(findAccount(both, 'BOB')), 'change')[3]).to.equal(pair.address);
    expect(codeOf(addAccount(both, 'alice', SEED))).to.equal('account-exists');
    for (const name of ['', ' x', 'a b', 'x'.repeat(33), '-a', 'ä']) {
      expect(codeOf(addAccount(both, name, SEED)), name).to.equal('bad-name');
    }
    const missing = findAccount(both, 'Carol');
    expect(missing.ok ? undefined : missing.error).to.deep.equal({
      ...{ code: 'no-account', name: 'Carol', known: ['Alice', 'Bob'] },
    });
  });

  it('has no more accounts than its limit', () => {
    let full: WalletDocument = withAlice;
    const [first] = withAlice.accounts;
    if (first === undefined) return expect.fail();
    const more = Array.from({ length: ACCOUNTS_MAX - 1 }, (_, i) => {
      return { ...first, name: `a${i}`, number: i + 1 };
    });
    full = { ...full, accounts: [first, ...more] };
    expect(codeOf(addAccount(full, 'last', SEED))).to.equal('too-many-accounts');
  });

  it('gives out address after address, each once', () => {
    let document = withAlice;
    const seen: AddressHash[] = [];
    for (let i = 0; i < GAP; i++) {
      const given = must(giveAddress(document, 'alice', never));
      ({ document } = given);
      seen.push(given.address);
    }
    expect(seen).to.deep.equal(addressesOf(must(findAccount(document, 'Alice')), 'receive', GAP));
  });

  it('gives the first unused one again where a search from the words would miss the next', () => {
    const document = withGiven(withAlice, 'Alice', { receive: GAP + 2 });
    const all = addressesOf(must(findAccount(document, 'Alice')), 'receive');
    const again = must(giveAddress(document, 'Alice', (address) => address === all[1]));
    expect(again.address).to.equal(all[2]);
    expect(again.document).to.equal(document);
    const next = must(giveAddress(document, 'Alice', (address) => address === all[2]));
    expect(next.address).to.equal(all[GAP + 2]);
  });

  it('has addresses for a while without its words, and no more then', () => {
    const used = withGiven(withAlice, 'Alice', { receive: KEYS_AHEAD });
    const dry = giveAddress(used, 'Alice', () => true);
    expect(dry.ok ? '' : dry.error.code).to.equal('wallet-locked');
    const filled = withAllKeys(used, SEED);
    const keys = must(findAccount(filled, 'Alice')).addresses.receive.keys;
    expect(keys).to.have.length(2 * KEYS_AHEAD);
    expect(new Set(keys).size).to.equal(keys.length);
    expect(must(giveAddress(filled, 'Alice', () => true)).address).to.equal(
      new AccountKeys(SEED, 0).keyPair('receive', KEYS_AHEAD).address,
    );
  });

  it('has the address of each of its keys, also of those that come later or from a file', () => {
    const filled = withAllKeys(withGiven(withAlice, 'Alice', { receive: 30, change: 7 }), SEED);
    for (const document of [withAlice, filled, must(parseDocument(printDocument(filled)))]) {
      for (const kind of ADDRESS_KINDS) {
        const account = must(findAccount(document, 'Alice'));
        const expected = account.addresses[kind].keys.map((key) => addressOf(keyBytes(key)));
        expect(addressesOf(account, kind)).to.deep.equal(expected);
      }
    }
  });

  it('never counts back', () => {
    const document = withGiven(withAlice, 'Alice', { receive: 7, change: 2 });
    const less = withGiven(document, 'Alice', { receive: 3 });
    const { receive, change } = must(findAccount(less, 'Alice')).addresses;
    expect([receive.given, change.given]).to.deep.equal([7, 2]);
  });

  it('finds whose an address is', () => {
    const path = allPaths(withAlice.accounts).get(
      new AccountKeys(SEED, 0).keyPair('change', 9).address,
    );
    expect([path?.account.name, path?.kind, path?.number]).to.deep.equal(['Alice', 'change', 9]);
  });

  it('watches addresses, with a label that fits into a line', () => {
    const address = 'ab'.repeat(20) as AddressHash;
    expect(must(watch(EMPTY, { address, label: 'the till' })).watched).to.have.length(1);
    for (const label of ['x'.repeat(65), 'a\nb', '\u001b[31m', '\u202e']) {
      expect(codeOf(watch(EMPTY, { address, label })), JSON.stringify(label)).to.equal('bad-label');
    }
    const watched = Array.from({ length: WATCHED_MAX }, () => ({ address, label: '' }));
    const full = { ...EMPTY, watched };
    expect(codeOf(watch(full, { address, label: '' }))).to.equal('too-many-watched');
  });

  it('keeps a payment once, and lets it go', () => {
    const txid = 'cd'.repeat(32) as Txid;
    const createdUnix = 1_800_000_000 as UnixSeconds;
    const made = { txid, bytes: Uint8Array.of(1), account: 'Alice', createdUnix };
    const document = must(recordPayment(must(recordPayment(withAlice, made)), made));
    expect(document.payments).to.have.length(1);
    expect(withoutPayments(document, new Set([txid])).payments).to.deep.equal([]);
    const full = { ...withAlice, payments: new Array(1_000).fill({ ...made, txid: '' }) as never };
    expect(codeOf(recordPayment(full, made))).to.equal('too-many-payments');
  });
});
