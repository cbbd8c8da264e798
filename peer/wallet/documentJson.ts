/** The document of a wallet as its file: JSON of which every value is checked when it is read. */

import { fromHex, toHex } from '../../shared/bytes.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { AddressHash, BlockHash, UnixSeconds } from '../../shared/units.js';
import {
  ACCOUNTS_MAX,
  ADDRESSES_MAX,
  findAccount,
  isAccountName,
  isLabel,
  KEYS_AHEAD,
  PAYMENTS_MAX,
  runOf,
  WATCHED_MAX,
  type Account,
  type AddressRun,
  type PaymentMade,
  type WalletDocument,
  type Watched,
} from './document.js';
import { readPayment } from './payment.js';

const FORMAT = 1;

/** `newer`: written by a later version of this program. */
export type DocumentProblem = 'damaged' | 'newer';

/** One line a payment and an account, so that people can read it. */
export function printDocument(document: WalletDocument): string {
  const { networkId, accounts, watched, payments } = document;
  const json = {
    cairnWallet: FORMAT,
    networkId,
    accounts: accounts.map(printedAccount),
    watched,
    payments: payments.map(({ bytes, account, createdUnix }) => ({
      ...{ account, createdUnix, transaction: toHex(bytes) },
    })),
  };
  return `${JSON.stringify(json, undefined, 1)}\n`;
}

/** Addresses follow from keys. */
function printedAccount({ name, number, addresses: { receive, change } }: Account) {
  const printed = ({ given, keys }: AddressRun) => ({ given, keys });
  return { name, number, addresses: { receive: printed(receive), change: printed(change) } };
}

/** What `printDocument` wrote. */
export function parseDocument(text: string): Result<WalletDocument, DocumentProblem> {
  const json = objectIn(text);
  if (json === undefined) return fail('damaged');
  const { cairnWallet } = json;
  if (typeof cairnWallet === 'number' && cairnWallet > FORMAT) return fail('newer');
  const accounts = listOf(json['accounts'], ACCOUNTS_MAX, accountOf);
  const watched = listOf(json['watched'], WATCHED_MAX, watchedOf);
  const payments = listOf(json['payments'], PAYMENTS_MAX, paymentOf);
  const { networkId } = json;
  if (cairnWallet !== FORMAT || !isHex(networkId, 32)) return fail('damaged');
  if (accounts === undefined || watched === undefined || payments === undefined) {
    return fail('damaged');
  }
  const document = { networkId: networkId as BlockHash, accounts, watched, payments };
  return isConsistent(document) ? ok(document) : fail('damaged');
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The object that `text` is; `undefined` when it is anything else. */
function objectIn(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Items that `read` reads, every one of them. */
function listOf<T>(
  value: unknown,
  countMax: number,
  read: (item: Json) => T | undefined,
): T[] | undefined {
  if (!Array.isArray(value) || value.length > countMax) return undefined;
  const items: T[] = [];
  for (const item of value as readonly unknown[]) {
    const one = isObject(item) ? read(item) : undefined;
    if (one === undefined) return undefined;
    items.push(one);
  }
  return items;
}

function accountOf({ name, number, addresses }: Json): Account | undefined {
  if (typeof name !== 'string' || !isAccountName(name) || !isCount(number, NUMBER_MAX)) {
    return undefined;
  }
  if (!isObject(addresses)) return undefined;
  const receive = readRun(addresses['receive']);
  const change = readRun(addresses['change']);
  if (receive === undefined || change === undefined) return undefined;
  return { name, number, addresses: { receive, change } };
}

/** Numbers of accounts are those of hardened children. */
const NUMBER_MAX = 2 ** 31 - 1;

function readRun(value: unknown): AddressRun | undefined {
  if (!isObject(value)) return undefined;
  const { given, keys } = value;
  if (!Array.isArray(keys) || keys.length > ADDRESSES_MAX + KEYS_AHEAD) return undefined;
  if (!isCount(given, keys.length) || !keys.every((key) => isHex(key, 32))) return undefined;
  return runOf(given, keys as readonly string[]);
}

function watchedOf({ address, label }: Json): Watched | undefined {
  if (!isHex(address, 20) || typeof label !== 'string' || !isLabel(label)) return undefined;
  return { address: address as AddressHash, label };
}

function paymentOf({ account, createdUnix, transaction }: Json): PaymentMade | undefined {
  const bytes = typeof transaction === 'string' ? fromHex(transaction) : undefined;
  if (bytes === undefined || typeof account !== 'string' || !isAccountName(account)) {
    return undefined;
  }
  if (!isCount(createdUnix, Number.MAX_SAFE_INTEGER)) return undefined;
  const read = readPayment(bytes);
  if (!read.ok) return undefined;
  return { txid: read.value.txid, bytes, account, createdUnix: createdUnix as UnixSeconds };
}

/** No name, number, address or payment twice; payments of accounts that are there. */
function isConsistent(document: WalletDocument): boolean {
  const { accounts, watched, payments } = document;
  const sets = [
    accounts.map(({ name }) => name.toLowerCase()),
    accounts.map(({ number }) => number),
    watched.map(({ address }) => address),
    payments.map(({ txid }) => txid),
  ];
  const isSet = sets.every((list) => new Set<string | number>(list).size === list.length);
  return isSet && payments.every(({ account }) => findAccount(document, account).ok);
}

const isCount = (value: unknown, max: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;

/** Small letters only: two spellings of one thing would be two things. */
const isHex = (value: unknown, bytes: number): boolean =>
  typeof value === 'string' && value.length === 2 * bytes && /^[0-9a-f]*$/.test(value);
