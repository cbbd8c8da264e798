/**
 * Among a million coins: what a block of 500 payments takes to be connected when none of its coins
 * was looked at before, and the memory of a node. Signatures are checked ahead, as in a node that
 * has seen the payments, or by other threads while the block before is connected.
 */

import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { assert, assertDefined } from '../shared/assert.js';
import type { Network } from '../shared/consensus/genesis.js';
import { printParamsJson } from '../shared/consensus/paramsJson.js';
import { sample, seededRng } from '../shared/rng.js';
import { nextBlock, type MadeBlock, type Spendable } from '../test/support/blocks.js';
import { runToEnd } from '../test/support/programs.js';
import { fillDirectory } from './chains.js';
import { manyCoins, payments } from './coins.js';
import { richNetwork } from './mempool.js';
import { BLOCKS, paths, type Connected } from './millionFiles.js';
import {
  spawnPeer,
  temporaryDirectory,
  until,
  untilHeight,
  type PeerProcess,
} from './processes.js';
import { median, percentile, type Figure } from './report.js';

const COINS = 1_000_000;
/** Outputs of a transaction that makes coins. */
const PARTS = 1_000;
const PAYMENTS = 500;
/** Long enough for what the sync has left behind to be collected. */
const REST_MS = 20_000;
const INDEX_SECONDS = 300;
const SEED = 1;

const NODE = fileURLToPath(new URL('millionNode.js', import.meta.url));

export async function million(): Promise<Figure[]> {
  const folder = temporaryDirectory();
  const { network, height } = prepare(folder.path);
  const run = await runToEnd(process.execPath, [NODE, folder.path]);
  assert(run.code === 0, run.output);
  const { steps, rssBytes } = JSON.parse(run.stdout) as Connected;
  const program = await programMemory(folder.path, network, height);
  folder.remove();
  const connect = steps.map(({ connectMs }) => connectMs);
  return [
    { metric: 'connect-median', value: median(connect), unit: 'ms', goal: '≤ 40' },
    { metric: 'connect-p95', value: percentile(connect, 0.95), unit: 'ms', goal: '≤ 120' },
    {
      metric: 'coins-written-after-median',
      value: median(steps.map((one) => one.writeMs)),
      unit: 'ms',
    },
    {
      metric: 'check-and-store-median',
      value: median(steps.map((one) => one.acceptMs)),
      unit: 'ms',
    },
    { metric: 'memory-of-the-chain-alone', value: rssBytes / 1e6, unit: 'MB', goal: '≤ 200' },
    { metric: 'memory-of-the-program', value: program.atRest, unit: 'MB', goal: '≤ 200' },
    { metric: 'memory-after-sync-and-index', value: program.afterSync, unit: 'MB' },
    { metric: 'memory-at-most', value: program.peak, unit: 'MB' },
  ];
}

/** Makes a data directory with the coins, and the blocks that will spend some of them. */
function prepare(folder: string): { readonly network: Network; readonly height: number } {
  const network = richNetwork();
  const { blocks, coins } = manyCoins(network, COINS, PARTS);
  const { full, fresh, params, block } = paths(folder);
  mkdirSync(full);
  fillDirectory(full, network, blocks);
  cpSync(full, fresh, { recursive: true });
  const parent = assertDefined(blocks.at(-1), 'there are blocks');
  const spending = spendingBlocks(network, parent, coins);
  writeFileSync(params, printParamsJson(network.params));
  for (const [i, { bytes }] of spending.entries()) writeFileSync(block(i), bytes);
  return { network, height: parent.point.height + spending.length };
}

/** Blocks of payments, each of which spends one of `coins`, taken at random. */
function spendingBlocks(
  network: Network,
  parent: MadeBlock,
  coins: readonly Spendable[],
): readonly MadeBlock[] {
  const chosen = sample(seededRng(SEED), coins, BLOCKS * PAYMENTS);
  const blocks: MadeBlock[] = [];
  for (let i = 0; i < chosen.length; i += PAYMENTS) {
    const transactions = [...payments(network, chosen.slice(i, i + PAYMENTS))];
    blocks.push(nextBlock(network, blocks.at(-1) ?? parent, { transactions }));
  }
  return blocks;
}

/** Of whole peers, in MB. */
interface ProgramMemory {
  /** Of one that has made its index of addresses and got the last blocks from another. */
  readonly afterSync: number;
  readonly peak: number;
  /** Of the same, started again. */
  readonly atRest: number;
}

async function programMemory(
  folder: string,
  network: Network,
  height: number,
): Promise<ProgramMemory> {
  const { full, fresh } = paths(folder);
  const flags = ['--no-address-index'];
  const server = await spawnPeer({ network, directory: full, logLevel: 'info', flags });
  await untilHeight(server, height);
  const options = { network, directory: fresh, logLevel: 'info' } as const;
  const synced = await spawnPeer({ ...options, connect: server.tcpPort });
  await untilIndexed(synced, height);
  await server.stop();
  const [afterSync, peak] = await restMemory(synced);
  const again = await spawnPeer(options);
  await untilIndexed(again, height);
  const [atRest] = await restMemory(again);
  return { afterSync, peak, atRest };
}

const untilIndexed = (peer: PeerProcess, height: number): Promise<true> =>
  until(
    'the index at the tip',
    async () => {
      const status = await peer.get<{ indexHeight: number }>('/api/status');
      return status?.indexHeight === height ? true : undefined;
    },
    INDEX_SECONDS,
  );

/** Lets the peer rest, and ends it. */
async function restMemory(peer: PeerProcess): Promise<readonly [rest: number, peak: number]> {
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const memory = [megabytes(peer.pid, 'VmRSS'), megabytes(peer.pid, 'VmHWM')] as const;
  await peer.stop();
  return memory;
}

/** As proc(5) tells it. */
function megabytes(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1]) * 1.024e-3;
}
