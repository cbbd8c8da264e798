/** JSON of the node's own state in the HTTP API: status, peers, mining, network. */

import { mempoolFields } from './transactionSchemas.js';
import { HASH, HEIGHT, HEX, UNIX_SECONDS, WORK, type Static } from './schema.js';

const HASH_RATE = {
  type: 'number',
  description: 'hashes a second, over the last seconds',
} as const;
const EXPECTED_SECONDS = {
  type: ['number', 'null'],
  description: 'mean time to this node’s next block at its hash rate; null: it does not hash',
} as const;

const KERNEL = {
  kernel: {
    type: ['string', 'null'],
    description: 'the code that hashes, tested at the start; null: it does not mine',
  },
  kernelDetail: {
    type: ['string', 'null'],
    description: 'what that code makes use of here, such as AVX-512; null: nothing to tell',
  },
} as const;

export const statusJson = {
  $id: 'status',
  type: 'object',
  additionalProperties: false,
  required: [
    'name',
    'version',
    'protocol',
    'network',
    'networkId',
    'nodeKey',
    'height',
    'tip',
    'tipTime',
    'chainWork',
    'headerHeight',
    'indexHeight',
    'peers',
    'light',
    'mining',
    'hashRate',
    'kernel',
    'kernelDetail',
    'synced',
    'mempool',
    'tracker',
    'uptimeSeconds',
    'pid',
  ],
  properties: {
    name: { type: 'string', description: 'of this node' },
    version: { type: 'string', description: 'of the program' },
    protocol: { type: 'integer', description: 'newest protocol version that it speaks' },
    network: { type: 'string', description: 'name of the network' },
    networkId: HASH,
    nodeKey: HEX,
    height: HEIGHT,
    tip: HASH,
    tipTime: UNIX_SECONDS,
    chainWork: WORK,
    headerHeight: { ...HEIGHT, description: 'of the best header; more than height while syncing' },
    indexHeight: {
      type: ['integer', 'null'],
      description: 'block up to which transactions are indexed, −1: none yet; null: no index',
    },
    peers: { type: 'integer', minimum: 0, description: 'sessions that are ready' },
    light: {
      type: 'boolean',
      description: 'whether it keeps headers alone, and believes what is proven to it',
    },
    mining: { type: 'boolean' },
    hashRate: HASH_RATE,
    ...KERNEL,
    synced: {
      type: 'boolean',
      description: 'whether it has looked around, and no better chain is coming',
    },
    mempool: {
      type: 'object',
      additionalProperties: false,
      required: ['count', 'bytes', 'feeRateMin'],
      properties: mempoolFields,
    },
    tracker: { enum: ['none', 'unknown', 'answered', 'lost'] },
    uptimeSeconds: { type: 'integer', minimum: 0 },
    pid: { type: 'integer' },
  },
} as const;

export const peersJson = {
  $id: 'peers',
  type: 'object',
  additionalProperties: false,
  required: ['peers'],
  properties: {
    peers: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: [
          ...[
            'address',
            'direction',
            'state',
            'protocol',
            'agent',
            'nodeKey',
            'height',
            'latencyMs',
          ],
        ],
        properties: {
          address: { type: 'string', description: 'HOST:PORT' },
          direction: { enum: ['inbound', 'outbound'] },
          state: { type: 'string' },
          protocol: { type: ['integer', 'null'], description: 'the version that both speak' },
          agent: { type: 'string' },
          nodeKey: { type: ['string', 'null'] },
          height: { type: ['integer', 'null'], description: 'the last height that it told' },
          latencyMs: { type: ['number', 'null'], description: 'of the last ping' },
        },
      },
    },
  },
} as const;

const miningMode = {
  anyOf: [
    {
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      properties: { type: { const: 'off' } },
    },
    {
      type: 'object',
      additionalProperties: false,
      required: ['type'],
      properties: { type: { const: 'continuous' } },
    },
    {
      type: 'object',
      additionalProperties: false,
      required: ['type', 'seconds'],
      properties: {
        type: { const: 'interval' },
        seconds: { type: 'integer', minimum: 1, maximum: 86_400 },
      },
    },
  ],
  description: 'off; continuous; or interval: one block, then rest until so many seconds after it',
} as const;

const THREADS = { type: 'integer', minimum: 1, maximum: 256 } as const;
const CPU_PERCENT = { type: 'integer', minimum: 1, maximum: 100 } as const;

export const miningJson = {
  $id: 'mining',
  type: 'object',
  additionalProperties: false,
  required: [
    'mode',
    'threads',
    'cpuPercent',
    'hashRate',
    'kernel',
    'kernelDetail',
    'expectedSeconds',
    'resting',
    'blocksFound',
    'payTo',
    'onDemand',
  ],
  properties: {
    mode: miningMode,
    threads: THREADS,
    cpuPercent: CPU_PERCENT,
    hashRate: HASH_RATE,
    ...KERNEL,
    expectedSeconds: EXPECTED_SECONDS,
    resting: { type: ['string', 'null'], description: 'why it does not hash; null while it does' },
    blocksFound: { type: 'integer', description: 'by this process, and accepted by its chain' },
    payTo: { type: 'string', description: 'address that mined blocks pay' },
    onDemand: { type: 'boolean', description: 'whether this network can mine on demand' },
  },
} as const;

export const miningBody = {
  type: 'object',
  additionalProperties: false,
  required: ['mode'],
  properties: { mode: miningMode, threads: THREADS, cpuPercent: CPU_PERCENT },
} as const;

/** Blocks that one request may ask for: an answer of 70 kB, and seconds of work at most. */
export const GENERATE_COUNT_MAX = 1_000;

export const generateBody = {
  type: 'object',
  additionalProperties: false,
  required: ['count'],
  properties: { count: { type: 'integer', minimum: 1, maximum: GENERATE_COUNT_MAX } },
} as const;

export const generatedJson = {
  $id: 'generated',
  type: 'object',
  additionalProperties: false,
  required: ['hashes'],
  properties: { hashes: { type: 'array', items: HASH } },
} as const;

export const networkJson = {
  $id: 'network',
  type: 'object',
  additionalProperties: false,
  required: ['id', 'name', 'params'],
  properties: {
    id: HASH,
    name: { type: 'string' },
    params: {
      type: 'object',
      additionalProperties: true,
      description: 'all parameters, as in a network file (cairn genesis)',
    },
  },
} as const;

export const healthJson = {
  $id: 'health',
  type: 'object',
  additionalProperties: false,
  required: ['alive'],
  properties: { alive: { const: true } },
} as const;

export const readyJson = {
  $id: 'ready',
  type: 'object',
  additionalProperties: false,
  required: ['ready', 'peers', 'blocksBehind'],
  properties: {
    ready: { type: 'boolean' },
    peers: { type: 'integer' },
    blocksBehind: { type: 'integer' },
  },
} as const;

export type StatusJson = Static<typeof statusJson>;
export type PeersJson = Static<typeof peersJson>;
export type MiningJson = Static<typeof miningJson>;
export type NetworkJson = Static<typeof networkJson>;
