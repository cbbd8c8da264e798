/**
 * Proofs of inclusion: a whole transaction, the header of the block that holds it, and the Merkle
 * path between them. `docs/protocol.md`, "Proofs".
 *
 * A proof says *included*, never at which place: a header holds no count, so index and tree size
 * only tell how to walk the path. The transaction is there whole, so that no node of the tree
 * passes for one (CVE-2017-12842).
 */

import { ByteReader } from '../byteReader.js';
import { ByteWriter } from '../byteWriter.js';
import { equalBytes, hashBytes, utf8 } from '../bytes.js';
import { fail, ok, type Result } from '../result.js';
import type { BlockHash } from '../units.js';
import {
  checkCommonForm,
  checkSignatures,
  checkTransaction,
  TRANSACTION_BYTES_MAX,
} from './checkTransaction.js';
import type { Block } from './block.js';
import type { Network } from './genesis.js';
import { decodeHeader, encodeHeader, HEADER_BYTES, headerHash, type Header } from './header.js';
import { inclusionProof, leafHash, verifyInclusion } from './merkle.js';
import { decodeTransaction, isCoinbase, type DecodedTransaction } from './transaction.js';

export interface Proof {
  /** Hash of the network's genesis block. */
  readonly networkId: BlockHash;
  /** The 80 bytes of the block's header. */
  readonly header: Uint8Array;
  /** How to walk the path; not proven. */
  readonly index: number;
  readonly treeSize: number;
  /** From the leaf to the root, 32 bytes each. */
  readonly path: readonly Uint8Array[];
  /** All bytes of the transaction. */
  readonly transaction: Uint8Array;
}

/** The proof that `block` holds its transaction at `position`. */
export function proofOf(network: Network, block: Block, position: number): Proof {
  const leaves = block.transactions.map(({ wtxid }) => hashBytes(wtxid));
  const path = inclusionProof(leaves, position);
  const transaction = (block.transactions[position] as DecodedTransaction).bytes;
  const header = encodeHeader(block.header);
  const treeSize = leaves.length;
  return { networkId: network.id, header, index: position, treeSize, path, transaction };
}

/** The bytes of a proof file. */
export function encodeProof(proof: Proof): Uint8Array {
  const { path, transaction } = proof;
  const writer = new ByteWriter(FIXED_BYTES + path.length * 32 + transaction.length);
  writer.bytes(MAGIC);
  writer.hash(proof.networkId);
  writer.bytes(proof.header);
  writer.u64(proof.index);
  writer.u64(proof.treeSize);
  writer.u8(path.length);
  for (const hash of path) writer.bytes(hash);
  writer.u32(transaction.length);
  writer.bytes(transaction);
  return writer.finish();
}

export type ProofFormProblem =
  | 'not-a-proof'
  | 'truncated'
  | 'trailing-bytes'
  /** From 2^53 on. */
  | 'index-too-large'
  | 'path-too-long'
  | 'transaction-too-large';

/** The proof that `bytes` are, to the last byte. It has its form only: nothing was checked. */
export function decodeProof(bytes: Uint8Array): Result<Proof, ProofFormProblem> {
  const reader = new ByteReader(bytes);
  const isProof = reader.has(MAGIC.length) && equalBytes(reader.take(MAGIC.length), MAGIC);
  if (!isProof) return fail(startsLike(bytes) ? 'truncated' : 'not-a-proof');
  if (!reader.has(FIXED_BYTES - MAGIC.length)) return fail('truncated');
  const networkId = reader.hash() as BlockHash;
  const header = reader.take(HEADER_BYTES);
  const index = reader.u64();
  const treeSize = reader.u64();
  if (index === undefined || treeSize === undefined) return fail('index-too-large');
  const pathLength = reader.u8();
  if (pathLength > PATH_MAX) return fail('path-too-long');
  if (!reader.has(pathLength * 32 + 4)) return fail('truncated');
  const path: Uint8Array[] = [];
  for (let i = 0; i < pathLength; i++) path.push(reader.take(32));
  const length = reader.u32();
  if (length > TRANSACTION_BYTES_MAX) return fail('transaction-too-large');
  if (!reader.has(length)) return fail('truncated');
  const transaction = reader.take(length);
  if (reader.has(1)) return fail('trailing-bytes');
  return ok({ networkId, header, index, treeSize, path, transaction });
}

/** What a proof shows, once the header is known to be on the chain. */
export interface Proven {
  readonly tx: DecodedTransaction;
  readonly header: Header;
  readonly blockHash: BlockHash;
}

export type ProofProblem =
  | 'other-network'
  /** The transaction breaks a rule that needs no coins. */
  | 'bad-transaction'
  | 'bad-signature'
  /** The path does not lead from the transaction to the header's Merkle root. */
  | 'not-included';

/** Checks all of a proof but that its header is on the chain. */
export function checkProof(network: Network, proof: Proof): Result<Proven, ProofProblem> {
  if (proof.networkId !== network.id) return fail('other-network');
  const tx = decodeTransaction(proof.transaction);
  if (!tx.ok || !hasForm(tx.value)) return fail('bad-transaction');
  const header = decodeHeader(proof.header);
  const isIncluded = verifyInclusion({
    leafHash: leafHash(proof.transaction),
    index: proof.index,
    treeSize: proof.treeSize,
    proof: proof.path,
    root: hashBytes(header.merkleRoot),
  });
  if (!isIncluded) return fail('not-included');
  if (!checkSignatures(tx.value, network.idBytes).ok) return fail('bad-signature');
  return ok({ tx: tx.value, header, blockHash: headerHash(proof.header) });
}

function hasForm(tx: DecodedTransaction): boolean {
  return isCoinbase(tx) ? checkCommonForm(tx) === undefined : checkTransaction(tx).ok;
}

/** Whether `bytes` are the beginning of the first bytes of every proof. */
const startsLike = (bytes: Uint8Array): boolean =>
  bytes.length > 0 && equalBytes(bytes, MAGIC.subarray(0, bytes.length));

const MAGIC = utf8('cairn proof 1\n');
/** All but the path and the transaction. */
const FIXED_BYTES = MAGIC.length + 32 + HEADER_BYTES + 8 + 8 + 1 + 4;
/** A tree of 2^53 leaves is no deeper. */
const PATH_MAX = 53;

/** No proof file is larger. */
export const PROOF_BYTES_MAX = FIXED_BYTES + PATH_MAX * 32 + TRANSACTION_BYTES_MAX;
