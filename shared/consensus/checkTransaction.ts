/**
 * The rules for a transaction by itself: no coins, no chain. Cheap first; signatures are asked
 * apart.
 */

import { verifySignature } from '#crypto';
import { compareBytes, toHexReversed, writeHash } from '../bytes.js';
import { fail, ok, type Result } from '../result.js';
import type { Txid } from '../units.js';
import { sumAmounts } from './amount.js';
import type { Reject } from './reject.js';
import {
  isCoinbase,
  outpointKey,
  signingMessage,
  type DecodedTransaction,
  type TxInput,
} from './transaction.js';

export const TRANSACTION_BYTES_MAX = 100_000;

/** The form of a transaction that spends; a coinbase fails with `no-inputs`. */
export function checkTransaction(tx: DecodedTransaction): Result<void, Reject> {
  if (isCoinbase(tx)) return fail({ code: 'no-inputs', txid: tx.txid });
  if (tx.outputs.length === 0) return fail({ code: 'no-outputs', txid: tx.txid });
  const problem = checkCommonForm(tx) ?? checkInputOrder(tx) ?? checkBalance(tx);
  return problem === undefined ? ok(undefined) : fail(problem);
}

/** What holds for every transaction, a coinbase included. */
export function checkCommonForm(tx: DecodedTransaction): Reject | undefined {
  const { txid } = tx;
  const sizeBytes = tx.bytes.length;
  if (sizeBytes > TRANSACTION_BYTES_MAX) return { code: 'transaction-too-large', txid, sizeBytes };
  return checkKeys(tx) ?? checkAmounts(tx, 'inputs') ?? checkAmounts(tx, 'outputs');
}

/** Bytes of one packed check: key 32 ‖ signature 64 ‖ txid 32. */
export const SIGNATURE_CHECK_BYTES = 128;

/** The signatures of `transactions` as packed checks, in their order, ready to cross threads. */
export function signatureChecks(transactions: readonly DecodedTransaction[]): Uint8Array {
  const count = transactions.reduce((sum, { keys }) => sum + keys.length, 0);
  const packed = new Uint8Array(count * SIGNATURE_CHECK_BYTES);
  let at = 0;
  for (const { txid, keys, signatures } of transactions) {
    for (const [i, key] of keys.entries()) {
      packed.set(key, at);
      packed.set(signatures[i] as Uint8Array, at + 32);
      writeHash(packed, at + 96, txid);
      at += SIGNATURE_CHECK_BYTES;
    }
  }
  return packed;
}

/** Whether the packed check at `index` holds on the network with that id (32 bytes, as hashed). */
export function isSignatureValid(
  networkId: Uint8Array,
  checks: Uint8Array,
  index: number,
): boolean {
  const at = index * SIGNATURE_CHECK_BYTES;
  const key = checks.subarray(at, at + 32);
  const signature = checks.subarray(at + 32, at + 96);
  const txid = toHexReversed(checks.subarray(at + 96, at + SIGNATURE_CHECK_BYTES)) as Txid;
  return verifySignature(key, signingMessage(networkId, txid), signature);
}

/** All signatures of `tx`, here and now: what threads do with `signatureChecks`. */
export function checkSignatures(
  tx: DecodedTransaction,
  networkId: Uint8Array,
): Result<void, Reject> {
  const message = signingMessage(networkId, tx.txid);
  const isValid = (key: Uint8Array, i: number): boolean =>
    verifySignature(key, message, tx.signatures[i] as Uint8Array);
  return tx.keys.every(isValid) ? ok(undefined) : fail({ code: 'bad-signature', txid: tx.txid });
}

function checkKeys({ txid, keys, inputs }: DecodedTransaction): Reject | undefined {
  for (let i = 1; i < keys.length; i++) {
    if (compareBytes(keys[i - 1] as Uint8Array, keys[i] as Uint8Array) >= 0) {
      return { code: 'keys-not-ascending', txid, index: i };
    }
  }
  const isUsed = new Uint8Array(keys.length);
  for (const [i, { key }] of inputs.entries()) {
    if (key >= keys.length) return { code: 'key-out-of-range', txid, input: i };
    isUsed[key] = 1;
  }
  const unused = isUsed.indexOf(0);
  return unused === -1 ? undefined : { code: 'unused-key', txid, key: unused };
}

function checkAmounts(tx: DecodedTransaction, side: 'inputs' | 'outputs'): Reject | undefined {
  const { txid } = tx;
  const index = tx[side].findIndex(({ amount }) => amount === 0);
  if (index !== -1) return { code: 'zero-amount', txid, side, index };
  return sumAmounts(tx[side]) === undefined ? { code: 'sum-too-large', txid, side } : undefined;
}

/** Strictly ascending, so that no coin can stand there twice (CVE-2018-17144). */
function checkInputOrder({ txid, inputs }: DecodedTransaction): Reject | undefined {
  for (let i = 1; i < inputs.length; i++) {
    const input = inputs[i] as TxInput;
    const order = compareOutpoints(inputs[i - 1] as TxInput, input);
    if (order === 0) {
      return { code: 'duplicate-input', txid, outpoint: outpointKey(input.txid, input.index) };
    }
    if (order > 0) return { code: 'inputs-not-ascending', txid, index: i };
  }
  return undefined;
}

/** By txid as printed, then by index. */
function compareOutpoints(a: TxInput, b: TxInput): number {
  if (a.txid === b.txid) return a.index - b.index;
  return a.txid < b.txid ? -1 : 1;
}

function checkBalance({ txid, inputs, outputs }: DecodedTransaction): Reject | undefined {
  const spent = sumAmounts(inputs);
  const paid = sumAmounts(outputs);
  if (spent === undefined || paid === undefined || spent >= paid) return undefined;
  return { code: 'outputs-exceed-inputs', txid, inputs: spent, outputs: paid };
}
