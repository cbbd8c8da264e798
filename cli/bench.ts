/** `cairn bench`: how fast this computer hashes, with each kernel and more and more threads. */

import { availableParallelism } from 'node:os';
import { measureHashRate } from '../peer/workers/calibrate.js';
import { chooseKernel, whyNot } from '../peer/workers/kernel/chooseKernel.js';
import type { KernelName } from '../peer/workers/kernel/kernel.js';
import { KERNEL_NAMES } from '../peer/workers/kernel/kernels.js';
import { KERNEL_CHOICES, keysOf } from '../shared/config/settings.js';
import { template } from '../shared/consensus/templates.js';
import { parseParamsJson } from '../shared/consensus/paramsJson.js';
import { systemClock } from '../shared/io/clock.js';
import type { UnixSeconds } from '../shared/units.js';
import {
  describeBench,
  threadCounts,
  type Difficulty,
  type KernelReport,
  type Rate,
} from './benchReport.js';
import { nextTarget } from './benchTarget.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { NotRunning } from './notRunning.js';
import { ProgressLine } from './progress.js';
import { stopRequested } from './stopping.js';

const SECONDS = 0.4;

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    kernel: {
      kind: { type: 'choice', of: KERNEL_CHOICES },
      about: 'only this one; without it, all that run here',
    },
    seconds: {
      kind: { type: 'number', min: 0.1, max: 600 },
      about: `how long to measure each kernel with each number of threads (${String(SECONDS)})`,
    },
  },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const stop = new AbortController();
    void stopRequested().then(() => {
      stop.abort();
    });
    const { kernel, seconds = SECONDS } = options;
    const names = kernel === undefined ? KERNEL_NAMES : [chooseKernel(kernel).name];
    const difficulty = await difficultyOf(settings.values);
    const cores = availableParallelism();
    const progress = new ProgressLine('Measuring:', output);
    const { signal } = stop;
    const wish = { names, counts: threadCounts(cores), seconds, difficulty, signal };
    const kernels = await measureAll(wish, (done, of) => {
      progress.show(done, of);
    });
    progress.end();
    const isComplete = !signal.aborted;
    const report = { cores, difficulty, isComplete, kernels };
    if (options.json === true) output.json(report);
    else output.line(describeBench(report));
    return isComplete ? EXIT.done : EXIT.interrupted;
  },
});

interface Where {
  readonly node: string | undefined;
  readonly home: string | undefined;
}

/** Of the chain of the node that runs here or was named; else of a new LAN's first blocks. */
async function difficultyOf(where: Where): Promise<Difficulty> {
  try {
    const client = findNode(where);
    const { headers } = await ask(client, 'headers', { query: { count: 2 } });
    const { name: network, params } = await ask(client, 'network', {});
    const read = parseParamsJson(JSON.stringify(params));
    const target = read.ok ? nextTarget(read.value, headers, systemClock().unix) : undefined;
    if (target !== undefined) {
      const from = { type: 'node', url: client.baseUrl, network } as const;
      return { hashesPerBlock: hashesFor(target), from };
    }
  } catch (error) {
    if (where.node !== undefined || !(error instanceof NotRunning)) throw error;
  }
  const { powLimit } = template('lan', { name: 'lan', salt: new Uint8Array(16), time: NO_TIME });
  return { hashesPerBlock: hashesFor(powLimit), from: { type: 'template', name: 'lan' } };
}

/** In the mean; not a whole number. */
const hashesFor = (target: bigint): number => 2 ** 256 / (Number(target) + 1);

const NO_TIME = 1 as UnixSeconds;

export interface BenchWish {
  readonly names: readonly KernelName[];
  /** Numbers of threads. */
  readonly counts: readonly number[];
  readonly seconds: number;
  readonly difficulty: Difficulty;
  /** What was measured when it is aborted is the answer. */
  readonly signal: AbortSignal;
}

/** One measurement after the other. `onProgress`: so many are done. */
export async function measureAll(
  { names, counts, seconds, difficulty, signal }: BenchWish,
  onProgress: (done: number, of: number) => void,
): Promise<KernelReport[]> {
  const reports = names.map(reportOf);
  const usable = reports.filter(({ problem }) => problem === null);
  const measurements = usable.flatMap((report) => counts.map((threads) => ({ report, threads })));
  for (const [done, { report, threads }] of measurements.entries()) {
    onProgress(done, measurements.length);
    try {
      const wish = { kernel: report.kernel, threads, seconds, signal };
      const hashesPerSecond = await measureHashRate(wish);
      const expectedSeconds = difficulty.hashesPerBlock / hashesPerSecond;
      report.rates.push({ threads, hashesPerSecond, expectedSeconds });
    } catch (error) {
      if (signal.aborted) return reports;
      throw error;
    }
  }
  return reports;
}

function reportOf(kernel: KernelName) {
  const rates: Rate[] = [];
  const problem = whyNot(kernel) ?? null;
  const detail = problem === null ? (chooseKernel(kernel).detail ?? null) : null;
  return { kernel, detail, problem, rates };
}
