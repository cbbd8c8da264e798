/** From spawn to synced: empty blocks, full blocks; two processes over loopback. */

import { readFileSync } from 'node:fs';
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
  const [runs = []] = await syncRuns(plan, ['--address-index']);
  const seconds = median(runs.map((run) => run.seconds));
  return [
    { metric: '2000-empty-blocks', value: seconds, unit: 's', goal: '≤ 1.0' },
    { metric: 'empty-blocks-per-second', value: plan.blockCount / seconds, unit: 'blocks/s' },
  ];
}

/**
 * 200 blocks of 500 one-input two-output transactions, all signatures checked: without the index,
 * and with it, until it is at the tip, too. By turns, for the machine's speed changes; processor
 * time changes less, where other programs run beside.
 */
export async function syncFull(): Promise<Figure[]> {
  const plan = { blockCount: 200, transactionCount: 500 };
  const runs = await syncRuns(plan, ['--no-address-index', '--address-index']);
  const count = plan.blockCount * plan.transactionCount;
  const rates = runs.map((each) => count / median(each.map(({ seconds }) => seconds)));
  const work = runs.map((each) => median(each.map(({ processorSeconds }) => processorSeconds)));
  const [plain = NaN, indexed = NaN] = rates;
  const [plainWork = NaN, indexedWork = NaN] = work;
  const bare = await bareChecksPerSecond();
  return [
    { metric: 'bare-signature-checks-per-second', value: bare, unit: 'checks/s' },
    { metric: 'transactions-per-bare-check', value: plain / bare, unit: 'ratio', goal: '≥ 0.425' },
    { metric: '200x500-transactions', value: count / plain, unit: 's' },
    { metric: 'transactions-per-second', value: plain, unit: 'tx/s', goal: '≥ 15000' },
    { metric: 'with-address-index', value: indexed, unit: 'tx/s', goal: '≥ 12000' },
    { metric: 'indexed-per-plain', value: indexed / plain, unit: 'ratio', goal: '≥ 0.8' },
    { metric: 'processor-time-plain', value: (plainWork * 1e6) / count, unit: 'µs/tx' },
    { metric: 'processor-time-with-index', value: (indexedWork * 1e6) / count, unit: 'µs/tx' },
  ];
}

interface SyncCost {
  /** From spawn to synced, the index as well. */
  readonly seconds: number;
  /** Of all threads of the fresh peer; NaN where the system does not tell. */
  readonly processorSeconds: number;
}

/** For each of `flags`: `RUNS` fresh peers, each beside a peer that has the chain. */
async function syncRuns(plan: ChainPlan, flags: readonly string[]): Promise<SyncCost[][]> {
  const runs: SyncCost[][] = flags.map(() => []);
  const source = temporaryDirectory();
  const network = benchNetwork(plan);
  fillDirectory(source.path, network, benchBlocks(network, plan));
  for (let run = 0; run < RUNS; run++) {
    for (const [i, flag] of flags.entries()) {
      runs[i]?.push(await syncOnce({ plan, network, source: source.path, flag }));
    }
  }
  source.remove();
  return runs;
}

interface SyncRun {
  readonly plan: ChainPlan;
  readonly network: Network;
  /** The data directory of the peer that has the chain. */
  readonly source: string;
  readonly flag: string;
}

async function syncOnce({ plan, network, source, flag }: SyncRun): Promise<SyncCost> {
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
  const processorSeconds = processorSecondsOf(fresh.pid);
  await Promise.all([fresh.stop(), server.stop()]);
  target.remove();
  return { seconds: (Math.max(synced, indexed) - fresh.spawnedMono) / 1000, processorSeconds };
}

/** Resolves with the time at which the peer was seen with an index up to `height`. */
const untilIndexed = (peer: PeerProcess, height: number): Promise<number> =>
  until(`${String(height)} blocks indexed`, async () => {
    const status = await peer.get<{ indexHeight: number }>('/api/status');
    return status?.indexHeight === height ? monoMs() : undefined;
  });

/** User and system time of a process by proc(5), which counts in hundredths of a second. */
function processorSecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100;
  } catch {
    return Number.NaN;
  }
}
