/** What peers say to each other once the handshake is over. */

import type { AddressHash, BlockHash, Wtxid } from '../units.js';
import {
  array,
  bin,
  binary,
  field,
  hash,
  hashes,
  hexes,
  nullable,
  oneOf,
  record,
  u16,
  u32,
  type ValueOf,
} from './fields.js';
import { KEEP_ALIVE_ROWS } from './handshakeMessages.js';
import { message, Protocol, type MessageOf } from './protocol.js';

/** Headers in one `headers`. */
export const HEADERS_MAX = 2_000;
/** Hashes in one locator: enough for ten recent ones and 91 doublings. */
export const LOCATOR_MAX = 101;
/** Blocks asked for by one `getBlocks`. */
export const GET_BLOCKS_MAX = 16;
/** Headers in one `newHeaders`. */
export const NEW_HEADERS_MAX = 8;
/** Transactions named in one `inv`. */
export const INV_MAX = 1_000;
/** Transactions asked for by one `getTransactions`. */
export const GET_TRANSACTIONS_MAX = 64;
/** The key of short ids, and one of them (bytes). */
export const SHORT_ID_KEY_BYTES = 16;
export const SHORT_ID_BYTES = 6;
/** Transactions that come whole with a `compactBlock`, and their bytes. */
const PREFILLED_MAX = 16;
const PREFILLED_BYTES_MAX = 120_000;
/** A place in a block (bytes). */
export const PLACE_BYTES = 2;
/** Transactions of a block asked for by one `getBlockTransactions`. */
export const REST_MAX = 1_000;
/** Addresses in one `getProofs`, proofs in one `proofs`, and the bytes of these together. */
export const PROOF_ADDRESSES_MAX = 64;
export const PROOFS_MAX = 64;
export const PROOFS_BYTES_MAX = 250_000;
/** No block of 3.9 MB has more than 2^16 transactions. */
const PATH_MAX = 16;
/** The largest transaction (bytes), and what one `transactions` carries. */
const TRANSACTION_BYTES = { min: 13, max: 100_000 } as const;
/** The smallest that spends: one input, one key, one output. */
const SPENDING_BYTES_MIN = 184;
export const TRANSACTIONS_BYTES_MAX = 250_000;
/** The largest block that any network may have, whatever its parameters say (bytes). */
export const BLOCK_BYTES_CEILING = 3_900_000;

const provenTransaction = record({
  block: field(hash<BlockHash>(), 'the block that holds it'),
  position: field(u16, 'its place there, from 0: steers the path left and right (§10)'),
  count: field(u32, 'transactions of the block, likewise'),
  path: field(binary({ min: 0, max: 32 * PATH_MAX, unit: 32 }), 'siblings from the leaf upward'),
  transaction: field(binary(TRANSACTION_BYTES), 'all of its bytes'),
});

/** A transaction and the path to the Merkle root of its block. */
export type ProvenTransaction = ValueOf<typeof provenTransaction>;

