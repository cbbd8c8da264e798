/** Header trees for tests: headers without proof of work, whose work is what the test says. */

import { ByteWriter } from '../../shared/byteWriter.js';
import { toHexReversed } from '../../shared/bytes.js';
import type { Bits, BlockHash, HashHex, UnixSeconds } from '../../shared/units.js';
import type { HeaderEntry } from '../../peer/chain/headerEntry.js';
import { HeaderTree, type CheckedHeader } from '../../peer/chain/headerTree.js';

/** A header with the number `n` in its hash and bytes, worth `work` hashes. */
export function fakeHeader(n: number, work = 1, time = n): CheckedHeader {
  const writer = new ByteWriter(80);
  writer.u32(n);
  writer.bytes(new Uint8Array(76));
  const bytes = writer.finish();
  const hash = toHexReversed(bytes.subarray(0, 32)) as BlockHash;
  const zeros = '0'.repeat(64);
  const header = {
    version: 1,
    previous: zeros as BlockHash,
    merkleRoot: zeros as HashHex,
    time: time as UnixSeconds,
    bits: 0x207f_ffff as Bits,
    nonce: n,
  };
  return { header, hash, bytes, target: (1n << 256n) / BigInt(work) - 1n };
}

/** A tree of a genesis block alone, number 0. */
export const newTree = (): HeaderTree => new HeaderTree(fakeHeader(0));

/** Adds the next number below `parent`. */
export const grow = (tree: HeaderTree, parent: HeaderEntry, work = 1): HeaderEntry =>
  tree.add(fakeHeader(tree.size, work), parent);

/** Adds `count` headers, each on the one before, and returns the last. */
export function growBranch(tree: HeaderTree, parent: HeaderEntry, count: number): HeaderEntry {
  let at = parent;
  for (let i = 0; i < count; i++) at = grow(tree, at);
  return at;
}
