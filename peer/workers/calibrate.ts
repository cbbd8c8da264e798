/**
 * How fast this machine hashes, measured at the start of a network whose difficulty must fit it.
 */

import { setTimeout as delay } from 'node:timers/promises';

import type { MineJob } from '../types.js';
import { HashPool } from './hashPool.js';
import type { KernelName } from './kernel/kernel.js';

export interface Calibration {
  /** The one that will mine: others are many times as fast or slow. */
  readonly kernel: KernelName;
  /** How long to measure, once all threads hash. */
  readonly seconds: number;
  readonly threads: number;
  /** Ends the measurement, which then rejects. */
  readonly signal?: AbortSignal;
}

/**
 * Hashes a second of `threads` threads together without a CPU limit, in the best of a few
 * stretches: what else is at work at the start (an installation, a compiler) is soon over. Rejects
 * when a thread dies.
 */
export async function measureHashRate(wish: Calibration): Promise<number> {
  const end = new AbortController();
  const signals = wish.signal === undefined ? [end.signal] : [end.signal, wish.signal];
  let onTrouble: (sentence: string) => void = () => undefined;
  const trouble = new Promise<never>((_resolve, reject) => {
    onTrouble = (sentence) => {
      reject(new Error(sentence));
    };
  });
  const { threads } = wish;
  let id = 0;
  const pool = new HashPool(wish.kernel, {
    onFound: () => undefined,
    onExhausted: (job) => {
      if (job === id) pool.set({ ...ENDLESS_JOB, threads, id: ++id });
    },
    onHashes: () => undefined,
    onTrouble,
  });
  try {
    return await Promise.race([measure(pool, wish, AbortSignal.any(signals)), trouble]);
  } finally {
    end.abort();
    await pool.close();
  }
}

const POLL_MS = 2;
const STRETCHES = 4;

async function measure(
  pool: HashPool,
  { seconds, threads }: Calibration,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  pool.set({ ...ENDLESS_JOB, threads });
  while (!pool.isUpToDate) await delay(POLL_MS, undefined, { signal });
  let best = 0;
  pool.takeHashes();
  // Beside much other work the threads, at the lowest priority, may not have run at all.
  for (let i = 0; i < STRETCHES || best === 0; i++) {
    const begin = performance.now();
    await delay((seconds / STRETCHES) * 1_000, undefined, { signal });
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
