/** How much of a core a hashing thread takes at a CPU limit, beside the limit. */

import { setTimeout as delay } from 'node:timers/promises';
import type { MineJob } from '../peer/types.js';
import { HashPool } from '../peer/workers/hashPool.js';
import { DEFAULT_KERNEL } from '../peer/workers/kernel/kernels.js';
import type { Figure } from './report.js';

const LIMITS = [10, 25, 50, 75, 90];
const TURNS = 3;
/** The miner renews its job each second, and each time the thread begins anew. */
const RENEW_MS = 1_000;

/** Beside other programs a thread gets less than a core: the limit is of what it gets. */
export async function cpuLimit(): Promise<Figure[]> {
  const pool = new HashPool(DEFAULT_KERNEL, {
    onFound: () => undefined,
    onExhausted: () => undefined,
    onHashes: () => undefined,
    onTrouble: (sentence) => {
      throw new Error(sentence);
    },
  });
  pool.set(ENDLESS_JOB);
  while (!pool.isUpToDate) await delay(1);
  const figures: Figure[] = [];
  for (const percent of LIMITS) {
    let [limited, free] = [0, 0];
    for (let turn = 0; turn < TURNS; turn++) {
      limited += await cpuMsAt(pool, percent);
      free += await cpuMsAt(pool, 100);
    }
    const goal = `${String(percent)} ± 5`;
    const value = (limited / free) * 100;
    figures.push({ metric: `at-${String(percent)}-percent`, value, unit: '% of a thread', goal });
  }
  await pool.close();
  return figures;
}

/** Of this process in a second, in which it does nothing but hash. */
async function cpuMsAt(pool: HashPool, cpuPercent: number): Promise<number> {
  pool.set({ ...ENDLESS_JOB, cpuPercent });
  const beginMs = performance.now();
  const begin = process.cpuUsage();
  await delay(RENEW_MS);
  const { user, system } = process.cpuUsage(begin);
  return ((user + system) / (performance.now() - beginMs)) * (RENEW_MS / 1_000);
}

/** No hash is that small. */
const ENDLESS_JOB: MineJob = {
  ...{ id: 1, header: new Uint8Array(80), target: 0n },
  ...{ threads: 1, cpuPercent: 100 },
};
