/**
 * The Merkle tree of RFC 6962 §2.1 over a block's transactions. Leaves and nodes hash under
 * different prefixes, so neither passes for the other (CVE-2017-12842); no leaf is ever duplicated
 * (CVE-2012-2459).
 */

import { sha256, sha256Prefixed } from '#crypto';
import { assert } from '../assert.js';
import { equalBytes } from '../bytes.js';

/** SHA-256(0x00 ‖ bytes), 32 bytes. */
export function leafHash(bytes: Uint8Array): Uint8Array {
  return sha256Prefixed(0, bytes);
}

/** The root over `leafHashes` in order, 32 bytes; SHA-256 of nothing when there are none. */
export function merkleRoot(leafHashes: readonly Uint8Array[]): Uint8Array {
  if (leafHashes.length === 0) return sha256(new Uint8Array(0));
  // Pairing neighbours level by level, the odd one passing up, gives the RFC's recursive split.
  let level = leafHashes;
  while (level.length > 1) level = nextLevel(level);
  return level[0] as Uint8Array;
}

/** The sibling hashes from leaf `index` up to the root: RFC 6962 §2.1.1. */
export const inclusionProof = (leafHashes: readonly Uint8Array[], index: number): Uint8Array[] =>
  inclusionProofs(leafHashes, [index])[0] as Uint8Array[];

/** Those of several leaves, for which the tree is made once. */
export function inclusionProofs(
  leafHashes: readonly Uint8Array[],
  indexes: readonly number[],
): Uint8Array[][] {
  const isLeaf = (at: number): boolean =>
    Number.isSafeInteger(at) && at >= 0 && at < leafHashes.length;
  assert(indexes.every(isLeaf), 'no such leaf');
  const proofs = indexes.map((index) => ({ at: index, path: [] as Uint8Array[] }));
  for (let level = leafHashes; level.length > 1; level = nextLevel(level)) {
    for (const proof of proofs) {
      const sibling = level[proof.at % 2 === 0 ? proof.at + 1 : proof.at - 1];
      if (sibling !== undefined) proof.path.push(sibling);
      proof.at = Math.floor(proof.at / 2);
    }
  }
  return proofs.map(({ path }) => path);
}

export interface Inclusion {
  readonly leafHash: Uint8Array;
  readonly index: number;
  readonly treeSize: number;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/**
 * Whether the proof leads from the leaf to the root: RFC 9162 §2.1.3.2. It shows that the leaf is
 * *in* the tree. A header holds no count, so neither `index` nor `treeSize` is proven.
 */
export function verifyInclusion({ leafHash, index, treeSize, proof, root }: Inclusion): boolean {
  if (!Number.isSafeInteger(index) || !Number.isSafeInteger(treeSize)) return false;
  if (index < 0 || index >= treeSize || leafHash.length !== 32) return false;
  let at = index;
  let last = treeSize - 1;
  let hash = leafHash;
  for (const sibling of proof) {
    if (last === 0 || sibling.length !== 32) return false;
    // The last of an odd number of nodes has no sibling: it passes up until it is a right child.
    while (at === last && at % 2 === 0 && at !== 0) {
      at /= 2;
      last = Math.floor(last / 2);
    }
    hash = at % 2 === 1 ? nodeHash(sibling, hash) : nodeHash(hash, sibling);
    at = Math.floor(at / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && equalBytes(hash, root);
}

function nextLevel(level: readonly Uint8Array[]): Uint8Array[] {
  const above: Uint8Array[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const left = level[i] as Uint8Array;
    const right = level[i + 1];
    above.push(right === undefined ? left : nodeHash(left, right));
  }
  return above;
}

const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array =>
  sha256Prefixed(1, left, right);
