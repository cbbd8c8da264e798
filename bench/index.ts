/**
 * The index of transactions and addresses: what a transaction costs it, and how long its answers
 * take among a million coins.
 */

import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../shared/bytes.js';
import type { Block } from '../shared/consensus/block.js';
import { decodeHeader } from '../shared/consensus/header.js';
import type { AddressHash, Amount, BlockHash, Txid, Wtxid } from '../shared/units.js';
import { Chain } from '../peer/chain/chain.js';
import { Batch } from '../peer/index/batch.js';
import { Follower } from '../peer/index/follower.js';
import { INDEX_FILE, openIndex } from '../peer/storage/openIndex.js';
import { CHAIN_FILE, openStore } from '../peer/storage/openStore.js';
import type { SqliteIndex } from '../peer/storage/sqliteIndex.js';
import { makeNetwork } from '../test/support/blocks.js';
import { benchBlocks, benchNetwork, fillDirectory } from './chains.js';
import { monoMs, temporaryDirectory } from './processes.js';
import { percentile, type Figure } from './report.js';

export const index = (): Promise<Figure[]> => Promise.resolve([...indexing(), ...lookUps()]);

/** Reads, decodes and indexes a chain of one-input two-output transactions from its database. */
function indexing(): Figure[] {
  const plan = { blockCount: 100, transactionCount: 500 };
  const directory = temporaryDirectory();
  const network = benchNetwork(plan);
  fillDirectory(directory.path, network, benchBlocks(network, plan));
  const { store } = openStore(join(directory.path, CHAIN_FILE), network);
  const chain = new Chain(network, store);
  const path = join(directory.path, INDEX_FILE);
  const { index } = openIndex(path, network);
  const follower = new Follower(chain, index);
  const steps: number[] = [];
  const cpuBefore = process.cpuUsage();
  for (let state = 'moving'; state === 'moving';) {
    const started = monoMs();
    state = follower.step();
    steps.push(monoMs() - started);
  }
  const { user, system } = process.cpuUsage(cpuBefore);
  index.close();
  store.close();
  const count = plan.blockCount * plan.transactionCount;
  const bytes = statSync(path).size;
  directory.remove();
  return [
    { metric: 'processor-time-per-transaction', value: (user + system) / count, unit: 'µs' },
    { metric: 'bytes-per-transaction', value: bytes / count, unit: 'bytes' },
    { metric: 'step-median', value: percentile(steps, 0.5), unit: 'ms' },
    { metric: 'step-longest', value: Math.max(...steps), unit: 'ms' },
  ];
}

const BLOCKS = 10_000;
const COINS_PER_BLOCK = 100;
const ADDRESSES = 100_000;
const REPEATS = 200;

/** One address has a coin and a row of history in each block, the others share the rest. */
function lookUps(): Figure[] {
  const directory = temporaryDirectory();
  const path = join(directory.path, INDEX_FILE);
  const { index } = openIndex(path, makeNetwork());
  const busy = address();
  const txids = fill(index, busy);
  const page = { count: 100, before: undefined };
  const middle = { height: BLOCKS / 2, position: 0 };
  const figures = [
    timed('place-of-a-transaction', (i) => index.place(txids[i * 37] as Txid)),
    timed('history-100-newest-of-10000', () => index.history(busy, page)),
    timed('history-100-from-the-middle', () => index.history(busy, { ...page, before: middle })),
    timed('coins-100-of-10000', () => index.coins(busy, { count: 100, after: undefined })),
    timed('coins-all-10000', () => index.coins(busy)),
    timed('balance-of-10000-coins', () => index.summary(busy, BLOCKS - 20)),
  ];
  index.close();
  const megabytes = statSync(path).size / 1e6;
  directory.remove();
  return [...figures, { metric: 'file-of-a-million-coins', value: megabytes, unit: 'MB' }];
}

function timed(metric: string, look: (i: number) => unknown): Figure {
  const times: number[] = [];
  for (let i = 0; i < REPEATS; i++) {
    const started = monoMs();
    look(i);
    times.push(monoMs() - started);
  }
  return { metric, value: percentile(times, 0.5), unit: 'ms' };
}

/** Writes blocks that nobody mined: only the index is measured. Returns txids. */
function fill(index: SqliteIndex, busy: AddressHash): Txid[] {
  const addresses = Array.from({ length: ADDRESSES }, address);
  const txids: Txid[] = [];
  let batch = new Batch();
  for (let height = 0; height < BLOCKS; height++) {
    const holders = Array.from({ length: COINS_PER_BLOCK - 1 }, (_, i) => {
      return addresses[(height * 7919 + i * 104_729) % ADDRESSES] as AddressHash;
    });
    const block = madeUpBlock([busy, ...holders]);
    txids.push(...block.transactions.map(({ txid }) => txid));
    batch.add(block, height);
    if (height % 10 !== 9) continue;
    index.connect(batch);
    batch = new Batch();
  }
  return txids;
}

/** A transaction with one output for each of `holders`. */
function madeUpBlock(holders: readonly AddressHash[]): Block {
  const amount = 1_000 as Amount;
  const transactions = holders.map((address) => ({
    ...{ inputs: [], keys: [], outputs: [{ amount, address }], lockHeight: 0, signatures: [] },
    ...{ memo: NOTHING, bytes: NOTHING, txid: randomHash() as Txid, wtxid: randomHash() as Wtxid },
  }));
  return {
    header: decodeHeader(new Uint8Array(80)),
    hash: randomHash() as BlockHash,
    transactions,
  };
}

const NOTHING = new Uint8Array(0);

const randomHash = (): string => toHex(randomBytes(32));

const address = (): AddressHash => toHex(randomBytes(20)) as AddressHash;
