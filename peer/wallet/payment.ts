/**
 * A payment in steps that may be taken on three machines: planned where the coins are known, signed
 * where the keys are, sent by whoever reaches the network. Between them go bytes, and amounts,
 * recipients and fee stand in these: who signs need not believe who planned.
 */

import { sign } from '#crypto';
import { compareBytes, equalBytes, toHex } from '../../shared/bytes.js';
import { sumAmounts } from '../../shared/consensus/amount.js';
import {
  checkTransaction,
  TRANSACTION_BYTES_MAX,
} from '../../shared/consensus/checkTransaction.js';
import type { Reject } from '../../shared/consensus/reject.js';
import {
  decodeTransaction,
  encodeTransaction,
  outpointKey,
  signingMessage,
  type DecodedTransaction,
  type Transaction,
  type TxOutput,
} from '../../shared/consensus/transaction.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { AddressHash, Amount } from '../../shared/units.js';
import type { KeyPair } from './accountKeys.js';
import { selectCoins, type FeeRate, type OwnCoin, type Selection } from './coinSelection.js';

export interface PaymentRequest {
  /** What may be spent. */
  readonly coins: readonly OwnCoin[];
  /** One at least, each of 1 unit at least. */
  readonly outputs: readonly TxOutput[];
  readonly feeRate: FeeRate;
  /** Where the rest goes. */
  readonly changeTo: AddressHash;
  /** At most 256 bytes. */
  readonly memo?: Uint8Array;
  /** The lowest height of a block that may hold it. */
  readonly lockHeight?: number;
}

/** What a payment would be: to look at, and to sign. */
export interface Payment extends Selection {
  /** A transaction whose signatures are zeros. */
  readonly unsigned: Uint8Array;
}

export type PaymentProblem =
  /** `available`: what all coins are worth; the fee comes on top of `amount`. */
  | { readonly code: 'not-enough'; readonly available: number; readonly amount: number }
  /** Of so many coins that it is no transaction any more: pay in parts, or to oneself first. */
  | { readonly code: 'too-many-coins'; readonly coins: number; readonly sizeBytes: number }
  /** The outputs, alone or together, are no amount. */
  | { readonly code: 'bad-amount' };

/** Chooses coins for `request`, and makes the transaction. */
export function planPayment(request: PaymentRequest): Result<Payment, PaymentProblem> {
  const { coins, outputs, memo = NO_MEMO } = request;
  const amount = sumAmounts(outputs);
  const areAmounts = outputs.every((one) => Number.isSafeInteger(one.amount) && one.amount > 0);
  if (amount === undefined || amount === 0 || !areAmounts) return fail({ code: 'bad-amount' });
  const parts = { outputs: outputs.length, memoBytes: memo.length, feeRate: request.feeRate };
  const selection = selectCoins(coins, { amount, ...parts });
  if (selection === undefined) {
    const available = coins.reduce((sum, coin) => sum + coin.amount, 0);
    return fail({ code: 'not-enough', available, amount });
  }
  const unsigned = encodeTransaction(transactionOf(selection, request));
  const sizeBytes = unsigned.length;
  if (sizeBytes > TRANSACTION_BYTES_MAX) {
    return fail({ code: 'too-many-coins', coins: selection.coins.length, sizeBytes });
  }
  return ok({ ...selection, unsigned });
}

/** A payment after some of its keys have signed. */
export interface Signed {
  readonly transaction: DecodedTransaction;
  /** Keys that have not signed yet: 0, and it can be sent. */
  readonly missing: number;
}

/**
 * Signs `bytes`, a payment that somebody planned, with each of `pairs` that it wants. `networkId`:
 * 32 bytes, as hashed. Refuses what no block could hold.
 */
export function signPayment(
  bytes: Uint8Array,
  pairs: readonly KeyPair[],
  networkId: Uint8Array,
): Result<Signed, Reject> {
  const read = readPayment(bytes);
  if (!read.ok) return read;
  const { txid, keys, signatures } = read.value;
  const message = signingMessage(networkId, txid);
  const seeds = new Map(pairs.map(({ key, seed }) => [toHex(key), seed]));
  const signed = keys.map((key, i) => {
    const seed = seeds.get(toHex(key));
    return seed === undefined ? (signatures[i] ?? UNSIGNED) : sign(seed, message);
  });
  const whole = readPayment(encodeTransaction({ ...read.value, signatures: signed }));
  if (!whole.ok) return whole;
  return ok({ transaction: whole.value, missing: missingSignatures(whole.value) });
}

/** The transaction in `bytes`, signed or not, if its form is right. */
export function readPayment(bytes: Uint8Array): Result<DecodedTransaction, Reject> {
  const decoded = decodeTransaction(bytes);
  if (!decoded.ok) return decoded;
  const checked = checkTransaction(decoded.value);
  return checked.ok ? decoded : checked;
}

/** Signatures that are still zeros. */
export const missingSignatures = ({ signatures }: DecodedTransaction): number =>
  signatures.filter(isUnsigned).length;

const NO_MEMO = new Uint8Array(0);
const UNSIGNED = new Uint8Array(64);
const isUnsigned = (signature: Uint8Array): boolean => equalBytes(signature, UNSIGNED);

/** In the one right order: inputs by outpoint, keys by their bytes. */
function transactionOf(selection: Selection, request: PaymentRequest): Transaction {
  const coins = [...selection.coins].sort(byOutpoint);
  const keys = distinct(coins.map(({ key }) => key));
  const places = new Map(keys.map((key, i) => [toHex(key), i]));
  const change = { amount: selection.change as Amount, address: request.changeTo };
  const outputs = selection.change === 0 ? request.outputs : [...request.outputs, change];
  return {
    inputs: coins.map(({ txid, index, amount, key }) => {
      return { txid, index, amount, key: places.get(toHex(key)) ?? 0 };
    }),
    keys,
    // Which of them is the change is nobody's business.
    outputs: [...outputs].sort(byAmount),
    lockHeight: request.lockHeight ?? 0,
    memo: request.memo ?? NO_MEMO,
    signatures: keys.map(() => UNSIGNED),
  };
}

const distinct = (keys: readonly Uint8Array[]): Uint8Array[] =>
  [...keys].sort(compareBytes).filter((key, i, all) => {
    const before = all[i - 1];
    return before === undefined || compareBytes(before, key) !== 0;
  });

const byOutpoint = (a: OwnCoin, b: OwnCoin): number =>
  outpointKey(a.txid, a.index) < outpointKey(b.txid, b.index) ? -1 : 1;

const byAmount = (a: TxOutput, b: TxOutput): number =>
  a.amount - b.amount || (a.address < b.address ? -1 : 1);
