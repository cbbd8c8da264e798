/** JSON of transactions that wait for a block in the HTTP API. */

import { AMOUNT, HASH, HEX, UNIX_SECONDS, type Static } from './schema.js';

/** Transactions in one request: about a second of work. */
const SUBMIT_MAX = 1_000;

const FEE_RATE = {
  type: 'number',
  minimum: 0,
  description: 'smallest units for 1,000 bytes',
} as const;

export const submitTransactionsBody = {
  type: 'object',
  additionalProperties: false,
  required: ['transactions'],
  properties: {
    transactions: {
      type: 'array',
      minItems: 1,
      maxItems: SUBMIT_MAX,
      items: { ...HEX, description: 'a whole transaction; parents before children' },
    },
  },
} as const;

const submittedJson = {
  type: 'object',
  additionalProperties: false,
  required: ['txid', 'wtxid', 'waits', 'code', 'message'],
  properties: {
    txid: { ...HASH, type: ['string', 'null'], description: 'null: the bytes are no transaction' },
    wtxid: { ...HASH, type: ['string', 'null'] },
    waits: { type: 'boolean', description: 'whether it waits for a block now' },
    code: { type: ['string', 'null'], description: 'the rule or the policy that says no' },
    message: { type: 'string', description: 'the same in a sentence; empty when nothing says no' },
  },
} as const;

export const submittedTransactionsJson = {
  $id: 'submittedTransactions',
  type: 'object',
  additionalProperties: false,
  required: ['results'],
  properties: {
    results: { type: 'array', items: submittedJson, description: 'in the order of the request' },
  },
} as const;

export const mempoolFields = {
  count: { type: 'integer', minimum: 0, description: 'transactions that wait for a block' },
  bytes: { type: 'integer', minimum: 0, description: 'of all of them' },
  feeRateMin: { ...FEE_RATE, description: 'what is taken in: smallest units for 1,000 bytes' },
} as const;

/** Of one answer. */
const MEMPOOL_COUNT_MAX = 1_000;

export const mempoolQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    count: {
      type: 'integer',
      minimum: 0,
      maximum: MEMPOOL_COUNT_MAX,
      default: 20,
      description: 'how many to list, the last that came first',
    },
  },
} as const;

const waitingJson = {
  type: 'object',
  additionalProperties: false,
  required: ['txid', 'wtxid', 'bytes', 'fee', 'feeRate', 'ancestors', 'descendants', 'since'],
  properties: {
    txid: HASH,
    wtxid: HASH,
    bytes: { type: 'integer', minimum: 0 },
    fee: AMOUNT,
    feeRate: { ...FEE_RATE, description: 'with all that must come before it' },
    ancestors: { type: 'integer', description: 'that wait and must come before it' },
    descendants: { type: 'integer', description: 'that wait and need it' },
    since: UNIX_SECONDS,
  },
} as const;

export const mempoolJson = {
  $id: 'mempool',
  type: 'object',
  additionalProperties: false,
  required: ['count', 'bytes', 'feeRateMin', 'feeRates', 'transactions'],
  properties: {
    ...mempoolFields,
    feeRates: {
      type: 'array',
      description: 'what to pay to be in one of the next blocks, as things are',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['blocks', 'rate'],
        properties: { blocks: { type: 'integer', minimum: 1 }, rate: FEE_RATE },
      },
    },
    transactions: { type: 'array', items: waitingJson },
  },
} as const;

export type MempoolJson = Static<typeof mempoolJson>;
export type SubmittedTransactionsJson = Static<typeof submittedTransactionsJson>;
