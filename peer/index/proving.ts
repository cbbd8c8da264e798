/**
 * What a light peer is answered: the transactions of some addresses, oldest first, each with its
 * Merkle path. Look-ups first, all at one block; then a block of the chain at a time.
 */

import { concatBytes, hashBytes } from '../../shared/bytes.js';
import { decodeBlock } from '../../shared/consensus/block.js';
import { inclusionProofs } from '../../shared/consensus/merkle.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { AddressHash, BlockHash } from '../../shared/units.js';
import type { AddressReader, IndexReader, TransactionPosition } from './readers.js';

export interface ProvingLimits {
  /** Proofs in one answer, and their bytes together. */
  readonly count: number;
  readonly bytes: number;
}

export interface WantedProofs extends TransactionPosition {
  readonly addresses: readonly AddressHash[];
}

/** One transaction and its way to the Merkle root of its block. */
export interface Proof {
  readonly block: BlockHash;
  readonly position: number;
  /** Transactions of the block. */
  readonly count: number;
  /** 32 bytes each, from the leaf upward. */
  readonly path: Uint8Array;
  readonly transaction: Uint8Array;
}

/** Where the answer to a question is found; it stands at the block `upTo`. */
export interface ProvingPlan {
  readonly upTo: BlockHash;
  readonly blocks: readonly PlannedBlock[];
  /** There is more than one answer may have. */
  readonly isCut: boolean;
}

interface PlannedBlock {
  readonly hash: BlockHash;
  /** Ascending. */
  readonly positions: readonly number[];
}

export interface ProvenAnswer {
  readonly state: 'done' | 'more';
  readonly upTo: BlockHash;
  readonly proofs: readonly Proof[];
}

/** `undefined`: the index holds nothing yet. */
export function planProofs(
  index: IndexReader,
  wanted: WantedProofs,
  limits: Pick<ProvingLimits, 'count'>,
): ProvingPlan | undefined {
  const cursor = index.cursor();
  if (cursor === undefined) return undefined;
  const places = placesOf(index, wanted, limits.count + 1);
  const byHeight = new Map<number, number[]>();
  for (const { height, position } of places.slice(0, limits.count)) {
    const positions = byHeight.get(height);
    if (positions === undefined) byHeight.set(height, [position]);
    else positions.push(position);
  }
  const blocks = Array.from(byHeight, ([height, positions]) => {
    return { hash: index.hashAt(height), positions };
  });
  return { upTo: cursor.hash, blocks, isCut: places.length > limits.count };
}

/** The first `count` places of all addresses together, each once. */
function placesOf(
  index: AddressReader,
  { addresses, height, position }: WantedProofs,
  count: number,
): TransactionPosition[] {
  const found = new Map<string, TransactionPosition>();
  for (const address of addresses) {
    for (const place of index.placesFrom(address, { height, position }, count)) {
      found.set(`${String(place.height)} ${String(place.position)}`, place);
    }
  }
  const places = [...found.values()].sort((a, b) => a.height - b.height || a.position - b.position);
  return places.slice(0, count);
}

/**
 * Reads a block in each turn; returns `undefined` when the disk does not give one back. `block`:
 * the whole block's bytes.
 */
export function* proveStepwise(
  { upTo, blocks, isCut }: ProvingPlan,
  block: (hash: BlockHash) => Uint8Array | undefined,
  bytesMax: number,
): Generator<void, ProvenAnswer | undefined> {
  const proofs: Proof[] = [];
  let sizeBytes = 0;
  for (const { hash, positions } of blocks) {
    const bytes = block(hash);
    const decoded = bytes === undefined ? undefined : decodeBlock(bytes);
    if (decoded?.ok !== true) return undefined;
    for (const proof of proofsIn(hash, decoded.value.transactions, positions)) {
      sizeBytes += proof.transaction.length + proof.path.length + FIELDS_BYTES;
      if (sizeBytes > bytesMax) return { state: 'more', upTo, proofs };
      proofs.push(proof);
    }
    yield;
  }
  return { state: isCut ? 'more' : 'done', upTo, proofs };
}

/** Of a proof on the wire, beside path and transaction: prefixes and fixed fields. */
const FIELDS_BYTES = 51;

function proofsIn(
  block: BlockHash,
  transactions: readonly DecodedTransaction[],
  positions: readonly number[],
): Proof[] {
  const leaves = transactions.map(({ wtxid }) => hashBytes(wtxid));
  const paths = inclusionProofs(leaves, positions);
  return positions.map((position, i) => ({
    ...{ block, position, count: leaves.length },
    path: concatBytes(...(paths[i] ?? [])),
    transaction: (transactions[position] as DecodedTransaction).bytes,
  }));
}
