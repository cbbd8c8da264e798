/**
 * Finds again what was paid to a wallet of which nothing is left but its words: address after
 * address, until many in a row were never used (BIP 44, "Account discovery").
 */

import { toHex } from '../../shared/bytes.js';
import type { AddressHash } from '../../shared/units.js';
import { AccountKeys, ADDRESS_KINDS } from './accountKeys.js';
import {
  ACCOUNTS_MAX,
  addAccount,
  addressesOf,
  findAccount,
  GAP,
  withAllKeys,
  withGiven,
  type Account,
  type WalletDocument,
} from './document.js';
import type { Ledger } from './ledger.js';

/** Whether anybody ever paid `address`, or is about to. */
export const isUsed = (ledger: Ledger, address: AddressHash): boolean =>
  ledger.history(address, { count: 1, before: undefined }).length > 0 ||
  ledger.waitingOf(address).length > 0;

/** The document with all addresses of its accounts that were used counted as given out. */
export const withUsed = (document: WalletDocument, ledger: Ledger): WalletDocument =>
  document.accounts.reduce((at, account) => raised(at, account, ledger), document);

/** The same, and with keys for all that come next, however far that leads. */
export function withAllUsed(
  document: WalletDocument,
  seed: Uint8Array,
  ledger: Ledger,
): WalletDocument {
  let at = withAllKeys(document, seed);
  for (;;) {
    const next = withUsed(at, ledger);
    if (next === at) return at;
    at = withAllKeys(next, seed);
  }
}

/** Accounts in a row that nobody used, after which a search ends: people make some ahead. */
export const ACCOUNT_GAP = 20;

/**
 * The document with the accounts that were used added, and those between them, named by `nameOf`. A
 * wallet has one account at least.
 */
export function discover(
  document: WalletDocument,
  seed: Uint8Array,
  { ledger, nameOf }: { readonly ledger: Ledger; readonly nameOf: (number: number) => string },
): WalletDocument {
  let at = withAllUsed(document, seed, ledger);
  for (;;) {
    const { length } = at.accounts;
    const wanted = Math.max(lastUsed(length, seed, ledger) + 1, 1);
    if (wanted <= length) return at;
    for (let number = length; number < wanted; number++) {
      const added = addAccount(at, freeName(at, nameOf(number)), seed);
      if (!added.ok) return at;
      at = added.value;
    }
    at = withAllUsed(at, seed, ledger);
  }
}

/** Whether the addresses that come next are those of the words, and not somebody else's. */
export function isOfSeed({ accounts }: WalletDocument, seed: Uint8Array): boolean {
  return accounts.every(({ number, addresses }) => {
    const pairs = new AccountKeys(seed, number);
    return ADDRESS_KINDS.every((kind) => {
      const { given, keys } = addresses[kind];
      const first = Math.max(0, given - GAP);
      return keys
        .slice(first, given + GAP)
        .every((key, i) => key === toHex(pairs.keyPair(kind, first + i).key));
    });
  });
}

/** The last of the accounts from number `from` on that was used; -1 where none was. */
function lastUsed(from: number, seed: Uint8Array, ledger: Ledger): number {
  const count = Math.max(0, Math.min(ACCOUNT_GAP, ACCOUNTS_MAX - from));
  const accounts = Array.from({ length: count }, (_, i) => firstAddresses(seed, from + i));
  ledger.need(accounts.flat());
  const last = accounts.findLastIndex((first) => first.some((one) => isUsed(ledger, one)));
  return last === -1 ? -1 : from + last;
}

function firstAddresses(seed: Uint8Array, account: number): readonly AddressHash[] {
  const keys = new AccountKeys(seed, account);
  return Array.from({ length: GAP }, (_, i) => keys.keyPair('receive', i).address);
}

/** `name`, or the next one like it that no account has: people choose names, too. */
function freeName(document: WalletDocument, name: string): string {
  let free = name;
  for (let i = 2; findAccount(document, free).ok; i++) free = `${name}-${String(i)}`;
  return free;
}

/** `document` itself where nothing was used beyond what is known. */
function raised(document: WalletDocument, account: Account, ledger: Ledger): WalletDocument {
  const counts = ADDRESS_KINDS.map((kind) => {
    const { given } = account.addresses[kind];
    const ahead = addressesOf(account, kind, given + GAP).slice(given);
    ledger.need(ahead);
    return [kind, given + ahead.findLastIndex((address) => isUsed(ledger, address)) + 1] as const;
  });
  const isMore = counts.some(([kind, count]) => count > account.addresses[kind].given);
  return isMore ? withGiven(document, account.name, Object.fromEntries(counts)) : document;
}
