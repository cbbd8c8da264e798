/** JSON of what the HTTP API answers from the index: transactions, addresses, proofs, stamps. */

import { transactionFields } from './chainSchemas.js';
import { AMOUNT, HASH, HEIGHT, HEX, UNIX_SECONDS, type Static } from './schema.js';

/** To which block an answer belongs. */
const standingFields = {
  indexHeight: { ...HEIGHT, description: 'of the block at which this answer stands' },
  indexHash: { ...HASH, description: 'of the block at which this answer stands' },
  tipHeight: { ...HEIGHT, description: 'of the chain; more than indexHeight while indexing' },
} as const;
const standingKeys = ['indexHeight', 'indexHash', 'tipHeight'] as const;

const POSITION = { type: 'integer', minimum: 0, description: 'in the block; 0: coinbase' } as const;
const CONFIRMATIONS = { type: 'integer', description: '1 in the last block' } as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
const ADDRESS = { type: 'string', description: 'bech32m' } as const;
const NEXT = {
  type: ['string', 'null'],
  description: 'where the next part begins; null: none',
} as const;

const placeFields = {
  blockHash: HASH,
  height: HEIGHT,
  position: POSITION,
  time: { ...UNIX_SECONDS, description: 'of the block' },
  confirmations: CONFIRMATIONS,
} as const;
const placeKeys = ['blockHash', 'height', 'position', 'time', 'confirmations'] as const;

export const transactionParams = {
  type: 'object',
  additionalProperties: false,
  required: ['txid'],
  properties: { txid: HASH },
} as const;

export const transactionQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { format: { enum: ['json', 'hex'], default: 'json' } },
} as const;

const waitingJson = {
  type: 'object',
  additionalProperties: false,
  required: ['position', 'count', 'bytesAhead', 'blocks', 'fee', 'feeRate', 'since'],
  properties: {
    position: { type: 'integer', minimum: 1, description: '1: it is the next that is taken' },
    count: { ...COUNT, description: 'of all that wait' },
    bytesAhead: { ...COUNT, description: 'of those that are taken before it' },
    blocks: { type: 'integer', minimum: 1, description: 'in which block from now, as things are' },
    fee: AMOUNT,
    feeRate: { type: 'number', description: 'smallest units for 1,000 bytes, with its ancestors' },
    since: UNIX_SECONDS,
  },
} as const;

export const foundTransactionJson = {
  $id: 'foundTransaction',
  type: 'object',
  additionalProperties: false,
  required: ['txid', 'wtxid', 'sizeBytes', 'waiting', ...placeKeys, ...standingKeys],
  properties: {
    ...transactionFields,
    hex: { ...HEX, description: 'the whole transaction, with format=hex' },
    waiting: {
      anyOf: [waitingJson, { type: 'null' }],
      description: 'its place among those that wait for a block; null: a block holds it',
    },
    blockHash: { ...HASH, type: ['string', 'null'] },
    height: { ...HEIGHT, type: ['integer', 'null'] },
    position: { ...POSITION, type: ['integer', 'null'] },
    time: { ...placeFields.time, type: ['integer', 'null'] },
    confirmations: { ...CONFIRMATIONS, description: '1 in the last block; 0 while it waits' },
    ...standingFields,
  },
} as const;

export const proofJson = {
  $id: 'proof',
  type: 'object',
  additionalProperties: false,
  required: ['txid', 'blockHash', 'height', 'time', 'confirmations', 'hex', ...standingKeys],
  properties: {
    txid: HASH,
    blockHash: HASH,
    height: HEIGHT,
    time: placeFields.time,
    confirmations: CONFIRMATIONS,
    hex: { ...HEX, description: 'the whole proof: the bytes of a proof file' },
    ...standingFields,
  },
} as const;

export const stampParams = {
  type: 'object',
  additionalProperties: false,
  required: ['document'],
  properties: {
    document: {
      type: 'string',
      pattern: '^[0-9a-f]{64}$',
      description: 'SHA-256 of the document, 64 hex digits as sha256sum prints them',
    },
  },
} as const;

export const stampJson = {
  $id: 'stamp',
  type: 'object',
  additionalProperties: false,
  required: ['document', 'txid', ...placeKeys, ...standingKeys],
  properties: {
    document: stampParams.properties.document,
    txid: HASH,
    ...placeFields,
    ...standingFields,
  },
} as const;

export const addressParams = {
  type: 'object',
  additionalProperties: false,
  required: ['address'],
  properties: { address: { ...ADDRESS, pattern: '^[0-9A-Za-z]{8,90}$' } },
} as const;

export const addressJson = {
  $id: 'address',
  type: 'object',
  additionalProperties: false,
  required: ['address', 'confirmed', 'immature', 'coins', 'transactions', ...standingKeys],
  properties: {
    address: ADDRESS,
    confirmed: { ...AMOUNT, description: 'what the next block may spend' },
    immature: { ...AMOUNT, description: 'mined, and still too young to be spent' },
    coins: { ...COUNT, description: 'unspent' },
    transactions: { ...COUNT, description: 'that paid it or spent its coins' },
    ...standingFields,
  },
} as const;

/** Coins and transactions that one request may ask for: some 300 kB of JSON. */
const PAGE_MAX = 1_000;
const PAGE = { type: 'integer', minimum: 1, maximum: PAGE_MAX, default: 100 } as const;

export const coinsQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    count: PAGE,
    after: {
      type: 'string',
      pattern: '^[0-9]{1,10}:[0-9]{1,5}:[0-9]{1,10}$',
      description: 'only coins after this one, HEIGHT:POSITION:INDEX; the “next” of an answer',
    },
  },
} as const;

export const coinsJson = {
  $id: 'coins',
  type: 'object',
  additionalProperties: false,
  required: ['address', 'coins', 'next', ...standingKeys],
  properties: {
    address: ADDRESS,
    coins: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: [
          ...(['txid', 'index', 'amount', 'height', 'position', 'confirmations'] as const),
          ...(['isCoinbase', 'isMature'] as const),
        ],
        properties: {
          txid: HASH,
          index: { type: 'integer', description: 'of the output' },
          amount: AMOUNT,
          height: HEIGHT,
          position: POSITION,
          confirmations: CONFIRMATIONS,
          isCoinbase: { type: 'boolean' },
          isMature: { type: 'boolean', description: 'whether the next block may spend it' },
        },
      },
    },
    next: NEXT,
    ...standingFields,
  },
} as const;

export const historyQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    count: PAGE,
    before: {
      type: 'string',
      pattern: '^[0-9]{1,10}:[0-9]{1,5}$',
      description: 'only what is older than HEIGHT:POSITION; the “next” of an answer',
    },
  },
} as const;

export const historyJson = {
  $id: 'history',
  type: 'object',
  additionalProperties: false,
  required: ['address', 'transactions', 'next', ...standingKeys],
  properties: {
    address: ADDRESS,
    transactions: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['txid', ...placeKeys, 'received', 'spent'],
        properties: {
          txid: HASH,
          ...placeFields,
          received: { ...AMOUNT, description: 'sum of its outputs to the address' },
          spent: { ...AMOUNT, description: 'sum of its inputs from the address' },
        },
      },
    },
    next: NEXT,
    ...standingFields,
  },
} as const;

export type FoundTransactionJson = Static<typeof foundTransactionJson>;
export type ProofJson = Static<typeof proofJson>;
export type StampJson = Static<typeof stampJson>;
export type AddressJson = Static<typeof addressJson>;
export type CoinsJson = Static<typeof coinsJson>;
export type HistoryJson = Static<typeof historyJson>;
