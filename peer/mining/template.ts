/**
 * The next block on a tip, without its proof of work. Pure: the miner says when, and who is paid.
 */

import { assert } from '../../shared/assert.js';
import { concatBytes, toHexReversed } from '../../shared/bytes.js';
import { encodeBlock, transactionsRoot, type Block } from '../../shared/consensus/block.js';
import { COINBASE_MEMO_BYTES } from '../../shared/consensus/checkBlock.js';
import { effectiveTarget, nextBits, type ChainPoint } from '../../shared/consensus/difficulty.js';
import { encodeHeader, headerHash, type Header } from '../../shared/consensus/header.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import { subsidyAt } from '../../shared/consensus/subsidy.js';
import {
  decodeTransaction,
  encodeTransaction,
  type DecodedTransaction,
} from '../../shared/consensus/transaction.js';
import type { AddressHash, Amount, BlockHash, HashHex, UnixSeconds } from '../../shared/units.js';

export const EXTRA_NONCE_BYTES = COINBASE_MEMO_BYTES.min;
/** What the extra nonce leaves of the coinbase's memo. */
export const TAG_BYTES_MAX = COINBASE_MEMO_BYTES.max - EXTRA_NONCE_BYTES;

/** The block on which the next one is built. */
export interface Tip {
  readonly hash: BlockHash;
  readonly point: ChainPoint;
}

/** What the block holds and whom it pays. */
export interface Contents {
  readonly payTo: AddressHash;
  /** Free bytes in the coinbase, `TAG_BYTES_MAX` at most. */
  readonly tag: Uint8Array;
  /** 8 bytes that no other template of any node has, so that no two nodes hash the same header. */
  readonly extraNonce: Uint8Array;
  /** After the coinbase, in this order; together with it within the block's limit. */
  readonly transactions: readonly DecodedTransaction[];
  /** Sum of the fees of `transactions`. */
  readonly fees: Amount;
}

export interface Template {
  readonly height: number;
  /** With nonce 0. */
  readonly header: Header;
  /** Effective target at the header's time: a hash wins when its value is at most this. */
  readonly target: bigint;
  readonly transactions: readonly DecodedTransaction[];
}

/** A block with its proof of work. */
export interface FoundBlock {
  readonly hash: BlockHash;
  readonly height: number;
  /** The whole block, as bytes and as they decode. */
  readonly bytes: Uint8Array;
  readonly block: Block;
}

/** The template of the block after `tip`, at `unix` by our clock. */
export function makeTemplate(
  params: NetworkParams,
  tip: Tip,
  contents: Contents,
  unix: UnixSeconds,
): Template {
  const height = tip.point.height + 1;
  const transactions = [coinbase(params, height, contents), ...contents.transactions];
  const header: Header = {
    version: HEADER_VERSION,
    previous: tip.hash,
    merkleRoot: toHexReversed(transactionsRoot(transactions)) as HashHex,
    time: headerTime(tip, unix),
    bits: nextBits(params, tip.point),
    nonce: 0,
  };
  return { height, header, target: targetAt(params, tip, header), transactions };
}

/** The same block at `unix`, with the target of that time. `template` was made on `tip`. */
export function retimed(
  params: NetworkParams,
  tip: Tip,
  template: Template,
  unix: UnixSeconds,
): Template {
  const { height, transactions } = template;
  const { version, previous, merkleRoot, bits, nonce } = template.header;
  const time = headerTime(tip, unix);
  const header = { version, previous, merkleRoot, time, bits, nonce };
  return { height, header, target: targetAt(params, tip, header), transactions };
}

/** The block that `nonce` makes of `template`; whether its hash wins is for the chain to check. */
export function solved(template: Template, nonce: number): FoundBlock {
  const { version, previous, merkleRoot, time, bits } = template.header;
  const header = { version, previous, merkleRoot, time, bits, nonce };
  const hash = headerHash(encodeHeader(header));
  const block = { header, hash, transactions: template.transactions };
  return { hash, height: template.height, bytes: encodeBlock(block), block };
}

/** Time never runs backwards along a chain, whatever our clock says. */
export const headerTime = (tip: Tip, unix: UnixSeconds): UnixSeconds =>
  Math.max(unix, tip.point.time) as UnixSeconds;

const HEADER_VERSION = 1;

function coinbase(params: NetworkParams, height: number, contents: Contents): DecodedTransaction {
  const { payTo, tag, extraNonce, fees } = contents;
  assert(tag.length <= TAG_BYTES_MAX, 'the tag of the miner is too long');
  assert(extraNonce.length === EXTRA_NONCE_BYTES, 'an extra nonce has 8 bytes');
  const reward = (subsidyAt(params, height) + fees) as Amount;
  const bytes = encodeTransaction({
    inputs: [],
    keys: [],
    // When the schedule has ended and nobody pays a fee, there is nothing to pay out.
    outputs: reward === 0 ? [] : [{ amount: reward, address: payTo }],
    lockHeight: height,
    memo: concatBytes(extraNonce, tag),
    signatures: [],
  });
  const decoded = decodeTransaction(bytes);
  assert(decoded.ok, 'our own coinbase does not decode');
  return decoded.value;
}

const targetAt = (params: NetworkParams, tip: Tip, header: Header): bigint =>
  effectiveTarget(params, header.bits, header.time - tip.point.time);
