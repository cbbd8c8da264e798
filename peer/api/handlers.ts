/**
 * What each route of the API answers: reads come from the node's read port, writes enter as
 * commands.
 */

import { fromHex } from '../../shared/bytes.js';
import type { MiningJson, StatusJson } from '../../shared/http/nodeSchemas.js';
import type { AnswerOf } from '../../shared/http/routes.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { BlockHash, Now } from '../../shared/units.js';
import type { Queries } from '../queries.js';
import type { Command, CommandProblem, Reply } from '../types.js';
import { blockJsonOf, type Entry } from './chainJson.js';
import { MEMPOOL_COUNT_DEFAULT, mempoolOf, mempoolStatusOf, submittedOf } from './mempoolJson.js';
import { createIndexHandlers, type IndexDesk } from './indexHandlers.js';
import {
  commonStatusOf,
  headersOf,
  networkOf,
  peersOf,
  readyOf,
  type KernelFacts,
  type ProgramFacts,
} from './nodeJson.js';
import { refusalOf, refuse, type Refusal } from './refusal.js';
import type { WalletPort } from '../wallet/port.js';
import type { Handlers } from './server.js';
import { createWalletHandlers } from './walletHandlers.js';

export interface ApiFacts extends ProgramFacts {
  /** Address that mined blocks pay, as text. */
  readonly payTo: string;
  readonly kernel: KernelFacts;
}

export interface ApiDependencies {
  readonly queries: Queries;
  readonly command: (command: Command) => Promise<Result<Reply, CommandProblem>>;
  /** `undefined`: it is switched off. */
  readonly index: IndexDesk | undefined;
  readonly wallet: WalletPort;
  readonly clock: () => Now;
}

export function createHandlers(facts: ApiFacts, dependencies: ApiDependencies): Handlers {
  const { queries, command, index, wallet, clock } = dependencies;
  return {
    status: () => ok({ ...statusOf(facts, queries, clock()), indexHeight: index?.height ?? null }),
    peers: () => ok(peersOf(queries, clock())),
    network: () => ok(networkOf(queries)),
    headers: ({ query }) => ok(headersOf(queries, query)),
    block: ({ params, query }) => blockOf(queries, params.id, query.format ?? 'json'),
    submitBlock: async ({ body }) => {
      const bytes = fromHex(body.hex);
      if (bytes === undefined) return refuse('bad-request', 'The block is not hex.');
      const reply = await run(command, { type: 'submit-block', bytes }, 'submitted');
      return reply.ok ? ok({ hash: reply.value.hash, isNew: reply.value.isNew }) : reply;
    },
    mempool: ({ query }) => ok(mempoolOf(queries, query.count ?? MEMPOOL_COUNT_DEFAULT, clock())),
    submitTransactions: async ({ body }) => {
      const transactions = body.transactions.map(fromHex);
      const wrong = transactions.indexOf(undefined);
      if (wrong !== -1) return refuse('bad-request', `Transaction ${String(wrong)} is not hex.`);
      const wish = {
        type: 'submit-transactions',
        transactions: transactions as Uint8Array[],
      } as const;
      const reply = await run(command, wish, 'transactions');
      return reply.ok ? ok(submittedOf(reply.value.outcomes)) : reply;
    },
    mining: () => ok(miningOf(facts, queries, clock())),
    setMining: async ({ body: { mode, threads, cpuPercent } }) => {
      const wish = { type: 'set-mining', mode, threads, cpuPercent } as const;
      const reply = await run(command, wish, 'mining');
      return reply.ok ? ok(miningOf(facts, queries, clock())) : reply;
    },
    generate: async ({ body: { count } }) => {
      const reply = await run(command, { type: 'generate', count }, 'generated');
      return reply.ok ? ok({ hashes: [...reply.value.hashes] }) : reply;
    },
    health: () => ok({ alive: true }),
    ready: () => readyOf(queries),
    ...createIndexHandlers(queries, index),
    ...createWalletHandlers(wallet, queries.network.params.prefix),
  };
}

type ReplyOf<T extends Reply['type']> = Extract<Reply, { type: T }>;

/** A command always gets the reply of its kind, or a problem. */
async function run<T extends Reply['type']>(
  command: ApiDependencies['command'],
  wish: Command,
  expected: T,
): Promise<Result<ReplyOf<T>, Refusal>> {
  const reply = await command(wish);
  if (!reply.ok) return fail(refusalOf(reply.error));
  if (isOfType(reply.value, expected)) return ok(reply.value);
  throw new TypeError(`${wish.type} was answered by ${reply.value.type}`);
}

const isOfType = <T extends Reply['type']>(reply: Reply, type: T): reply is ReplyOf<T> =>
  reply.type === type;

function statusOf(facts: ApiFacts, queries: Queries, now: Now): Omit<StatusJson, 'indexHeight'> {
  const mining = queries.mining(now);
  return {
    ...commonStatusOf(facts, queries, now),
    light: false,
    mining: mining.mode.type !== 'off' || mining.generating > 0,
    hashRate: mining.hashesPerSecond,
    ...kernelOf(facts),
    mempool: mempoolStatusOf(queries, now),
  };
}

const kernelOf = ({ kernel }: ApiFacts) => ({
  ...{ kernel: kernel.name, kernelDetail: kernel.detail ?? null },
});

function blockOf(
  queries: Queries,
  id: string,
  format: 'json' | 'hex',
): Result<AnswerOf<'block'>, Refusal> {
  const isHash = id.length === 64;
  const entry: Entry | undefined = isHash
    ? queries.entry(id as BlockHash)
    : queries.active(Number(id));
  if (entry === undefined) {
    const what = isHash ? `with hash ${id}` : `at height ${id}`;
    return refuse('unknown-block', `There is no block ${what}.`);
  }
  const bytes = queries.block(entry.hash);
  if (bytes === undefined && entry.hasBody) {
    return refuse('body-lost', `The disk does not give back block ${entry.hash}.`);
  }
  if (bytes === undefined) {
    return refuse('body-missing', `The transactions of block ${entry.hash} are not here yet.`);
  }
  return ok(blockJsonOf(entry, bytes, format, queries));
}

function miningOf(facts: ApiFacts, queries: Queries, now: Now): MiningJson {
  const mining = queries.mining(now);
  return {
    mode: mining.mode,
    threads: mining.threads,
    cpuPercent: mining.cpuPercent,
    hashRate: mining.hashesPerSecond,
    ...kernelOf(facts),
    expectedSeconds: mining.expectedSeconds ?? null,
    resting: mining.resting ?? null,
    blocksFound: mining.blocksFound,
    payTo: facts.payTo,
    onDemand: queries.network.params.fixedTarget,
  };
}