const CONSTANT_ROWS = [
  ...KEEP_ALIVE_ROWS,
  message({
    name: 'getHeaders',
    number: 0x10,
    since: 1,
    limit: { bytes: 3_472, why: '101 hashes and one' },
    about: 'Asks for the headers after the first known hash of the locator. Answer: `headers`.',
    fields: {
      locator: field(
        array(hash<BlockHash>(), { min: 1, max: LOCATOR_MAX }),
        'hashes of headers that we have, from the last back, ever further apart, genesis last',
      ),
      stop: field(hash<BlockHash>(), 'the last header wanted; zeros: as many as fit'),
    },
  }),
  message({
    name: 'headers',
    number: 0x11,
    since: 1,
    limit: { bytes: 160_006, why: '2,000 headers of 80 bytes' },
    about: 'Answers `getHeaders`. Fewer than 2,000: the sender has no more.',
    fields: {
      headers: field(
        binary({ min: 0, max: 80 * HEADERS_MAX, unit: 80 }),
        'headers, each the parent of the next',
      ),
    },
  }),
  message({
    name: 'getBlocks',
    number: 0x12,
    since: 1,
    limit: { bytes: 548, why: '16 hashes' },
    about: 'Asks for blocks. Each is answered by one `block` or one `notFound`.',
    fields: {
      hashes: field(array(hash<BlockHash>(), { min: 1, max: GET_BLOCKS_MAX }), 'the blocks wanted'),
    },
  }),
  message({
    name: 'notFound',
    number: 0x14,
    since: 1,
    limit: { bytes: 35, why: 'one hash' },
    about: 'Answers `getBlocks` for a block that the sender has not connected.',
    fields: { hash: field(hash<BlockHash>(), 'the block that was asked for') },
  }),
  message({
    name: 'newHeaders',
    number: 0x15,
    since: 1,
    limit: { bytes: 644, why: '8 headers of 80 bytes' },
    about:
      'Tells of a new tip, unasked: its header, after those of its parents that are new as well.',
    fields: {
      headers: field(
        binary({ min: 80, max: 80 * NEW_HEADERS_MAX, unit: 80 }),
        'headers, each the parent of the next; the last is the new tip',
      ),
    },
  }),
  message({
    name: 'compactWanted',
    number: 0x16,
    since: 3,
    limit: { bytes: 19, why: 'one key' },
    about:
      'Asks that new tips come as `compactBlock` instead of `newHeaders`, or that they do no more.',
    fields: {
      key: field(
        nullable(bin(SHORT_ID_KEY_BYTES)),
        'under which the sender of `compactBlock` shall make short ids; nil: none are wanted',
      ),
    },
  }),
  message({
    name: 'getBlockTransactions',
    number: 0x18,
    since: 3,
    limit: { bytes: 2_038, why: 'one hash and 1,000 places' },
    about:
      'Asks for what was not at hand of the last `compactBlock`. Answer: `blockTransactions`, or ' +
      'as to `getBlocks`.',
    fields: {
      hash: field(hash<BlockHash>(), 'the block'),
      places: field(
        binary({ min: PLACE_BYTES, max: PLACE_BYTES * REST_MAX, unit: PLACE_BYTES }),
        'of the transactions wanted: each u16, little-endian, ascending, from 1',
      ),
    },
  }),
  message({
    name: 'inv',
    number: 0x20,
    since: 2,
    limit: { bytes: 32_004, why: '1,000 hashes' },
    about: 'Tells of transactions that wait for a block and that the sender can give.',
    fields: {
      wtxids: field(
        hashes<Wtxid>({ min: 1, max: INV_MAX }),
        'leaf hashes of whole transactions, parents before children',
      ),
    },
  }),
  message({
    name: 'getTransactions',
    number: 0x21,
    since: 2,
    limit: { bytes: 2_052, why: '64 hashes' },
    about: 'Asks for transactions. Each is answered once, in some `transactions`.',
    fields: {
      wtxids: field(hashes<Wtxid>({ min: 1, max: GET_TRANSACTIONS_MAX }), 'the ones wanted'),
    },
  }),
  message({
    name: 'transactions',
    number: 0x22,
    since: 2,
    limit: {
      bytes: TRANSACTIONS_BYTES_MAX + 2_055,
      why: 'two of the largest or 64 others; 64 hashes',
    },
    about: 'Answers a part or all of `getTransactions`.',
    fields: {
      transactions: field(
        array(binary(TRANSACTION_BYTES), {
          min: 0,
          max: GET_TRANSACTIONS_MAX,
          bytesMax: TRANSACTIONS_BYTES_MAX,
        }),
        'whole transactions',
      ),
      missing: field(
        hashes<Wtxid>({ min: 0, max: GET_TRANSACTIONS_MAX }),
        'what was asked for and does not wait any more',
      ),
    },
  }),
  message({
    name: 'getProofs',
    number: 0x30,
    since: 3,
    limit: { bytes: 1_292, why: '64 addresses' },
    about:
      'A client asks for the transactions that pay to addresses or spend their coins, from a ' +
      'place in the chain on. Answer: `proofs`.',
    fields: {
      addresses: field(
        hexes<AddressHash>(20, { min: 1, max: PROOF_ADDRESSES_MAX }),
        'address hashes',
      ),
      height: field(u32, 'of the first block that is looked at'),
      position: field(u16, 'of the first transaction in that block'),
    },
  }),
  message({
    name: 'proofs',
    number: 0x31,
    since: 3,
    limit: { bytes: PROOFS_BYTES_MAX + 39, why: 'two of the largest transactions or 64 others' },
    about: 'Answers `getProofs`: the first of these transactions, in the order of the chain.',
    fields: {
      state: field(
        oneOf('done', 'more', 'no-index'),
        'whether that is all; or the sender keeps no index of addresses, and has no answer',
      ),
      upTo: field(hash<BlockHash>(), 'the last block that was looked at; zeros: no-index'),
      proofs: field(
        array(provenTransaction, { min: 0, max: PROOFS_MAX, bytesMax: PROOFS_BYTES_MAX }),
        'each with the path to the Merkle root in the header of its block',
      ),
    },
  }),
] as const;

