/**
 * Finds again what was paid to a wallet of which nothing is left but its words: address after
 * address, until many in a row were never used (BIP 44, "Account discovery").
 */

import type { AddressHash } from '../../shared/units.js';
import { ADDRESS_KINDS } from './accountKeys.js';
import {
  addAccount,
  addressesOf,
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
export function withUsed(
  document: WalletDocument,
  seed: Uint8Array,
  ledger: Ledger,
): WalletDocument {
  let at = withAllKeys(document, seed);
  for (;;) {
    const next = at.accounts.reduce((one, account) => raised(one, account, ledger), at);
    if (next === at) return at;
    at = withAllKeys(next, seed);
  }
}

/**
 * The document with the accounts that were used added, named by `nameOf`, until one was not. A
 * wallet has one account at least.
 */
export function discover(
  document: WalletDocument,
  seed: Uint8Array,
  { ledger, nameOf }: { readonly ledger: Ledger; readonly nameOf: (number: number) => string },
): WalletDocument {
  let at = withUsed(document, seed, ledger);
  for (;;) {
    const added = addAccount(at, nameOf(at.accounts.length), seed);
    if (!added.ok) return at;
    const account = added.value.accounts.at(-1);
    const isFirst = at.accounts.length === 0;
    if (!isFirst && (account === undefined || !wasUsed(account, ledger))) return at;
    at = withUsed(added.value, seed, ledger);
  }
}

const wasUsed = (account: Account, ledger: Ledger): boolean =>
  addressesOf(account, 'receive', GAP).some((address) => isUsed(ledger, address));

/** `document` itself where nothing was used beyond what is known. */
function raised(document: WalletDocument, account: Account, ledger: Ledger): WalletDocument {
  const counts = ADDRESS_KINDS.map((kind) => {
    const { given } = account.addresses[kind];
    const ahead = addressesOf(account, kind, given + GAP).slice(given);
    return [kind, given + ahead.findLastIndex((address) => isUsed(ledger, address)) + 1] as const;
  });
  const isMore = counts.some(([kind, count]) => count > account.addresses[kind].given);
  return isMore ? withGiven(document, account.name, Object.fromEntries(counts)) : document;
}
