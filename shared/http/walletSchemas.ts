/** JSON of the node's wallet in the HTTP API. Each of its routes needs the token. */

import { AMOUNT, HASH, HEIGHT, HEX, type Static } from './schema.js';

const PASSPHRASE = { type: 'string', minLength: 1, maxLength: 1_024 } as const;
const ACCOUNT = { type: 'string', minLength: 1, maxLength: 32, description: 'its name' } as const;
/** What somebody typed: the wallet says what is wrong with it. */
const TEXT_LENGTH_MAX = 1_024;
const ADDRESS = { type: 'string', minLength: 1, maxLength: 128, description: 'bech32m' } as const;
const WORDS = { type: 'string', minLength: 1, maxLength: 1_024 } as const;
const FEE_RATE = {
  type: 'integer',
  minimum: 0,
  maximum: 1_000_000_000,
  description: 'smallest units for 1,000 bytes',
} as const;
const COUNT = { type: 'integer', minimum: 0 } as const;
/** What an account is called, or a watched address. */
const OF = { type: 'string', minLength: 1, maxLength: 128 } as const;

export const walletJson = {
  $id: 'wallet',
  type: 'object',
  additionalProperties: false,
  required: ['state', 'locksAt', 'accounts', 'watched', 'payments'],
  properties: {
    state: {
      enum: ['none', 'keyless', 'locked', 'unlocked'],
      description: 'keyless: it knows addresses, and the words are elsewhere',
    },
    locksAt: { type: ['integer', 'null'], description: 'seconds since 1970; null: not of itself' },
    accounts: COUNT,
    watched: COUNT,
    payments: {
      ...COUNT,
      description: 'looked after: sent, and not 100 blocks deep; failed ones, too',
    },
  },
} as const;

export const createWalletBody = {
  type: 'object',
  additionalProperties: false,
  required: ['passphrase'],
  properties: { passphrase: PASSPHRASE },
} as const;

export const wordsJson = {
  $id: 'words',
  type: 'object',
  additionalProperties: false,
  required: ['words'],
  properties: { words: { ...WORDS, description: 'whoever has them has the coins' } },
} as const;

export const restoreWalletBody = {
  type: 'object',
  additionalProperties: false,
  required: ['words', 'passphrase'],
  properties: { words: WORDS, passphrase: PASSPHRASE },
} as const;

export const unlockWalletBody = {
  type: 'object',
  additionalProperties: false,
  required: ['passphrase'],
  properties: {
    passphrase: PASSPHRASE,
    minutes: {
      type: 'integer',
      minimum: 0,
      maximum: 10_080,
      default: 10,
      description: '0: until it is locked',
    },
  },
} as const;

export const emptyBody = { type: 'object', additionalProperties: false, properties: {} } as const;

const BALANCE = {
  type: 'object',
  additionalProperties: false,
  required: ['confirmed', 'pending', 'immature', 'spendable'],
  properties: {
    confirmed: AMOUNT,
    pending: { ...AMOUNT, description: 'of transactions that wait for a block, change included' },
    immature: { ...AMOUNT, description: 'mined, and not to be spent yet' },
    spendable: { ...AMOUNT, description: 'confirmed, and change of own payments that wait' },
  },
} as const;

export const balanceJson = { $id: 'balance', ...BALANCE } as const;

export const accountJson = {
  $id: 'account',
  type: 'object',
  additionalProperties: false,
  required: ['name', 'number', 'addresses', 'balance'],
  properties: {
    name: ACCOUNT,
    number: { ...COUNT, description: 'of its keys: m/44’/1’/number’' },
    addresses: { ...COUNT, description: 'that were given out' },
    balance: BALANCE,
  },
} as const;

export const watchedJson = {
  $id: 'watched',
  type: 'object',
  additionalProperties: false,
  required: ['address', 'label', 'balance'],
  properties: { address: ADDRESS, label: { type: 'string' }, balance: BALANCE },
} as const;

export const accountsJson = {
  $id: 'accounts',
  type: 'object',
  additionalProperties: false,
  required: ['accounts', 'watched'],
  properties: {
    accounts: { type: 'array', items: accountJson },
    watched: { type: 'array', items: watchedJson },
  },
} as const;

export const createAccountBody = {
  type: 'object',
  additionalProperties: false,
  required: ['name'],
  properties: { name: { ...ACCOUNT, maxLength: TEXT_LENGTH_MAX } },
} as const;

export const giveAddressBody = {
  type: 'object',
  additionalProperties: false,
  required: ['account'],
  properties: { account: ACCOUNT },
} as const;

export const givenJson = {
  $id: 'given',
  type: 'object',
  additionalProperties: false,
  required: ['account', 'address'],
  properties: { account: ACCOUNT, address: ADDRESS },
} as const;

export const watchBody = {
  type: 'object',
  additionalProperties: false,
  required: ['address'],
  properties: {
    address: ADDRESS,
    label: { type: 'string', maxLength: TEXT_LENGTH_MAX, default: '' },
  },
} as const;

export const balanceQuery = {
  type: 'object',
  additionalProperties: false,
  properties: { of: { ...OF, description: 'an account or an address; without it, all accounts' } },
} as const;

