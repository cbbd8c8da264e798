/** Transactions and their one binary layout. `docs/protocol.md`, "Transaction". */

import { sha256d } from '#crypto';
import { ByteReader } from '../byteReader.js';
import { toHexReversed, utf8 } from '../bytes.js';
import { ByteWriter } from '../byteWriter.js';
import { fail, ok, type Result } from '../result.js';
import type { AddressHash, Amount, Txid, Wtxid } from '../units.js';
import { leafHash } from './merkle.js';
import type { Reject, TransactionProblem } from './reject.js';

export interface OutPoint {
  readonly txid: Txid;
  readonly index: number;
}

export interface TxInput extends OutPoint {
  /** Amount of the coin that is spent. */
  readonly amount: Amount;
  /** Which of the transaction's keys unlocks it. */
  readonly key: number;
}

export interface TxOutput {
  readonly amount: Amount;
  readonly address: AddressHash;
}

export interface Transaction {
  readonly inputs: readonly TxInput[];
  /** Ed25519 public keys, 32 bytes each. */
  readonly keys: readonly Uint8Array[];
  readonly outputs: readonly TxOutput[];
  /** The lowest height of a block that may hold it; a coinbase's own height. */
  readonly lockHeight: number;
  readonly memo: Uint8Array;
  /** One of 64 bytes for each key, in the order of the keys. */
  readonly signatures: readonly Uint8Array[];
}

export interface DecodedTransaction extends Transaction {
  readonly txid: Txid;
  readonly wtxid: Wtxid;
  /** All of its bytes: a view of what it was decoded from. */
  readonly bytes: Uint8Array;
}

/** The bytes of `tx`. */
export function encodeTransaction(tx: Transaction): Uint8Array {
  const writer = new ByteWriter(unsignedSize(tx) + tx.signatures.length * SIGNATURE_BYTES);
  writeUnsigned(writer, tx);
  for (const signature of tx.signatures) writer.bytes(signature);
  return writer.finish();
}

/** The bytes before the signatures: what the txid hashes. */
export function encodeUnsigned(tx: Omit<Transaction, 'signatures'>): Uint8Array {
  const writer = new ByteWriter(unsignedSize(tx));
  writeUnsigned(writer, tx);
  return writer.finish();
}

/** How many of each there are in a transaction. */
export interface TransactionParts {
  readonly inputs: number;
  /** Each with its signature. */
  readonly keys: number;
  readonly outputs: number;
  readonly memoBytes: number;
}

/** Bytes of a whole transaction that has so many parts. */
export const transactionBytes = ({ inputs, keys, outputs, memoBytes }: TransactionParts): number =>
  EMPTY_BYTES +
  inputs * INPUT_BYTES +
  keys * (KEY_BYTES + SIGNATURE_BYTES) +
  outputs * OUTPUT_BYTES +
  memoBytes;

const partsOf = (tx: Omit<Transaction, 'signatures'>): TransactionParts => ({
  inputs: tx.inputs.length,
  keys: tx.keys.length,
  outputs: tx.outputs.length,
  memoBytes: tx.memo.length,
});

/** SHA-256d of `encodeUnsigned`. */
export function txidOf(unsignedBytes: Uint8Array): Txid {
  return toHexReversed(sha256d(unsignedBytes)) as Txid;
}

/**
 * The transaction that `bytes` are, to the last byte. It has its form only: no rule was checked.
 */
export function decodeTransaction(bytes: Uint8Array): Result<DecodedTransaction, Reject> {
  const reader = new ByteReader(bytes);
  const read = readTransaction(reader);
  if (typeof read === 'string') return undecodable(read);
  return reader.has(1) ? undecodable('trailing-bytes') : ok(read);
}

/** The next transaction of `reader`, as `decodeTransaction`, or why there is none. */
export function readTransaction(reader: ByteReader): DecodedTransaction | TransactionProblem {
  const start = reader.offset;
  const inputs = readInputs(reader);
  if (typeof inputs === 'string') return inputs;
  const keys = readKeys(reader);
  if (typeof keys === 'string') return keys;
  const outputs = readOutputs(reader);
  if (typeof outputs === 'string') return outputs;
  const tail = readTail(reader);
  if (typeof tail === 'string') return tail;
  const txid = txidOf(reader.since(start));
  if (!reader.has(keys.length * SIGNATURE_BYTES)) return 'truncated';
  const signatures = keys.map(() => reader.take(SIGNATURE_BYTES));
  const bytes = reader.since(start);
  const wtxid = toHexReversed(leafHash(bytes)) as Wtxid;
  return { inputs, keys, outputs, ...tail, signatures, txid, wtxid, bytes };
}

/** What each key of a transaction signs: tag ‖ network id ‖ txid, 75 bytes. */
export function signingMessage(networkId: Uint8Array, txid: Txid): Uint8Array {
  const writer = new ByteWriter(SIGNING_TAG.length + 64);
  writer.bytes(SIGNING_TAG);
  writer.bytes(networkId);
  writer.hash(txid);
  return writer.finish();
}

