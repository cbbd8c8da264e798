/**
 * Branches of headers alone: proof of work and times are right, the blocks behind them do not
 * exist.
 */

import { concatBytes } from '../../shared/bytes.js';
import { nextBits, type ChainPoint } from '../../shared/consensus/difficulty.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { encodeHeader, headerHash } from '../../shared/consensus/header.js';
import { hashValue, targetOf } from '../../shared/consensus/work.js';
import type { BlockHash, HashHex, UnixSeconds } from '../../shared/units.js';

/** Where a branch ends. */
export interface HeaderEnd {
  readonly hash: BlockHash;
  readonly point: ChainPoint;
}

export const genesisEnd = ({ id, params }: Network): HeaderEnd => ({
  hash: id,
  point: { height: 0, time: params.time, bits: params.genesisBits, parentTime: undefined },
});

export interface Branch {
  /** 80 bytes each. */
  readonly bytes: Uint8Array;
  readonly end: HeaderEnd;
}

/** `count` headers on `from`, one target interval apart. `tag` makes branches differ. */
export function headerBranch(network: Network, from: HeaderEnd, count: number, tag = 'ab'): Branch {
  const { params } = network;
  const pieces: Uint8Array[] = [];
  let end = from;
  for (let i = 0; i < count; i++) {
    const { hash: previous, point } = end;
    const time = (point.time + params.targetInterval) as UnixSeconds;
    const bits = nextBits(params, point);
    const merkleRoot = tag.repeat(32) as HashHex;
    const bytes = encodeHeader({ version: 1, previous, merkleRoot, time, bits, nonce: 0 });
    const hash = mine(bytes, targetOf(bits) ?? 0n);
    pieces.push(bytes);
    end = { hash, point: { height: point.height + 1, time, bits, parentTime: point.time } };
  }
  return { bytes: concatBytes(...pieces), end };
}

/** Sets the first nonce whose hash meets `target`. */
function mine(bytes: Uint8Array, target: bigint): BlockHash {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let nonce = 0; ; nonce++) {
    view.setUint32(76, nonce, true);
    const hash = headerHash(bytes);
    if (hashValue(hash) <= target) return hash;
  }
}
