/**
 * Every route of a node's HTTP API, once: the server, the client and the OpenAPI page read this
 * table.
 */

import {
  blockJson,
  blockParams,
  blockQuery,
  headersJson,
  headersQuery,
  submitBody,
  submittedJson,
} from './chainSchemas.js';
import {
  generateBody,
  generatedJson,
  healthJson,
  miningBody,
  miningJson,
  networkJson,
  peersJson,
  readyJson,
  statusJson,
} from './nodeSchemas.js';
import {
  addressJson,
  addressParams,
  coinsJson,
  coinsQuery,
  historyJson,
  historyQuery,
  foundTransactionJson,
  proofJson,
  stampJson,
  stampParams,
  transactionParams,
  transactionQuery,
} from './indexSchemas.js';
import type { JsonSchema, Static } from './schema.js';
import {
  mempoolJson,
  mempoolQuery,
  submittedTransactionsJson,
  submitTransactionsBody,
} from './transactionSchemas.js';
import { WALLET_ROUTES } from './walletRoutes.js';

export interface Route {
  readonly method: 'GET' | 'POST';
  /** A part in the form `:name` is a parameter. */
  readonly path: string;
  readonly summary: string;
  readonly tag: 'node' | 'chain' | 'addresses' | 'mining' | 'wallet';
  /** Of reads, too, and also on loopback. */
  readonly needsToken?: true;
  readonly params?: JsonSchema;
  readonly query?: JsonSchema;
  readonly body?: JsonSchema;
  readonly response: JsonSchema;
}

export const ROUTES = {
  status: {
    method: 'GET',
    path: '/api/status',
    summary: 'Where this node stands',
    tag: 'node',
    response: statusJson,
  },
  peers: {
    method: 'GET',
    path: '/api/peers',
    summary: 'The peers with which a connection is open',
    tag: 'node',
    response: peersJson,
  },
  network: {
    method: 'GET',
    path: '/api/network',
    summary: 'The parameters of the network',
    tag: 'chain',
    response: networkJson,
  },
  headers: {
    method: 'GET',
    path: '/api/headers',
    summary: 'Headers of the active chain',
    tag: 'chain',
    query: headersQuery,
    response: headersJson,
  },
  block: {
    method: 'GET',
    path: '/api/blocks/:id',
    summary: 'One block, by hash or height',
    tag: 'chain',
    params: blockParams,
    query: blockQuery,
    response: blockJson,
  },
  submitBlock: {
    method: 'POST',
    path: '/api/blocks',
    summary: 'Hand in a block; it is checked as if a peer had sent it',
    tag: 'chain',
    body: submitBody,
    response: submittedJson,
  },
  mempool: {
    method: 'GET',
    path: '/api/mempool',
    summary: 'What waits for a block, and what to pay',
    tag: 'chain',
    query: mempoolQuery,
    response: mempoolJson,
  },
  submitTransactions: {
    method: 'POST',
    path: '/api/transactions',
    summary: 'Hand in signed transactions; they are checked as if a peer had sent them',
    tag: 'chain',
    body: submitTransactionsBody,
    response: submittedTransactionsJson,
  },
  transaction: {
    method: 'GET',
    path: '/api/transactions/:txid',
    summary: 'One transaction: the block that holds it, or its place among those that wait',
    tag: 'chain',
    params: transactionParams,
    query: transactionQuery,
    response: foundTransactionJson,
  },
  proof: {
    method: 'GET',
    path: '/api/proofs/:txid',
    summary: 'The proof that a block holds a transaction; cairn verify checks it offline',
    tag: 'chain',
    params: transactionParams,
    response: proofJson,
  },
  stamp: {
    method: 'GET',
    path: '/api/stamps/:document',
    summary: 'The first transaction that stamps a document, by its SHA-256',
    tag: 'chain',
    params: stampParams,
    response: stampJson,
  },
  address: {
    method: 'GET',
    path: '/api/addresses/:address',
    summary: 'What an address holds',
    tag: 'addresses',
    params: addressParams,
    response: addressJson,
  },
  coins: {
    method: 'GET',
    path: '/api/addresses/:address/coins',
    summary: 'The unspent coins of an address, oldest first',
    tag: 'addresses',
    params: addressParams,
    query: coinsQuery,
    response: coinsJson,
  },
  history: {
    method: 'GET',
    path: '/api/addresses/:address/history',
    summary: 'The transactions that paid an address or spent its coins, newest first',
    tag: 'addresses',
    params: addressParams,
    query: historyQuery,
    response: historyJson,
  },
  mining: {
    method: 'GET',
    path: '/api/mining',
    summary: 'How this node mines',
    tag: 'mining',
    response: miningJson,
  },
  setMining: {
    method: 'POST',
    path: '/api/mining',
    summary: 'Start, change or stop mining',
    tag: 'mining',
    body: miningBody,
    response: miningJson,
  },
  generate: {
    method: 'POST',
    path: '/api/mining/generate',
    summary: 'Mine blocks now; only where the target is fixed',
    tag: 'mining',
    body: generateBody,
    response: generatedJson,
  },
  health: {
    method: 'GET',
    path: '/health',
    summary: 'Whether the process answers',
    tag: 'node',
    response: healthJson,
  },
  ready: {
    method: 'GET',
    path: '/ready',
    summary: 'Whether it has peers and is up to date; 503 when not',
    tag: 'node',
    response: readyJson,
  },
  ...WALLET_ROUTES,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;

type Part<R, P extends string> = R extends Record<P, infer S> ? Static<S> : undefined;

/** What a request to `N` carries; parts that the route does not take are `undefined`. */
export interface RequestOf<N extends RouteName> {
  readonly params: Part<(typeof ROUTES)[N], 'params'>;
  readonly query: Part<(typeof ROUTES)[N], 'query'>;
  readonly body: Part<(typeof ROUTES)[N], 'body'>;
}

/** The JSON of a successful answer. */
export type AnswerOf<N extends RouteName> = Static<(typeof ROUTES)[N]['response']>;
