/** From spawn to the first answer of the API, with and without a long chain; memory at rest. */

import { readFileSync } from 'node:fs';
import { benchBlocks, benchNetwork, fillDirectory } from './chains.js';
import { monoMs, spawnPeer, temporaryDirectory, untilHeight } from './processes.js';
import { bareStartMs } from './reference.js';
import { median, type Figure } from './report.js';

const RUNS = 5;
const LONG_CHAIN_BLOCKS = 10_000;
/** Long enough for everything that a start leaves behind to be collected. */
const REST_MS = 20_000;

export async function start(): Promise<Figure[]> {
  const fresh: number[] = [];
  for (let run = 0; run < RUNS; run++) fresh.push(await freshStartMs());
  const bare = await bareStartMs();
  return [
    { metric: 'bare-node-start', value: bare, unit: 'ms' },
    { metric: 'fresh-start-per-bare-start', value: median(fresh) / bare, unit: 'times' },
    { metric: 'fresh-start-to-answer', value: median(fresh), unit: 'ms', goal: '≤ 400' },
    { metric: 'start-with-10000-blocks', value: await longStartMs(), unit: 'ms', goal: '≤ 1000' },
    { metric: 'memory-at-rest', value: await restMegabytes(), unit: 'MB', goal: '≤ 120' },
  ];
}

async function freshStartMs(): Promise<number> {
  const network = benchNetwork({ blockCount: 0, transactionCount: 0 });
  const directory = temporaryDirectory();
  const ms = await startMs(network, directory.path, 0);
  directory.remove();
  return ms;
}

async function longStartMs(): Promise<number> {
  const plan = { blockCount: LONG_CHAIN_BLOCKS, transactionCount: 0 };
  const network = benchNetwork(plan);
  const directory = temporaryDirectory();
  fillDirectory(directory.path, network, benchBlocks(network, plan));
  const times: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    times.push(await startMs(network, directory.path, LONG_CHAIN_BLOCKS));
  }
  directory.remove();
  return median(times);
}

async function startMs(
  network: ReturnType<typeof benchNetwork>,
  directory: string,
  height: number,
): Promise<number> {
  const peer = await spawnPeer({ network, directory });
  await untilHeight(peer, height);
  const ms = monoMs() - peer.spawnedMono;
  await peer.stop();
  return ms;
}

/** Resident memory of a peer that synced nothing, mines nothing and was left alone. */
async function restMegabytes(): Promise<number> {
  const network = benchNetwork({ blockCount: 0, transactionCount: 0 });
  const directory = temporaryDirectory();
  const peer = await spawnPeer({ network, directory: directory.path });
  await untilHeight(peer, 0);
  await new Promise((resolve) => setTimeout(resolve, REST_MS));
  const status = readFileSync(`/proc/${String(peer.pid)}/status`, 'utf8');
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  await peer.stop();
  directory.remove();
  return kilobytes / 1000;
}
