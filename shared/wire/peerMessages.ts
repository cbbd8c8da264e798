/** What peers say to each other once the handshake is over. */

import type { AddressHash, BlockHash, Wtxid } from '../units.js';
import {
  array,
  binary,
  field,
  hash,
  hashes,
  hexes,
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
/** Addresses in one `getProofs`, proofs in one `proofs`, and the bytes of these together. */
export const PROOF_ADDRESSES_MAX = 64;
export const PROOFS_MAX = 64;
export const PROOFS_BYTES_MAX = 250_000;
/** No block of 3.9 MB has more than 2^16 transactions. */
const PATH_MAX = 16;
/** The largest transaction (bytes), and what one `transactions` carries. */
const TRANSACTION_BYTES = { min: 13, max: 100_000 } as const;
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

/** The one row whose limit depends on the network. */
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

/** A header and a count of transactions. */
const BLOCK_BYTES_MIN = 84;

/** What peers of a network say to each other; `blockBytesMax` is the network's parameter. */
export const peerProtocol = (blockBytesMax: number): PeerProtocol =>
  new Protocol<PeerRow>('peer', [...CONSTANT_ROWS, blockRow(blockBytesMax)]);

export type PeerProtocol = Protocol<PeerRow>;
export type PeerRow = (typeof CONSTANT_ROWS)[number] | ReturnType<typeof blockRow>;
export type PeerMessage = MessageOf<PeerRow>;
