/**
 * A payment on its way from who plans it to who signs it and who sends it: a file of JSON with the
 * transaction, and where its keys are found. Whoever signs reads amounts, recipients and fee from
 * the transaction's bytes; the rest only helps to find keys, and can claim nothing.
 */

import { fromHex, toHex } from '../../shared/bytes.js';
import { addressOf } from '../../shared/consensus/address.js';
import { describeReject } from '../../shared/consensus/reject.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { AddressHash, BlockHash } from '../../shared/units.js';
import { AccountKeys, ADDRESS_KINDS, type AddressKind, type KeyPair } from './accountKeys.js';
import { readPayment } from './payment.js';
import type { WalletNetwork } from './secret.js';

export interface PaymentFile {
  readonly network: WalletNetwork;
  readonly transaction: DecodedTransaction;
  /** Of the keys that sign, and of the one that takes the change. */
  readonly paths: readonly KeyPath[];
}

/** Where a key is found from the words; all numbers from 0. */
export interface KeyPath {
  readonly account: number;
  readonly kind: AddressKind;
  readonly number: number;
}

const FORMAT = 1;
/** A transaction of 100 kB has no more keys, and one output for change. */
const PATHS_MAX = 2_000;
const CHILD_MAX = 2 ** 31 - 1;

/** What the file holds. */
export interface PaymentFileJson {
  readonly cairnPayment: typeof FORMAT;
  readonly network: WalletNetwork;
  readonly transaction: string;
  readonly keys: string[];
}

export const paymentFileJson = ({ network, transaction, paths }: PaymentFile): PaymentFileJson => ({
  cairnPayment: FORMAT,
  network: { id: network.id, name: network.name, prefix: network.prefix },
  transaction: toHex(transaction.bytes),
  keys: paths.map(({ account, kind, number }) => `${account}/${kind}/${number}`),
});

export const printPaymentFile = (file: PaymentFile): string =>
  `${JSON.stringify(paymentFileJson(file), undefined, 2)}\n`;

/** The payment in `text`, or a sentence that says what is wrong with it. */
export function parsePaymentFile(text: string): Result<PaymentFile, string> {
  const json = jsonOf(text);
  if (json === undefined) return fail('It is not a JSON object.');
  if (json['cairnPayment'] !== FORMAT) return fail('It is no payment of this version of cairn.');
  const network = networkOf(json['network']);
  if (network === undefined) return fail('It does not say for which network it is.');
  const bytes = typeof json['transaction'] === 'string' ? fromHex(json['transaction']) : undefined;
  if (bytes === undefined) return fail('It has no transaction.');
  const transaction = readPayment(bytes);
  if (!transaction.ok) return fail(describeReject(transaction.error));
  const paths = pathsOf(json['keys']);
  if (paths === undefined) return fail('It does not say where its keys are.');
  return ok({ network, transaction: transaction.value, paths });
}

/** The keys at `paths` of the wallet with `seed` (64 bytes). */
export function keyPairsAt(seed: Uint8Array, paths: readonly KeyPath[]): readonly KeyPair[] {
  const accounts = new Map<number, AccountKeys>();
  return paths.map(({ account, kind, number }) => {
    const keys = accounts.get(account) ?? new AccountKeys(seed, account);
    accounts.set(account, keys);
    return keys.keyPair(kind, number);
  });
}

/** What a transaction does, from its bytes alone. */
export interface PaymentSummary {
  readonly inputs: readonly { readonly amount: number; readonly isOwn: boolean }[];
  readonly outputs: readonly {
    readonly address: AddressHash;
    readonly amount: number;
    /** Whether the reader of this can spend it. */
    readonly isOwn: boolean;
  }[];
  readonly fee: number;
  /** Of the whole transaction, signatures included. */
  readonly sizeBytes: number;
}

/** `own`: addresses of which the reader has the keys. */
export function summarise(
  { inputs, keys, outputs, bytes }: DecodedTransaction,
  own: ReadonlySet<AddressHash>,
): PaymentSummary {
  const isOwnKey = keys.map((key) => own.has(addressOf(key)));
  const sum = (parts: readonly { readonly amount: number }[]): number =>
    parts.reduce((total, { amount }) => total + amount, 0);
  return {
    inputs: inputs.map(({ amount, key }) => ({ amount, isOwn: isOwnKey[key] === true })),
    outputs: outputs.map(({ address, amount }) => ({ address, amount, isOwn: own.has(address) })),
    fee: sum(inputs) - sum(outputs),
    sizeBytes: bytes.length,
  };
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function jsonOf(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function networkOf(value: unknown): WalletNetwork | undefined {
  if (!isObject(value)) return undefined;
  const { id, name, prefix } = value;
  const isId = typeof id === 'string' && /^[0-9a-f]{64}$/.test(id);
  if (!isId || !isShown(name) || !isShown(prefix)) return undefined;
  return { id: id as BlockHash, name, prefix };
}

/** It is printed: it must not write to the terminal what it likes. */
const isShown = (value: unknown): value is string =>
  typeof value === 'string' && /^[a-z0-9-]{1,64}$/.test(value);

function pathsOf(value: unknown): KeyPath[] | undefined {
  if (!Array.isArray(value) || value.length > PATHS_MAX) return undefined;
  const paths = value.map(pathOf);
  return paths.every((path) => path !== undefined) ? paths : undefined;
}

function pathOf(text: unknown): KeyPath | undefined {
  const match = typeof text === 'string' ? /^(\d{1,10})\/([a-z]+)\/(\d{1,10})$/.exec(text) : null;
  const kind = ADDRESS_KINDS.find((one) => one === match?.[2]);
  const [account, number] = [Number(match?.[1]), Number(match?.[3])];
  if (kind === undefined || account > CHILD_MAX || number > CHILD_MAX) return undefined;
  return { account, kind, number };
}