/**
 * A coin's name wherever one string is wanted: 64 digits of the printed txid, 8 of the index
 * (big-endian). Outpoints sort as these strings do.
 */
export function outpointKey(txid: Txid, index: number): string {
  return txid + index.toString(16).padStart(8, '0');
}

/** The outpoint keys of what `tx` spends, in the order of its inputs. */
export const outpointsOf = ({ inputs }: Pick<Transaction, 'inputs'>): string[] =>
  inputs.map(({ txid, index }) => outpointKey(txid, index));

/** Whether `tx` makes coins instead of spending them. */
export const isCoinbase = (tx: Transaction): boolean => tx.inputs.length === 0;

const VERSION = 1;
const PAY_TO_KEY_HASH = 0;
const INPUT_BYTES = 46;
const KEY_BYTES = 32;
const OUTPUT_BYTES = 29;
const SIGNATURE_BYTES = 64;
const MEMO_BYTES_MAX = 256;
/** Version, three counts, lock height and the memo's length. */
const EMPTY_BYTES = 13;
const SIGNING_TAG = utf8('cairn/tx/1\0');

const unsignedSize = (tx: Omit<Transaction, 'signatures'>): number =>
  transactionBytes(partsOf(tx)) - tx.keys.length * SIGNATURE_BYTES;

function writeUnsigned(writer: ByteWriter, tx: Omit<Transaction, 'signatures'>): void {
  writer.u8(VERSION);
  writer.u16(tx.inputs.length);
  for (const { txid, index, amount, key } of tx.inputs) {
    writer.hash(txid);
    writer.u32(index);
    writer.u64(amount);
    writer.u16(key);
  }
  writer.u16(tx.keys.length);
  for (const key of tx.keys) writer.bytes(key);
  writer.u16(tx.outputs.length);
  for (const output of tx.outputs) writeOutput(writer, output);
  writer.u32(tx.lockHeight);
  writer.u16(tx.memo.length);
  writer.bytes(tx.memo);
}

function readInputs(reader: ByteReader): TxInput[] | TransactionProblem {
  if (!reader.has(1)) return 'truncated';
  if (reader.u8() !== VERSION) return 'unknown-version';
  const count = readCount(reader, INPUT_BYTES);
  if (count === undefined) return 'truncated';
  const inputs: TxInput[] = [];
  for (let i = 0; i < count; i++) {
    const txid = reader.hash() as Txid;
    const index = reader.u32();
    const amount = reader.u64();
    if (amount === undefined) return 'amount-too-large';
    inputs.push({ txid, index, amount: amount as Amount, key: reader.u16() });
  }
  return inputs;
}

function readKeys(reader: ByteReader): Uint8Array[] | TransactionProblem {
  const count = readCount(reader, KEY_BYTES);
  if (count === undefined) return 'truncated';
  const keys: Uint8Array[] = [];
  for (let i = 0; i < count; i++) keys.push(reader.take(KEY_BYTES));
  return keys;
}

/** `count u16 × output`: in a transaction, and for the allocations in network parameters. */
export function readOutputs(reader: ByteReader): TxOutput[] | TransactionProblem {
  const count = readCount(reader, OUTPUT_BYTES);
  if (count === undefined) return 'truncated';
  const outputs: TxOutput[] = [];
  for (let i = 0; i < count; i++) {
    if (reader.u8() !== PAY_TO_KEY_HASH) return 'unknown-output-kind';
    const amount = reader.u64();
    if (amount === undefined) return 'amount-too-large';
    outputs.push({ amount: amount as Amount, address: reader.hex(20) as AddressHash });
  }
  return outputs;
}

/** One output: kind u8 ‖ amount u64 ‖ address hash 20. */
export function writeOutput(writer: ByteWriter, { amount, address }: TxOutput): void {
  writer.u8(PAY_TO_KEY_HASH);
  writer.u64(amount);
  writer.hex(address);
}

function readTail(
  reader: ByteReader,
): Pick<Transaction, 'lockHeight' | 'memo'> | TransactionProblem {
  if (!reader.has(6)) return 'truncated';
  const lockHeight = reader.u32();
  const memoLength = reader.u16();
  if (memoLength > MEMO_BYTES_MAX) return 'memo-too-long';
  if (!reader.has(memoLength)) return 'truncated';
  return { lockHeight, memo: reader.take(memoLength) };
}

/**
 * A count u16 whose items of `itemBytes` are all there, so that nothing is built for a mere claim.
 */
function readCount(reader: ByteReader, itemBytes: number): number | undefined {
  if (!reader.has(2)) return undefined;
  const count = reader.u16();
  return reader.has(count * itemBytes) ? count : undefined;
}

const undecodable = (problem: TransactionProblem): Result<never, Reject> =>
  fail({ code: 'undecodable-transaction', problem });
