/**
 * What a wallet keeps beside its words: accounts with the public keys of their addresses, addresses
 * that are only watched, and payments that are not safely in the chain yet. Nothing in it spends a
 * coin; each change gives a new document.
 */

import { assertDefined } from '../../shared/assert.js';
import { fromHex, toHex } from '../../shared/bytes.js';
import { addressOf } from '../../shared/consensus/address.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { AddressHash, BlockHash, Txid, UnixSeconds } from '../../shared/units.js';
import { AccountKeys, ADDRESS_KINDS, type AddressKind } from './accountKeys.js';
import type { WalletProblem } from './problem.js';

export interface WalletDocument {
  readonly networkId: BlockHash;
  readonly accounts: readonly Account[];
  readonly watched: readonly Watched[];
  /** In the order in which they were made: what spends comes after what it spends. */
  readonly payments: readonly PaymentMade[];
}

export interface Account {
  readonly name: string;
  /** Of its keys; from 0. */
  readonly number: number;
  readonly addresses: Readonly<Record<AddressKind, AddressRun>>;
}

/** The addresses of one kind, by the public keys that they are made of. */
export interface AddressRun {
  /** So many, from the first on, were given out or paid change. */
  readonly given: number;
  /** 64 hex digits each, also of many that come next: a locked wallet can make none. */
  readonly keys: readonly string[];
  /** Of each key. Kept beside it, for every balance and payment asks for all of them. */
  readonly addresses: readonly AddressHash[];
}

export interface Watched {
  readonly address: AddressHash;
  readonly label: string;
}

/** A signed payment that is sent again until it is deep in the chain. */
export interface PaymentMade {
  readonly txid: Txid;
  /** The whole transaction. */
  readonly bytes: Uint8Array;
  /** Name of the account that pays. */
  readonly account: string;
  readonly createdUnix: UnixSeconds;
}

export type Changed = Result<WalletDocument, WalletProblem>;

/** Each is looked up whenever somebody asks for a balance. */
export const ACCOUNTS_MAX = 100;
export const WATCHED_MAX = 1_000;
export const ADDRESSES_MAX = 10_000;
/** Each is up to 100 kB, and they are written together. */
export const PAYMENTS_MAX = 1_000;
/** Addresses in a row that nobody paid, after which a search ends (BIP 44). */
export const GAP = 20;
/** So many a locked wallet can give out before it must be unlocked. */
export const KEYS_AHEAD = 100;
const LABEL_LENGTH_MAX = 64;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;

export const emptyDocument = (networkId: BlockHash): WalletDocument => ({
  networkId,
  accounts: [],
  watched: [],
  payments: [],
});

export const isAccountName = (name: string): boolean => NAME.test(name);

/** Whatever may stand beside a watched address: one line that fits into a table. */
export const isLabel = (label: string): boolean =>
  label.length <= LABEL_LENGTH_MAX && !/[\p{C}\p{Zl}\p{Zp}]/u.test(label);

/** The account `name`, in upper case or not. */
export function findAccount(
  { accounts }: WalletDocument,
  name: string,
): Result<Account, WalletProblem> {
  const found = accounts.find((one) => isSameName(one.name, name));
  const known = accounts.map((one) => one.name);
  return found === undefined ? fail({ code: 'no-account', name, known }) : ok(found);
}

/** Adds an account whose keys come from `seed`, the wallet's 64 bytes. */
export function addAccount(document: WalletDocument, name: string, seed: Uint8Array): Changed {
  const { accounts } = document;
  if (!isAccountName(name)) return fail({ code: 'bad-name', name });
  if (findAccount(document, name).ok) return fail({ code: 'account-exists', name });
  if (accounts.length >= ACCOUNTS_MAX)
    return fail({ code: 'too-many-accounts', max: ACCOUNTS_MAX });
  const number = Math.max(-1, ...accounts.map((one) => one.number)) + 1;
  const account = { name, number, addresses: { receive: NO_ADDRESSES, change: NO_ADDRESSES } };
  return ok({ ...document, accounts: [...accounts, withKeys(account, seed)] });
}

/** Gives each account the keys of its next addresses; `document` itself where it has them. */
export function withAllKeys(document: WalletDocument, seed: Uint8Array): WalletDocument {
  const accounts = document.accounts.map((account) => withKeys(account, seed));
  const isSame = accounts.every((account, i) => account === document.accounts[i]);
  return isSame ? document : { ...document, accounts };
}

/** The account's addresses of a kind from the first on, `count` of them at most. */
export const addressesOf = (
  { addresses }: Account,
  kind: AddressKind,
  count = Number.POSITIVE_INFINITY,
): readonly AddressHash[] => addresses[kind].addresses.slice(0, count);

/** The run of which the first `given` of `keys` were given out. */
export const runOf = (given: number, keys: readonly string[]): AddressRun =>
  withMore({ ...NO_ADDRESSES, given }, keys);

