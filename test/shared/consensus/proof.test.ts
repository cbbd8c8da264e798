import { expect } from 'chai';
import fc from 'fast-check';
import { sha256 } from '#crypto';
import { concatBytes, hashBytes, toHex, utf8 } from '../../../shared/bytes.js';
import { headerHash } from '../../../shared/consensus/header.js';
import { leafHash, merkleRoot } from '../../../shared/consensus/merkle.js';
import {
  checkProof,
  decodeProof,
  encodeProof,
  proofOf,
  type Proof,
} from '../../../shared/consensus/proof.js';
import { stampMemo } from '../../../shared/stamp.js';
import {
  decoded,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';

const network = makeNetwork();
const payments = [0, 1, 2, 3].map((i) =>
  spend(network, {
    coins: [genesisCoin(network, i)],
    outputs: [pay(owner(5), 100)],
    memo: stampMemo(sha256(utf8('a document'))),
  }),
);
const { block } = nextBlock(network, genesisOf(network), { transactions: payments });
const proofs = block.transactions.map((_, position) => proofOf(network, block, position));
const proof = proofs[2] ?? expect.fail('a proof');

/** What a check says: the txid, or the problem. */
const verdict = (claim: Proof): string => {
  const checked = checkProof(network, claim);
  return checked.ok ? checked.value.tx.txid : checked.error;
};

/** The proof in `bytes`, or why there is none. */
const read = (bytes: Uint8Array): Proof | string => {
  const result = decodeProof(bytes);
  return result.ok ? result.value : result.error;
};

describe('consensus/proof', () => {
  it('holds for each transaction of a block, and for genesis', () => {
    expect(proofs.map(verdict)).to.deep.equal(block.transactions.map(({ txid }) => txid));
    const genesis = proofOf(network, network.genesis, 0);
    expect(verdict(genesis)).to.equal(network.genesis.transactions[0]?.txid);
    const proven = checkProof(network, proof);
    expect(proven.ok && proven.value).to.include({ blockHash: block.hash });
    expect(proven.ok && proven.value.header).to.deep.equal(block.header);
  });

  it('has one layout, to the last byte', () => {
    for (const one of proofs) expect(read(encodeProof(one))).to.deep.equal(one);
    const bytes = encodeProof(proof);
    const expected = concatBytes(
      utf8('cairn proof 1\n'),
      network.idBytes,
      proof.header,
      Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 3),
      ...proof.path,
      Uint8Array.of(proof.transaction.length, 0, 0, 0),
      proof.transaction,
    );
    expect(toHex(bytes)).to.equal(toHex(expected));
  });

  it('tells a file that is cut off, has more, or is none', () => {
    const bytes = encodeProof(proof);
    for (let length = 1; length < bytes.length; length++) {
      expect(read(bytes.subarray(0, length)), String(length)).to.equal('truncated');
    }
    expect(read(new Uint8Array(0))).to.equal('not-a-proof');
    expect(read(concatBytes(bytes, new Uint8Array(1)))).to.equal('trailing-bytes');
    expect(read(utf8('cairn proof 2\n'))).to.equal('not-a-proof');
    expect(read(utf8('cairn'))).to.equal('truncated');
    expect(read(new Uint8Array(1_000))).to.equal('not-a-proof');
  });

  it('does not believe what a length claims', () => {
    const bytes = encodeProof(proof);
    const withByte = (at: number, value: number): Uint8Array =>
      bytes.map((byte, i) => (i === at ? value : byte));
    expect(read(withByte(PATH_LENGTH_AT, 255))).to.equal('path-too-long');
    const length = PATH_LENGTH_AT + 1 + proof.path.length * 32;
    expect(read(withByte(length + 3, 255))).to.equal('transaction-too-large');
    expect(read(withByte(length + 1, 1))).to.equal('truncated');
  });

  it('unsafe integers: an index of 2^64-1 in a Merkle proof is refused, not wrapped', () => {
    const bytes = encodeProof(proof);
    for (const at of [INDEX_AT, INDEX_AT + 8]) {
      const all = bytes.map((byte, i) => (i >= at && i < at + 8 ? 0xff : byte));
      expect(read(all)).to.equal('index-too-large');
      // 2^53, which no double tells from 2^53 + 1.
      const exact = bytes.map((byte, i) => (i === at + 6 ? 0x20 : byte));
      expect(read(exact)).to.equal('index-too-large');
    }
    expect(verdict({ ...proof, index: 2 ** 53 - 1, treeSize: 2 ** 53 - 1 })).to.equal(
      'not-included',
    );
    expect(verdict({ ...proof, index: 2 ** 64 - 1 })).to.equal('not-included');
  });

  it('wrong index in a Merkle proof: proofs say *included*, nothing says a position', () => {
    // The path of leaf 2 of 5 is the path of leaf 2 of 6, 7 and 8 as well.
    for (const treeSize of [6, 7, 8]) {
      expect(verdict({ ...proof, treeSize })).to.equal(payments[1]?.txid);
    }
    const proven = checkProof(network, { ...proof, treeSize: 8 });
    expect(proven.ok && Object.keys(proven.value)).to.deep.equal(['tx', 'header', 'blockHash']);
    expect(verdict({ ...proof, index: 3 })).to.equal('not-included');
  });

  it('CVE-2017-12842 64-byte transaction as inner node: forged inclusion proof is refused', () => {
    const leaves = block.transactions.map(({ wtxid }) => hashBytes(wtxid));
    const [a, b, c, d, e] = leaves as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
    // The 64 bytes below the first inner node, shown as a transaction one level higher.
    const inner = concatBytes(a, b);
    const path = [merkleRoot([c, d]), e];
    const forged = { ...proof, index: 0, treeSize: 3, path, transaction: inner };
    expect(verdict(forged)).to.equal('bad-transaction');
    // The path itself is right: the node's own hash leads to the root. No leaf has that hash.
    expect(leafHash(inner)).not.to.deep.equal(merkleRoot([a, b]));
    // And a transaction that was made so that a part of it is a node proves nothing below it.
    const memo = concatBytes(c, d);
    const bait = spend(network, {
      coins: [genesisCoin(network, 4)],
      outputs: [pay(owner(5), 1)],
      memo,
    });
    const below = nextBlock(network, genesisOf(network), { transactions: [bait] });
    const real = proofOf(network, below.block, 1);
    expect(verdict(real)).to.equal(bait.txid);
    const [, victim = expect.fail('a payment')] = payments;
    const claim = { ...real, transaction: victim.bytes, index: 2, treeSize: 4 };
    expect(verdict({ ...claim, path: [d, ...real.path] })).to.equal('not-included');
  });

  it('refuses another transaction, path, header or network', () => {
    const [other = expect.fail('a payment')] = payments;
    expect(verdict({ ...proof, transaction: other.bytes })).to.equal('not-included');
    expect(verdict({ ...proof, path: [...proof.path].reverse() })).to.equal('not-included');
    expect(verdict({ ...proof, path: proof.path.slice(1) })).to.equal('not-included');
    expect(verdict({ ...proof, header: network.genesisBytes.subarray(0, 80) })).to.equal(
      'not-included',
    );
    expect(verdict({ ...proof, networkId: headerHash(proof.header) })).to.equal('other-network');
  });

  it('refuses a transaction that breaks a rule, though a miner included it', () => {
    const [victim = expect.fail('a payment')] = payments;
    const unsigned = decoded({
      ...victim,
      signatures: victim.signatures.map((s) => s.slice().fill(1)),
    });
    const greedy = spend(network, {
      coins: [genesisCoin(network, 4)],
      outputs: [pay(owner(5), 10_000_000)],
    });
    for (const [bad, problem] of [
      [unsigned, 'bad-signature'],
      [greedy, 'bad-transaction'],
    ] as const) {
      // As a miner that cheats would make it; nobody connects it.
      const made = nextBlock(network, genesisOf(network), { transactions: [bad], reward: 1 });
      expect(verdict(proofOf(network, made.block, 1))).to.equal(problem);
    }
  });

  it('stands against any one changed byte', () => {
    const bytes = encodeProof(proof);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = read(bytes.map((byte, i) => (i === at ? byte ^ change : byte)));
        if (typeof changed === 'string') return;
        const isHeader = at >= HEADER_AT && at < INDEX_AT;
        // A header that was changed elsewhere than in its root is no block of the chain any more.
        const isRoot = at >= HEADER_AT + 36 && at < HEADER_AT + 68;
        if (isHeader && !isRoot) expect(headerHash(changed.header)).not.to.equal(block.hash);
        // Another tree size may name the same path.
        else if (at >= INDEX_AT + 8 && at < PATH_LENGTH_AT) return;
        else expect(verdict(changed)).not.to.equal(payments[1]?.txid);
      }),
      { numRuns: 500 },
    );
  });
});

const HEADER_AT = 14 + 32;
const INDEX_AT = HEADER_AT + 80;
const PATH_LENGTH_AT = INDEX_AT + 16;
