/** From spawn to synced: empty blocks, full blocks; two processes over loopback. */

import { benchBlocks, benchNetwork, fillDirectory, type ChainPlan } from './chains.js';
import { spawnPeer, temporaryDirectory, untilHeight, untilSynced } from './processes.js';
import { bareChecksPerSecond } from './reference.js';
import type { Figure } from './report.js';
import { median } from './report.js';

/** Fresh peers that sync the same chain one after the other. */
const RUNS = 3;

/** 2,000 coinbase-only blocks. */
export async function syncEmpty(): Promise<Figure[]> {
  const plan = { blockCount: 2000, transactionCount: 0 };
  const seconds = median(await syncTimes(plan));
  return [
    { metric: '2000-empty-blocks', value: seconds, unit: 's', goal: '≤ 1.0' },
    { metric: 'empty-blocks-per-second', value: plan.blockCount / seconds, unit: 'blocks/s' },
  ];
}

/** 200 blocks of 500 one-input two-output transactions, all signatures checked. */
export async function syncFull(): Promise<Figure[]> {
  const plan = { blockCount: 200, transactionCount: 500 };
  const seconds = median(await syncTimes(plan));
  const rate = (plan.blockCount * plan.transactionCount) / seconds;
  const bare = await bareChecksPerSecond();
  return [
    { metric: 'bare-signature-checks-per-second', value: bare, unit: 'checks/s' },
    { metric: 'transactions-per-bare-check', value: rate / bare, unit: 'ratio', goal: '≥ 0.425' },
    { metric: '200x500-transactions', value: seconds, unit: 's' },
    { metric: 'transactions-per-second', value: rate, unit: 'tx/s', goal: '≥ 15000' },
  ];
}

/** Seconds from spawn to synced of `RUNS` fresh peers, each beside a peer that has the chain. */
async function syncTimes(plan: ChainPlan): Promise<number[]> {
  const source = temporaryDirectory();
  const network = benchNetwork(plan);
  fillDirectory(source.path, network, benchBlocks(network, plan));
  const seconds: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const server = await spawnPeer({ network, directory: source.path });
    await untilHeight(server, plan.blockCount);
    const target = temporaryDirectory();
    const connect = server.tcpPort;
    const fresh = await spawnPeer({ network, directory: target.path, connect, logLevel: 'info' });
    seconds.push(((await untilSynced(fresh, plan.blockCount)) - fresh.spawnedMono) / 1000);
    await untilHeight(fresh, plan.blockCount);
    await Promise.all([fresh.stop(), server.stop()]);
    target.remove();
  }
  source.remove();
  return seconds;
}