/** The rows whose limits depend on the network. */
const blockRow = (blockBytesMax: number) =>
  message({
    name: 'block',
    number: 0x13,
    since: 1,
    limit: {
      bytes: blockBytesMax + 6,
      why: "one block of the network's greatest size, here the ceiling",
    },
    about: 'Answers `getBlocks`.',
    fields: {
      block: field(
        binary({ min: BLOCK_BYTES_MIN, max: blockBytesMax }),
        'header, count of transactions u32 little-endian, transactions',
      ),
    },
  });

const compactBlockRow = (blockBytesMax: number) =>
  message({
    name: 'compactBlock',
    number: 0x17,
    since: 3,
    limit: {
      bytes: shortIdsMax(blockBytesMax) * SHORT_ID_BYTES + PREFILLED_BYTES_MAX + 125,
      why: 'a header, a short id for each transaction of the greatest block, 120,000 bytes whole',
    },
    about:
      'Tells of a new tip, unasked, with what it takes to build it from what waits for a block.',
    fields: {
      header: field(bin(80), 'of the block'),
      shortIds: field(
        binary({
          min: 0,
          max: shortIdsMax(blockBytesMax) * SHORT_ID_BYTES,
          unit: SHORT_ID_BYTES,
        }),
        'of the transactions that do not come whole, in the order of the block',
      ),
      places: field(
        binary({ min: PLACE_BYTES, max: PLACE_BYTES * PREFILLED_MAX, unit: PLACE_BYTES }),
        'of those that come whole: each u16, little-endian, counted from 0, ascending',
      ),
      whole: field(
        array(binary(TRANSACTION_BYTES), {
          min: 1,
          max: PREFILLED_MAX,
          bytesMax: PREFILLED_BYTES_MAX,
        }),
        'as many: the coinbase, and what else the receiver may not have',
      ),
    },
  });

const blockTransactionsRow = (blockBytesMax: number) =>
  message({
    name: 'blockTransactions',
    number: 0x19,
    since: 3,
    limit: { bytes: blockBytesMax + 5_038, why: 'most of a block, here of the ceiling' },
    about: 'Answers `getBlockTransactions`.',
    fields: {
      hash: field(hash<BlockHash>(), 'the block'),
      transactions: field(
        array(binary({ ...TRANSACTION_BYTES, min: SPENDING_BYTES_MIN }), {
          min: 1,
          max: REST_MAX,
          bytesMax: blockBytesMax + 5_000,
        }),
        'those that were asked for, in that order',
      ),
    },
  });

const shortIdsMax = (blockBytesMax: number): number =>
  Math.floor((blockBytesMax - BLOCK_BYTES_MIN) / SPENDING_BYTES_MIN);

/** A header and a count of transactions. */
const BLOCK_BYTES_MIN = 84;

/** What peers of a network say to each other; `blockBytesMax` is the network's parameter. */
export const peerProtocol = (blockBytesMax: number): PeerProtocol =>
  new Protocol<PeerRow>('peer', [
    ...CONSTANT_ROWS,
    blockRow(blockBytesMax),
    compactBlockRow(blockBytesMax),
    blockTransactionsRow(blockBytesMax),
  ]);

export type PeerProtocol = Protocol<PeerRow>;
export type PeerRow =
  | (typeof CONSTANT_ROWS)[number]
  | ReturnType<typeof blockRow>
  | ReturnType<typeof compactBlockRow>
  | ReturnType<typeof blockTransactionsRow>;
export type PeerMessage = MessageOf<PeerRow>;
