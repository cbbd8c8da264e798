/** A block: header and transactions, and their one binary layout. `docs/protocol.md`, "Block". */

import { ByteReader } from '../byteReader.js';
import { hashBytes, concatBytes } from '../bytes.js';
import { fail, ok, type Result } from '../result.js';
import type { BlockHash } from '../units.js';
import { decodeHeader, encodeHeader, HEADER_BYTES, headerHash, type Header } from './header.js';
import { merkleRoot } from './merkle.js';
import type { Reject, TransactionProblem } from './reject.js';
import { readTransaction, type DecodedTransaction } from './transaction.js';

export interface Block {
  readonly header: Header;
  readonly hash: BlockHash;
  readonly transactions: readonly DecodedTransaction[];
}

const COUNT_BYTES = 4;
/** What a block has beside its transactions: header and count. */
export const BLOCK_OVERHEAD_BYTES = HEADER_BYTES + COUNT_BYTES;

/** Header 80 ‖ count u32 ‖ the transactions one after the other. */
export function encodeBlock(block: Pick<Block, 'header' | 'transactions'>): Uint8Array {
  const count = new Uint8Array(COUNT_BYTES);
  new DataView(count.buffer).setUint32(0, block.transactions.length, true);
  const parts = block.transactions.map((tx) => tx.bytes);
  return concatBytes(encodeHeader(block.header), count, ...parts);
}

/** The block that `bytes` are, to the last byte. It has its form only: no rule was checked. */
export function decodeBlock(bytes: Uint8Array): Result<Block, Reject> {
  const reader = new ByteReader(bytes);
  if (!reader.has(BLOCK_OVERHEAD_BYTES)) return undecodable('truncated', FRAME);
  const headerBytes = reader.take(HEADER_BYTES);
  const count = reader.u32();
  const transactions: DecodedTransaction[] = [];
  // Bytes run out long before a false count does: each transaction takes some.
  for (let i = 0; i < count; i++) {
    const tx = readTransaction(reader);
    if (typeof tx === 'string') return undecodable(tx, i);
    transactions.push(tx);
  }
  if (reader.has(1)) return undecodable('trailing-bytes', FRAME);
  return ok({ header: decodeHeader(headerBytes), hash: headerHash(headerBytes), transactions });
}

/** Bytes of the whole block. */
export function encodedSize({ transactions }: Pick<Block, 'transactions'>): number {
  let size = BLOCK_OVERHEAD_BYTES;
  for (const tx of transactions) size += tx.bytes.length;
  return size;
}

/** The Merkle root over `transactions`, 32 bytes. */
export function transactionsRoot(transactions: readonly DecodedTransaction[]): Uint8Array {
  return merkleRoot(transactions.map((tx) => hashBytes(tx.wtxid)));
}

/** Stands for a transaction's index when it is the frame around them that is wrong. */
const FRAME = -1;

const undecodable = (problem: TransactionProblem, transaction: number): Result<never, Reject> =>
  fail({ code: 'undecodable-block', problem, transaction });
