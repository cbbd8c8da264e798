/** From spawn to synced: empty blocks, full blocks; two processes over loopback. */

import type { Network } from '../shared/consensus/genesis.js';
import { benchBlocks, benchNetwork, fillDirectory, type ChainPlan } from './chains.js';
import {
  monoMs,
  spawnPeer,
  temporaryDirectory,
  until,
  untilHeight,
  untilSynced,
  type PeerProcess,
} from './processes.js';
import { bareChecksPerSecond } from './reference.js';
import type { Figure } from './report.js';
import { median } from './report.js';

/** Fresh peers that sync the same chain one after the other. */
const RUNS = 3;

/** 2,000 coinbase-only blocks. */
export async function syncEmpty(): Promise<Figure[]> {
  const plan = { blockCount: 2000, transactionCount: 0 };
  const [times = []] = await syncTimes(plan, ['--address-index']);
  const seconds = median(times);
  return [
    { metric: '2000-empty-blocks', value: seconds, unit: 's', goal: '≤ 1.0' },
    { metric: 'empty-blocks-per-second', value: plan.blockCount / seconds, unit: 'blocks/s' },
  ];
}

/**
 * 200 blocks of 500 one-input two-output transactions, all signatures checked: without the index,
 * and with it, until it is at the tip, too. By turns, for the machine's speed changes.
 */
export async function syncFull(): Promise<Figure[]> {
  const plan = { blockCount: 200, transactionCount: 500 };
  const times = await syncTimes(plan, ['--no-address-index', '--address-index']);
  const count = plan.blockCount * plan.transactionCount;
  const [plain = NaN, indexed = NaN] = times.map((seconds) => count / median(seconds));
  const bare = await bareChecksPerSecond();
  return [
    { metric: 'bare-signature-checks-per-second', value: bare, unit: 'checks/s' },
    { metric: 'transactions-per-bare-check', value: plain / bare, unit: 'ratio', goal: '≥ 0.425' },
    { metric: '200x500-transactions', value: count / plain, unit: 's' },
    { metric: 'transactions-per-second', value: plain, unit: 'tx/s', goal: '≥ 15000' },
    { metric: 'with-address-index', value: indexed, unit: 'tx/s', goal: '≥ 12000' },
    { metric: 'indexed-per-plain', value: indexed / plain, unit: 'ratio', goal: '≥ 0.8' },
  ];
}

/**
 * For each of `flags`: seconds from spawn to synced, the index as well, of `RUNS` fresh peers, each
 * beside a peer that has the chain.
 */
async function syncTimes(plan: ChainPlan, flags: readonly string[]): Promise<number[][]> {
  const times: number[][] = flags.map(() => []);
  const source = temporaryDirectory();
  const network = benchNetwork(plan);
  fillDirectory(source.path, network, benchBlocks(network, plan));
  for (let run = 0; run < RUNS; run++) {
    for (const [i, flag] of flags.entries()) {
      times[i]?.push(await syncTime({ plan, network, source: source.path, flag }));
    }
  }
  source.remove();
  return times;
}

interface SyncRun {
  readonly plan: ChainPlan;
  readonly network: Network;
  /** The data directory of the peer that has the chain. */
  readonly source: string;
  readonly flag: string;
}

async function syncTime({ plan, network, source, flag }: SyncRun): Promise<number> {
  const server = await spawnPeer({ network, directory: source, flags: ['--no-address-index'] });
  await untilHeight(server, plan.blockCount);
  const target = temporaryDirectory();
  const fresh = await spawnPeer({
    ...{ network, directory: target.path, connect: server.tcpPort },
    ...{ logLevel: 'info', flags: [flag] },
  });
  const synced = await untilSynced(fresh, plan.blockCount);
  const indexed = flag === '--address-index' ? await untilIndexed(fresh, plan.blockCount) : synced;
  await untilHeight(fresh, plan.blockCount);
  await Promise.all([fresh.stop(), server.stop()]);
  target.remove();
  return (Math.max(synced, indexed) - fresh.spawnedMono) / 1000;
}

/** Resolves with the time at which the peer was seen with an index up to `height`. */
const untilIndexed = (peer: PeerProcess, height: number): Promise<number> =>
  until(`${String(height)} blocks indexed`, async () => {
    const status = await peer.get<{ indexHeight: number }>('/api/status');
    return status?.indexHeight === height ? monoMs() : undefined;
  });
