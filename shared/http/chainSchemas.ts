/** JSON of headers, blocks and transactions in the HTTP API. */

import { AMOUNT, HASH, HEIGHT, HEX, UNIX_SECONDS, WORK, type Static } from './schema.js';

const headerFields = {
  hash: HASH,
  height: HEIGHT,
  version: { type: 'integer' },
  previous: HASH,
  merkleRoot: HASH,
  time: UNIX_SECONDS,
  bits: { type: 'string', pattern: '^[0-9a-f]{8}$', description: 'compact target, 8 hex digits' },
  nonce: { type: 'integer' },
  chainWork: WORK,
} as const;

const headerKeys = [
  'hash',
  'height',
  'version',
  'previous',
  'merkleRoot',
  'time',
  'bits',
  'nonce',
  'chainWork',
] as const;

export const headerJson = {
  $id: 'header',
  type: 'object',
  additionalProperties: false,
  required: headerKeys,
  properties: headerFields,
} as const;

/** How many headers one request may ask for: about 1 MB of JSON. */
const HEADERS_COUNT_MAX = 2_000;

export const headersQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    from: { ...HEIGHT, description: 'height of the first header; without it, the last ones' },
    count: { type: 'integer', minimum: 1, maximum: HEADERS_COUNT_MAX, default: 20 },
  },
} as const;

export const headersJson = {
  $id: 'headers',
  type: 'object',
  additionalProperties: false,
  required: ['tipHeight', 'headers'],
  properties: {
    tipHeight: HEIGHT,
    headers: { type: 'array', items: headerJson, description: 'of the active chain, ascending' },
  },
} as const;

const inputJson = {
  type: 'object',
  additionalProperties: false,
  required: ['txid', 'index', 'amount', 'key'],
  properties: {
    txid: HASH,
    index: { type: 'integer' },
    amount: AMOUNT,
    key: { type: 'integer', description: 'which of the keys unlocks it' },
  },
} as const;

const outputJson = {
  type: 'object',
  additionalProperties: false,
  required: ['amount', 'address'],
  properties: { amount: AMOUNT, address: { type: 'string', description: 'bech32m' } },
} as const;

export const transactionFields = {
  txid: HASH,
  wtxid: HASH,
  sizeBytes: { type: 'integer' },
  inputs: { type: 'array', items: inputJson },
  keys: { type: 'array', items: HEX },
  outputs: { type: 'array', items: outputJson },
  lockHeight: HEIGHT,
  memo: HEX,
} as const;

export const transactionJson = {
  $id: 'transaction',
  type: 'object',
  additionalProperties: false,
  required: ['txid', 'wtxid', 'sizeBytes', 'inputs', 'keys', 'outputs', 'lockHeight', 'memo'],
  properties: transactionFields,
} as const;

export const blockParams = {
  type: 'object',
  additionalProperties: false,
  required: ['id'],
  properties: {
    id: {
      type: 'string',
      pattern: '^([0-9a-f]{64}|[0-9]{1,10})$',
      description: 'a block hash, or a height on the active chain',
    },
  },
} as const;

export const blockQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { format: { enum: ['json', 'hex'], default: 'json' } },
} as const;

export const blockJson = {
  $id: 'block',
  type: 'object',
  additionalProperties: false,
  required: [...headerKeys, 'isActive', 'confirmations', 'sizeBytes'],
  properties: {
    ...headerFields,
    isActive: { type: 'boolean', description: 'whether it is on the active chain' },
    confirmations: { type: 'integer', description: '1 at the tip; 0 off the active chain' },
    sizeBytes: { type: 'integer' },
    transactions: { type: 'array', items: transactionJson, description: 'with format=json' },
    hex: { ...HEX, description: 'the whole block, with format=hex' },
  },
} as const;

export const submitBody = {
  type: 'object',
  additionalProperties: false,
  required: ['hex'],
  properties: { hex: { ...HEX, minLength: 162, description: 'the whole block' } },
} as const;

export const submittedJson = {
  $id: 'submitted',
  type: 'object',
  additionalProperties: false,
  required: ['hash', 'isNew'],
  properties: {
    hash: HASH,
    isNew: { type: 'boolean', description: 'false: it was known before' },
  },
} as const;

export type HeaderJson = Static<typeof headerJson>;
export type HeadersJson = Static<typeof headersJson>;
export type TransactionJson = Static<typeof transactionJson>;
export type BlockJson = Static<typeof blockJson>;
