/**
 * The mempool in the library: a node and its threads without sockets and HTTP. How many
 * transactions a second it takes in, on a store in a file, and how long a template takes.
 */

import { signerOf } from '#crypto';
import { join } from 'node:path';
import { assert } from '../shared/assert.js';
import type { Network } from '../shared/consensus/genesis.js';
import type { DecodedTransaction } from '../shared/consensus/transaction.js';
import { systemClock } from '../shared/io/clock.js';
import { Driver } from '../shared/io/driver.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { seededRng } from '../shared/rng.js';
import type { UnixSeconds } from '../shared/units.js';
import { BlockFiller } from '../peer/mining/blockFiller.js';
import { Mempool } from '../peer/mempool/mempool.js';
import { DEFAULT_POLICY } from '../peer/mempool/transactions.js';
import { Node } from '../peer/node.js';
import { CHAIN_FILE, openStore } from '../peer/storage/openStore.js';
import type { Effect, Input } from '../peer/types.js';
import { SignaturePool } from '../peer/workers/signaturePool.js';
import { makeNetwork, owner, pay, type Spendable } from '../test/support/blocks.js';
import { fillDirectory } from './chains.js';
import { manyCoins, payments } from './coins.js';
import { benchNodeOptions } from './nodeOptions.js';
import { monoMs, temporaryDirectory } from './processes.js';
import { bareChecksPerSecond } from './reference.js';
import { median, type Figure } from './report.js';

const COINS = 50_000;
const BATCH = 500;
const WARM_UP = 5_000;
const TEMPLATES = 21;
const TEMPLATE_TRANSACTIONS = 500;

/** A network with a thousand allocations, large enough to split each. */
export const richNetwork = (identity: Parameters<typeof makeNetwork>[0] = {}): Network =>
  makeNetwork({
    ...identity,
    time: (systemClock().unix - 10_000) as UnixSeconds,
    allocations: Array.from({ length: 1_000 }, (_, i) => pay(owner(i + 1), 100_000_000)),
  });

export async function mempool(): Promise<Figure[]> {
  const network = richNetwork();
  const { blocks, coins } = manyCoins(network, COINS + WARM_UP);
  const transactions = [...payments(network, coins)];
  const directory = temporaryDirectory();
  fillDirectory(directory.path, network, blocks);
  const checks = await bareChecksPerSecond();
  const perSecond = await acceptance(network, directory.path, transactions);
  directory.remove();
  return [
    { metric: 'accepted', value: perSecond, unit: 'tx/s', goal: '≥ 12,000' },
    { metric: 'bare-signature-checks', value: checks, unit: 'checks/s' },
    { metric: 'accepted-per-bare-check', value: perSecond / checks, unit: 'ratio' },
    ...templates(network, coins, transactions.slice(0, COINS)),
  ];
}

/** Transactions a second, from the first command to the last answer. */
async function acceptance(
  network: Network,
  directory: string,
  transactions: readonly DecodedTransaction[],
): Promise<number> {
  const { store } = openStore(join(directory, CHAIN_FILE), network);
  const seed = new Uint8Array(32).fill(9);
  const node = new Node(
    benchNodeOptions(network, seed, {
      ...{ payTo: owner(0).address, tag: new Uint8Array(0), mode: { type: 'off' } },
      ...{ threads: 1, cpuPercent: 100 },
    }),
    { store, rng: seededRng(1), entropy: systemEntropy, sign: signerOf(seed) },
  );
  const runner = new Runner(node, network);
  await runner.submit(transactions.slice(0, WARM_UP));
  const begin = monoMs();
  await runner.submit(transactions.slice(WARM_UP));
  const seconds = (monoMs() - begin) / 1_000;
  assert(node.queries.queues().waiting === transactions.length, 'all are taken in');
  await runner.close();
  store.close();
  return (transactions.length - WARM_UP) / seconds;
}

/** A node with a timer and threads for signatures, and nothing else. */
class Runner {
  readonly #driver: Driver<Input, Effect>;
  readonly #pool: SignaturePool;
  readonly #waiting = new Map<number, () => void>();
  #lastId = 0;

  constructor(node: Node, network: Network) {
    const onTrouble = (error: unknown): void => {
      throw error instanceof Error ? error : new Error(String(error));
    };
    this.#pool = new SignaturePool({
      networkId: network.idBytes,
      onVerified: (results) => {
        this.#driver.input({ type: 'verified', results });
      },
      onTrouble,
    });
    this.#driver = new Driver<Input, Effect>(node, {
      clock: systemClock,
      performConnection: () => undefined,
      perform: (effect) => {
        if (effect.type === 'verify') this.#pool.verify(effect.batch);
        if (effect.type === 'reply') this.#waiting.get(effect.id)?.();
      },
      onTrouble,
    });
    this.#driver.start();
  }

  /** In commands of a batch each; resolves when all are answered. */
  async submit(transactions: readonly DecodedTransaction[]): Promise<void> {
    const inHand: Promise<void>[] = [];
    for (let at = 0; at < transactions.length; at += BATCH) {
      const part = transactions.slice(at, at + BATCH).map(({ bytes }) => bytes);
      inHand.push(
        new Promise((resolve) => {
          const id = ++this.#lastId;
          this.#waiting.set(id, resolve);
          const command = { type: 'submit-transactions', transactions: part } as const;
          this.#driver.input({ type: 'commands', commands: [{ id, command }] });
        }),
      );
      if (inHand.length >= COMMANDS_IN_HAND) await inHand.shift();
    }
    await Promise.all(inHand);
  }

  async close(): Promise<void> {
    this.#driver.close();
    await this.#pool.close();
  }
}

/** As a client that keeps a connection busy. */
const COMMANDS_IN_HAND = 8;

/** Milliseconds to choose what goes into a block, out of all of `transactions`. */
function templates(
  network: Network,
  coins: readonly Spendable[],
  transactions: readonly DecodedTransaction[],
): Figure[] {
  const known = new Map(
    coins.map((coin) => [`${coin.txid}${coin.index.toString(16).padStart(8, '0')}`, coin]),
  );
  const waiting = new Mempool({
    ...DEFAULT_POLICY,
    params: network.params,
    coin: (outpoint) => {
      const coin = known.get(outpoint);
      const { amount, owner: holder } = coin ?? {};
      if (amount === undefined || holder === undefined) return undefined;
      return { amount, address: holder.address, height: 1, isCoinbase: false };
    },
  });
  const now = systemClock().unix;
  for (const tx of transactions) {
    const added = waiting.add(tx, { height: 10, now });
    assert(added.ok, 'a bench transaction is taken in');
  }
  const sizeBytes = transactions[0]?.bytes.length ?? 0;
  const blockBytesMax = 1_000 + TEMPLATE_TRANSACTIONS * sizeBytes;
  const filler = new BlockFiller(
    { mempool: waiting, isAtTip: true },
    { blockBytesMax, tagBytes: 8 },
  );
  const times: number[] = [];
  for (let run = 0; run < TEMPLATES; run++) {
    const begin = monoMs();
    const { transactions: chosen } = filler.first(false);
    times.push(monoMs() - begin);
    assert(chosen.length >= TEMPLATE_TRANSACTIONS, 'the block is full');
  }
  return [
    { metric: 'waiting', value: waiting.count, unit: 'transactions' },
    { metric: 'template-median', value: median(times), unit: 'ms', goal: '≤ 5' },
    { metric: 'template-first', value: times[0] ?? Number.NaN, unit: 'ms' },
  ];
}