/** One page of a table; more come by `beforeHeight` and `beforePosition`. */
const HISTORY_COUNT_MAX = 1_000;

export const walletHistoryQuery = {
  type: 'object',
  additionalProperties: false,
  properties: {
    of: balanceQuery.properties.of,
    count: { type: 'integer', minimum: 1, maximum: HISTORY_COUNT_MAX, default: 20 },
    beforeHeight: { ...HEIGHT, description: 'only what stands before this block or place' },
    beforePosition: { ...COUNT, default: 0 },
  },
} as const;

const rowJson = {
  type: 'object',
  additionalProperties: false,
  required: [
    ...['txid', 'state', 'amount', 'received', 'spent'],
    ...['confirmations', 'height', 'position', 'time'],
  ],
  properties: {
    txid: HASH,
    state: { enum: ['confirmed', 'waiting', 'unsent', 'failed'] },
    amount: { type: 'integer', description: 'what came, less what went; negative: what it cost' },
    received: AMOUNT,
    spent: { ...AMOUNT, description: 'the fee included' },
    confirmations: { ...COUNT, description: '1 in the last block; 0 in none' },
    height: { type: ['integer', 'null'] },
    position: { type: ['integer', 'null'] },
    time: { type: ['integer', 'null'], description: 'of its block, or when it was seen first' },
  },
} as const;

export const walletHistoryJson = {
  $id: 'walletHistory',
  type: 'object',
  additionalProperties: false,
  required: ['rows'],
  properties: { rows: { type: 'array', items: rowJson, description: 'newest first' } },
} as const;

export const planBody = {
  type: 'object',
  additionalProperties: false,
  required: ['from', 'to', 'amount'],
  properties: {
    from: ACCOUNT,
    to: { ...OF, description: 'an address, or the name of an account of this wallet' },
    amount: { ...AMOUNT, minimum: 1 },
    feeRate: {
      ...FEE_RATE,
      description: 'without it, what brings it into one of the next two blocks',
    },
    memo: { ...HEX, maxLength: 512, default: '' },
  },
} as const;

/** What `cairn tx create` writes into a file. */
const paymentJson = {
  $id: 'payment',
  type: 'object',
  additionalProperties: false,
  required: ['cairnPayment', 'network', 'transaction', 'keys'],
  properties: {
    cairnPayment: { const: 1 },
    network: {
      type: 'object',
      additionalProperties: false,
      required: ['id', 'name', 'prefix'],
      properties: { id: HASH, name: { type: 'string' }, prefix: { type: 'string' } },
    },
    transaction: { ...HEX, description: 'the whole transaction; signatures may be zeros' },
    keys: {
      type: 'array',
      items: { type: 'string', description: 'account/kind/number' },
      description: 'where the signer finds its keys',
    },
  },
} as const;

export const plannedJson = {
  $id: 'planned',
  type: 'object',
  additionalProperties: false,
  required: [
    ...['payment', 'txid', 'inputs', 'outputs', 'memo'],
    ...['amount', 'change', 'fee', 'feeRate', 'sizeBytes', 'lockHeight'],
  ],
  properties: {
    payment: paymentJson,
    txid: HASH,
    inputs: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['txid', 'index', 'amount'],
        properties: { txid: HASH, index: COUNT, amount: AMOUNT },
      },
    },
    outputs: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['address', 'amount', 'isOwn', 'isChange'],
        properties: {
          address: ADDRESS,
          amount: AMOUNT,
          isOwn: { type: 'boolean', description: 'whether it is an address of this wallet' },
          isChange: { type: 'boolean', description: 'whether it comes back to who pays' },
        },
      },
    },
    memo: HEX,
    amount: { ...AMOUNT, description: 'what the recipient gets' },
    change: AMOUNT,
    fee: AMOUNT,
    feeRate: FEE_RATE,
    sizeBytes: COUNT,
    lockHeight: { ...HEIGHT, description: 'only blocks from it on may hold it; 0: any' },
  },
} as const;

export const sendBody = {
  type: 'object',
  additionalProperties: false,
  required: ['transaction'],
  properties: {
    // 100 kB, and 20,000 bytes of JSON are left of the body’s limit.
    transaction: { ...HEX, minLength: 2, maxLength: 200_000 },
    sign: {
      type: 'boolean',
      default: false,
      description: 'whether the unlocked wallet signs it; look at what was planned first',
    },
  },
} as const;

export const sentJson = {
  $id: 'sent',
  type: 'object',
  additionalProperties: false,
  required: ['txid', 'isOwn', 'isInChain'],
  properties: {
    txid: HASH,
    isOwn: { type: 'boolean', description: 'whether the wallet looks after it from now on' },
    isInChain: { type: 'boolean', description: 'whether a block held it already' },
  },
} as const;

export const paymentParams = {
  type: 'object',
  additionalProperties: false,
  required: ['txid'],
  properties: { txid: HASH },
} as const;

export type WalletJson = Static<typeof walletJson>;
export type BalanceJson = Static<typeof balanceJson>;
export type AccountJson = Static<typeof accountJson>;
export type AccountsJson = Static<typeof accountsJson>;
export type WatchedJson = Static<typeof watchedJson>;
export type HistoryRowJson = Static<typeof rowJson>;
export type PlannedJson = Static<typeof plannedJson>;
