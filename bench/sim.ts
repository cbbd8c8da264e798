/**
 * What virtual time costs, on one core. The long runs are extrapolated from short ones, which is
 * about right for a day: its first hour brings all together, and the later ones have longer chains.
 */

import { once } from 'node:events';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { runScenario, type ScenarioOptions } from '../lab/sim/scenario.js';
import { THREAD_LIMITS } from '../lab/sim/thread.js';
import { World } from '../lab/sim/world.js';
import { addNode } from '../lab/sim/worldNode.js';
import { benchBlocks, benchNetwork } from './chains.js';
import { randomReadNs } from './reference.js';
import type { Figure } from './report.js';

const NODES = 50;
const HOURS = 1;
const SEEDS = [2, 3, 4, 5, 6, 7];
const RUNS = 3;
const YEAR_S = 365 * 86_400;
/** Of the first 15 minutes, and of one seed, in which everything is compiled. */
const WARM_UP = { seed: 9, nodes: NODES, hours: 0.25, faults: 'none' } as const;
const WARM_UP_SEED = { seed: 1, nodes: 12, hours: 1, faults: 'many' } as const;

/** In a thread, as `npm run sim` plays. */
export async function sim(): Promise<Figure[]> {
  const worker = new Worker(new URL(import.meta.url), { resourceLimits: THREAD_LIMITS });
  const [figures] = (await once(worker, 'message')) as [Figure[]];
  return figures;
}

function measure(): Figure[] {
  costOf(WARM_UP);
  const { seconds, inputCount, height } = costOf({
    seed: 1,
    nodes: NODES,
    hours: HOURS,
    faults: 'none',
  });
  const hour = seconds / HOURS;
  costOf(WARM_UP_SEED);
  const seeds = SEEDS.map(
    (one) => costOf({ seed: one, nodes: 12, hours: 1, faults: 'many' }).seconds,
  );
  const seed = seeds.reduce((sum, seconds) => sum + seconds, 0) / SEEDS.length;
  return [
    { metric: '50-nodes-24-hours', value: 24 * hour, unit: 's', goal: '≤ 90' },
    { metric: 'inputs-per-block-and-node', value: inputCount / height / NODES, unit: 'inputs' },
    { metric: 'block-at-a-node', value: (seconds * 1e6) / height / NODES, unit: 'µs' },
    { metric: 'empty-block-alone', value: emptyBlockMicroseconds(), unit: 'µs' },
    // Two cores go through 1,000 seeds in 30 minutes.
    { metric: '12-nodes-1-hour-with-faults', value: seed, unit: 's', goal: '≤ 3.6' },
    { metric: 'bare-random-read', value: randomReadNs(), unit: 'ns' },
  ];
}

interface Cost {
  /** CPU time. */
  readonly seconds: number;
  readonly inputCount: number;
  readonly height: number;
}

/** What one run costs. Throws when what must hold does not. */
function costOf(options: ScenarioOptions): Cost {
  const before = process.cpuUsage();
  const { failure, inputCount, height } = runScenario(options);
  if (failure !== undefined) throw new Error(failure);
  return { seconds: secondsSince(before), inputCount, height };
}

/** What a node that has nothing else to do takes for an empty block: the best of some runs. */
function emptyBlockMicroseconds(): number {
  const plan = { blockCount: 2_000, transactionCount: 0 };
  const network = benchNetwork(plan);
  const blocks = [...benchBlocks(network, plan)];
  const runs = Array.from({ length: RUNS }, () => {
    const node = addNode(new World({ startUnix: network.params.time + YEAR_S }), network);
    const before = process.cpuUsage();
    for (const { bytes } of blocks) node.command({ type: 'submit-block', bytes });
    if (node.height < blocks.length) throw new Error(`only ${String(node.height)} were taken`);
    return (secondsSince(before) * 1e6) / blocks.length;
  });
  return Math.min(...runs);
}

function secondsSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

if (!isMainThread) parentPort?.postMessage(measure());
