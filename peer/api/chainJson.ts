/** Headers and blocks as the HTTP API shows them. */

import { assert } from '../../shared/assert.js';
import { toHex } from '../../shared/bytes.js';
import { encodeAddress } from '../../shared/consensus/address.js';
import { decodeBlock } from '../../shared/consensus/block.js';
import { decodeHeader } from '../../shared/consensus/header.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { BlockJson, HeaderJson, TransactionJson } from '../../shared/http/chainSchemas.js';
import type { Queries } from '../queries.js';

/** A known block: what `Queries` hands out. */
export type Entry = Queries['tip'];

export function headerJsonOf(entry: Entry, queries: Pick<Queries, 'headerBytes'>): HeaderJson {
  const header = decodeHeader(queries.headerBytes(entry));
  return {
    hash: entry.hash,
    height: entry.height,
    version: header.version,
    previous: header.previous,
    merkleRoot: header.merkleRoot,
    time: header.time,
    bits: header.bits.toString(16).padStart(8, '0'),
    nonce: header.nonce,
    chainWork: workHex(entry.chainWork),
  };
}

/** `bytes`: the whole block. */
export function blockJsonOf(
  entry: Entry,
  bytes: Uint8Array,
  format: 'json' | 'hex',
  queries: Queries,
): BlockJson {
  const isActive = queries.isActive(entry);
  const facts = {
    ...headerJsonOf(entry, queries),
    isActive,
    confirmations: isActive ? queries.tip.height - entry.height + 1 : 0,
    sizeBytes: bytes.length,
  };
  if (format === 'hex') return { ...facts, hex: toHex(bytes) };
  const block = decodeBlock(bytes);
  assert(block.ok, 'a stored block was decoded before');
  const { prefix } = queries.network.params;
  return {
    ...facts,
    transactions: block.value.transactions.map((tx) => transactionOf(tx, prefix)),
  };
}

/** 64 hex digits. */
export const workHex = (work: bigint): string => work.toString(16).padStart(64, '0');

/** `prefix`: of the network's addresses. */
export function transactionOf(tx: DecodedTransaction, prefix: string): TransactionJson {
  return {
    txid: tx.txid,
    wtxid: tx.wtxid,
    sizeBytes: tx.bytes.length,
    inputs: tx.inputs.map(({ txid, index, amount, key }) => ({ txid, index, amount, key })),
    keys: tx.keys.map((key) => toHex(key)),
    outputs: tx.outputs.map(({ amount, address }) => ({
      amount,
      address: encodeAddress(prefix, address),
    })),
    lockHeight: tx.lockHeight,
    memo: toHex(tx.memo),
  };
}
