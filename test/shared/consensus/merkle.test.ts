import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '#crypto';
import { concatBytes, fromHex, toHex } from '../../../shared/bytes.js';
import {
  inclusionProof,
  leafHash,
  merkleRoot,
  verifyInclusion,
} from '../../../shared/consensus/merkle.js';
import { requireVectors } from '../../support/skip.js';

describe('consensus/merkle', () => {
  it('computes the nine published roots', function () {
    const { leafInputsHex, rootHashesHexBySize } = readVectors(
      requireVectors(this),
      'rfc6962-reference-tree.json',
    ) as { leafInputsHex: string[]; rootHashesHexBySize: string[] };
    const leaves = leafInputsHex.map((hex) => leafHash(fromHex(hex) ?? expect.fail(hex)));
    expect(rootHashesHexBySize).to.have.length(9);
    for (const [size, root] of rootHashesHexBySize.entries()) {
      expect(toHex(merkleRoot(leaves.slice(0, size)))).to.equal(root);
    }
  });

  it('judges the 98 published inclusion proofs rightly', function () {
    const { inclusion } = readVectors(requireVectors(this), 'transparency-dev-proofs.json') as {
      inclusion: Record<string, PublishedProof>;
    };
    const cases = Object.entries(inclusion);
    expect(cases).to.have.length(98);
    for (const [name, { leafIdx, treeSize, root, leafHash: leaf, proof, wantErr }] of cases) {
      const verified = verifyInclusion({
        leafHash: base64(leaf),
        index: leafIdx,
        treeSize,
        proof: (proof ?? []).map(base64),
        root: base64(root),
      });
      expect(verified, name).to.equal(!wantErr);
    }
  });

  it('has the root that the recursive definition of RFC 6962 gives', () => {
    for (let size = 1; size <= 70; size++) {
      expect(merkleRoot(leavesOf(size))).to.deep.equal(recursiveRoot(leavesOf(size)));
    }
  });

  it('proves every leaf of every tree, and no other leaf by the same proof', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (treeSize, pick) => {
        const leaves = leavesOf(treeSize);
        const index = pick % treeSize;
        const proof = inclusionProof(leaves, index);
        const root = merkleRoot(leaves);
        const leaf = leaves[index] ?? expect.fail('a leaf');
        expect(verifyInclusion({ leafHash: leaf, index, treeSize, proof, root })).to.equal(true);
        const other = leafHash(Uint8Array.of(1));
        expect(verifyInclusion({ leafHash: other, index, treeSize, proof, root })).to.equal(false);
      }),
    );
  });

  it('unsafe integers: refuses an index of 2^64 − 1 instead of wrapping it', () => {
    const [leaf = new Uint8Array(0)] = leavesOf(1);
    const proven = { leafHash: leaf, proof: [], root: leaf };
    expect(verifyInclusion({ ...proven, index: 0, treeSize: 1 })).to.equal(true);
    for (const index of [2 ** 64 - 1, 2 ** 53, -1, 0.5, NaN, Infinity]) {
      expect(verifyInclusion({ ...proven, index, treeSize: 1 })).to.equal(false);
      expect(verifyInclusion({ ...proven, index, treeSize: 2 ** 64 })).to.equal(false);
    }
    for (const treeSize of [0, -1, 2 ** 53, 2 ** 64, NaN]) {
      expect(verifyInclusion({ ...proven, index: 0, treeSize })).to.equal(false);
    }
  });

  it('wrong index in a Merkle proof: a path verifies elsewhere, so it proves no position', () => {
    let elsewhere = 0;
    for (let treeSize = 1; treeSize <= 9; treeSize++) elsewhere += claimsElsewhere(treeSize);
    expect(elsewhere).to.be.greaterThan(0);
  });

  it('CVE-2012-2459: a tail repeated gives another root', () => {
    for (let size = 1; size <= 33; size++) {
      const leaves = leavesOf(size);
      const root = toHex(merkleRoot(leaves));
      for (let repeated = 1; repeated <= size; repeated++) {
        const longer = [...leaves, ...leaves.slice(-repeated)];
        expect(toHex(merkleRoot(longer)), `${size} and ${repeated} again`).not.to.equal(root);
      }
    }
  });

  it('CVE-2017-12842: the children of an inner node do not pass for a transaction', () => {
    const leaves = leavesOf(4);
    const [a, b, c, d] = leaves as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    const root = merkleRoot(leaves);
    const right = merkleRoot([c, d]);
    // The 64 bytes under an inner node, shown as if they were a transaction.
    const forged = leafHash(concatBytes(a, b));
    const claim = { index: 0, treeSize: 2, proof: [right], root };
    expect(verifyInclusion({ ...claim, leafHash: forged })).to.equal(false);
    // The node itself verifies as what it is; no transaction has it as its leaf hash.
    expect(verifyInclusion({ ...claim, leafHash: merkleRoot([a, b]) })).to.equal(true);
    expect(leafHash(concatBytes(a, b))).not.to.deep.equal(merkleRoot([a, b]));
  });
});

interface PublishedProof {
  readonly leafIdx: number;
  readonly treeSize: number;
  readonly root: string;
  readonly leafHash: string;
  readonly proof: string[] | null;
  readonly wantErr: boolean;
}

const readVectors = (vectors: string, file: string): unknown =>
  JSON.parse(readFileSync(join(vectors, 'merkle-rfc6962', file), 'utf8'));

const base64 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));

const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => leafHash(Uint8Array.of(0, i & 255, i >> 8)));

/** RFC 6962 §2.1, to the letter: split at the largest power of two below the size. */
function recursiveRoot(leaves: readonly Uint8Array[]): Uint8Array {
  if (leaves.length === 1) return leaves[0] ?? expect.fail('a leaf');
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)].map(recursiveRoot);
  return sha256(
    concatBytes(Uint8Array.of(1), left ?? new Uint8Array(0), right ?? new Uint8Array(0)),
  );
}

/** How many wrong (index, size) claims verify with the proofs of a tree of `treeSize` leaves. */
function claimsElsewhere(treeSize: number): number {
  const leaves = leavesOf(treeSize);
  const root = merkleRoot(leaves);
  let found = 0;
  for (const [index, leaf] of leaves.entries()) {
    const proof = inclusionProof(leaves, index);
    const claims = claimsBut(index).map((claim) => ({ ...claim, leafHash: leaf, proof, root }));
    found += claims.filter(verifyInclusion).length;
  }
  return found;
}

/** Every place in every tree of up to 16 leaves, but those with that index. */
const claimsBut = (index: number): { index: number; treeSize: number }[] =>
  Array.from({ length: 16 * 16 }, (_, i) => ({ index: i % 16, treeSize: 1 + (i >> 4) })).filter(
    (claim) => claim.index !== index,
  );
