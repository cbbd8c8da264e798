/**
 * How fast this machine hashes, measured at the start of a network whose difficulty must fit it.
 */

import type { MineJob } from '../types.js';
import { HashPool } from './hashPool.js';

export interface Calibration {
  /** How long to measure, once all threads hash. */
  readonly seconds: number;
  readonly threads: number;
}

/**
 * Hashes a second of `threads` threads together without a CPU limit, in the best of a few
 * stretches: what else is at work at the start (an installation, a compiler) is soon over. Rejects
 * when a thread dies.
 */
export async function measureHashRate({ seconds, threads }: Calibration): Promise<number> {
  let onTrouble: (sentence: string) => void = () => undefined;
  const trouble = new Promise<never>((_resolve, reject) => {
    onTrouble = (sentence) => {
      reject(new Error(sentence));
    };
  });
  const pool = new HashPool('node', {
    onFound: () => undefined,
    onHashes: () => undefined,
    onTrouble,
  });
  try {
    return await Promise.race([measure(pool, { seconds, threads }), trouble]);
  } finally {
    await pool.close();
  }
}

const POLL_MS = 2;
const STRETCHES = 4;

async function measure(pool: HashPool, { seconds, threads }: Calibration): Promise<number> {
  pool.set({ ...ENDLESS_JOB, threads });
  while (!pool.isUpToDate) await delay(POLL_MS);
  let best = 0;
  pool.takeHashes();
  for (let i = 0; i < STRETCHES; i++) {
    const begin = performance.now();
    await delay((seconds / STRETCHES) * 1_000);
    best = Math.max(best, (pool.takeHashes() * 1_000) / (performance.now() - begin));
  }
  return best;
}

/** No hash is that small. */
const ENDLESS_JOB: MineJob = {
  id: 0,
  header: new Uint8Array(80),
  target: 0n,
  threads: 1,
  cpuPercent: 100,
};

const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