/** The 32 bytes of a key of a run. */
export const keyBytes = (hex: string): Uint8Array =>
  assertDefined(fromHex(hex), 'keys were checked when they were read');

export interface Given {
  readonly document: WalletDocument;
  readonly address: AddressHash;
}

/**
 * Gives out an address of `name` to be paid to. Where `GAP` of them in a row are unused, the first
 * of these again: a search from the words would not look beyond them.
 */
export function giveAddress(
  document: WalletDocument,
  name: string,
  isUsed: (address: AddressHash) => boolean,
): Result<Given, WalletProblem> {
  const found = findAccount(document, name);
  if (!found.ok) return found;
  const account = found.value;
  const { given, addresses } = account.addresses.receive;
  const all = addressesOf(account, 'receive', given);
  const unused = all.length - 1 - all.findLastIndex(isUsed);
  if (unused >= GAP) {
    const address = assertDefined(all[given - unused], 'it was given before');
    return ok({ document, address });
  }
  const address = addresses[given];
  if (given >= ADDRESSES_MAX) return fail({ code: 'too-many-addresses', max: ADDRESSES_MAX });
  if (address === undefined) return fail({ code: 'wallet-locked' });
  const changed = withGiven(document, account.name, { receive: given + 1 });
  return ok({ document: changed, address });
}

/** At least so many addresses of account `name` count as given out from now on. */
export function withGiven(
  document: WalletDocument,
  name: string,
  counts: Partial<Record<AddressKind, number>>,
): WalletDocument {
  const raised = (account: Account): Account => {
    const run = (kind: AddressKind): AddressRun => {
      const known = account.addresses[kind];
      const count = Math.min(counts[kind] ?? 0, known.keys.length);
      return { ...known, given: Math.max(known.given, count) };
    };
    return { ...account, addresses: { receive: run('receive'), change: run('change') } };
  };
  const accounts = document.accounts.map((one) => (one.name === name ? raised(one) : one));
  return { ...document, accounts };
}

/** Watches an address whose key is elsewhere. */
export function watch(document: WalletDocument, watched: Watched): Changed {
  if (!isLabel(watched.label)) return fail({ code: 'bad-label', lengthMax: LABEL_LENGTH_MAX });
  if (document.watched.length >= WATCHED_MAX) {
    return fail({ code: 'too-many-watched', max: WATCHED_MAX });
  }
  return ok({ ...document, watched: [...document.watched, watched] });
}

/** Keeps a payment that was signed, with the address that takes its change. */
export function recordPayment(document: WalletDocument, payment: PaymentMade): Changed {
  const { payments } = document;
  if (payments.some(({ txid }) => txid === payment.txid)) return ok(document);
  if (payments.length >= PAYMENTS_MAX)
    return fail({ code: 'too-many-payments', max: PAYMENTS_MAX });
  return ok({ ...document, payments: [...payments, payment] });
}

export const withoutPayments = (
  document: WalletDocument,
  gone: ReadonlySet<Txid>,
): WalletDocument => ({
  ...document,
  payments: document.payments.filter(({ txid }) => !gone.has(txid)),
});

/** Whose address it is, and which of them. */
export interface AddressPath {
  readonly account: Account;
  readonly kind: AddressKind;
  /** From 0. */
  readonly number: number;
}

/** Every address of which these accounts know a key. */
export function allPaths(accounts: readonly Account[]): ReadonlyMap<AddressHash, AddressPath> {
  const paths = new Map<AddressHash, AddressPath>();
  for (const account of accounts) {
    for (const kind of ADDRESS_KINDS) {
      for (const [number, address] of addressesOf(account, kind).entries()) {
        paths.set(address, { account, kind, number });
      }
    }
  }
  return paths;
}

const isSameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

const NO_ADDRESSES: AddressRun = { given: 0, keys: [], addresses: [] };

const withMore = (run: AddressRun, keys: readonly string[]): AddressRun => ({
  given: run.given,
  keys: [...run.keys, ...keys],
  addresses: [...run.addresses, ...keys.map((key) => addressOf(keyBytes(key)))],
});

function withKeys(account: Account, seed: Uint8Array): Account {
  const { receive, change } = account.addresses;
  if (missingKeys(receive) + missingKeys(change) === 0) return account;
  const pairs = new AccountKeys(seed, account.number);
  const run = (kind: AddressKind): AddressRun => {
    const known = account.addresses[kind];
    const more = Array.from({ length: missingKeys(known) }, (_, i) =>
      toHex(pairs.keyPair(kind, known.keys.length + i).key),
    );
    return withMore(known, more);
  };
  return { ...account, addresses: { receive: run('receive'), change: run('change') } };
}

const missingKeys = ({ given, keys }: AddressRun): number =>
  Math.max(0, Math.min(given + KEYS_AHEAD, ADDRESSES_MAX) - keys.length);
