/**
 * Hashes a second of each kernel on one core, in short turns one after the other, so that what else
 * the machine does meets them alike; and of two threads against one. Medians, and their ratios.
 */

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { measureHashRate } from '../peer/workers/calibrate.js';
import type { Way } from './hashTurn.js';
import { whyNot } from '../peer/workers/kernel/chooseKernel.js';
import { nativeLimits, NoBareProgram, ROUND_NONCES, ROUNDS } from './nativeLimit.js';
import { median, type Figure } from './report.js';

const TURNS = 100;
const TURN_MS = 20;
const THREAD_TURNS = 7;
const THREAD_SECONDS = 0.8;
/** Of the native kernel and the bare program, in turns. */
const NATIVE_TURNS = 5;
const MILLION = 1e6;

export async function kernel(): Promise<Figure[]> {
  const [oneShot, node, wasm] = await ratesOf(['one-shot', 'node', 'wasm']);
  const [one, two] = await threadRates();
  const rates = { 'crypto.hash': oneShot, node, wasm, 'wasm-two-threads': two };
  return [
    ...Object.entries(rates).map(([metric, rate]) => rateFigure(metric, rate)),
    { metric: 'wasm-over-crypto.hash', value: wasm / oneShot, unit: 'times', goal: '≥ 10' },
    { metric: 'wasm-two-threads-over-one', value: two / one, unit: 'times', goal: '≥ 1.9' },
    ...(await nativeFigures()),
  ];
}

/** None where there is no native kernel, or no compiler to measure it against. */
async function nativeFigures(): Promise<Figure[]> {
  const problem = whyNot('native');
  if (problem !== undefined) return noNative(problem);
  try {
    return figuresOfNative(await nativeRates());
  } catch (error) {
    if (error instanceof NoBareProgram) return noNative(error.message);
    throw error;
  }
}

function noNative(problem: string): Figure[] {
  console.log(`No figures of the native kernel: ${problem}`);
  return [];
}

function figuresOfNative({ kernel: rates, limit }: NativeRates): Figure[] {
  return [
    rateFigure('native', median(rates)),
    rateFigure('native-limit', median(limit)),
    {
      metric: 'native-over-limit',
      value: median(rates.map((rate, i) => rate / (limit[i] ?? 0))),
      unit: 'ratio',
      goal: '≥ 0.85',
    },
  ];
}

/** Hashes a second, one for each turn. */
type NativeRates = Readonly<Record<'kernel' | 'limit', readonly number[]>>;

const rateFigure = (metric: string, rate: number): Figure => ({
  metric,
  value: rate / MILLION,
  unit: 'MH/s',
});

/** A way to hash, in a thread of its own that rests between its turns. */
class Contestant {
  readonly #worker: Worker;

  constructor(way: Way) {
    this.#worker = new Worker(new URL('hashTurn.js', import.meta.url), { workerData: way });
  }

  /** How long so many nonces take, in ms. */
  async turn(count: number): Promise<number> {
    this.#worker.postMessage(count);
    const [ms] = (await once(this.#worker, 'message')) as [number];
    return ms;
  }

  /** How many nonces take a turn, once the code is warm. */
  async countOfTurn(): Promise<number> {
    let count = 1_000;
    while ((await this.turn(count)) < TURN_MS) count *= 2;
    return Math.ceil((count * TURN_MS) / (await this.turn(count)));
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }
}

/** Median rates, in hashes a second. */
async function ratesOf(ways: readonly [Way, Way, Way]): Promise<[number, number, number]> {
  const contestants = ways.map((way) => new Contestant(way));
  const counts: number[] = [];
  for (const one of contestants) counts.push(await one.countOfTurn());
  const rates = ways.map((): number[] => []);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [i, one] of contestants.entries()) {
      const count = counts[i] ?? 0;
      rates[i]?.push((count * 1_000) / (await one.turn(count)));
    }
  }
  await Promise.all(contestants.map((one) => one.end()));
  return rates.map(median) as [number, number, number];
}

/**
 * The kernel as it is called from JavaScript, and the best path of the bare program, each by its
 * best round: others make a round slower, none makes one faster.
 */
async function nativeRates(): Promise<NativeRates> {
  const native = new Contestant('native');
  const rates: Record<keyof NativeRates, number[]> = { kernel: [], limit: [] };
  try {
    for (let turn = 0; turn < NATIVE_TURNS; turn++) {
      const limits = await nativeLimits();
      rates.limit.push(Math.max(...limits.map(({ hashesPerSecond }) => hashesPerSecond)));
      let bestMs = Infinity;
      for (let round = 0; round < ROUNDS; round++) {
        bestMs = Math.min(bestMs, await native.turn(ROUND_NONCES));
      }
      rates.kernel.push((ROUND_NONCES * 1_000) / bestMs);
    }
  } finally {
    await native.end();
  }
  return rates;
}

/** Of the pool that a peer has. */
async function threadRates(): Promise<readonly [one: number, two: number]> {
  const rates: [number[], number[]] = [[], []];
  for (let turn = 0; turn < THREAD_TURNS; turn++) {
    for (const [i, list] of rates.entries()) {
      const wish = { kernel: 'wasm', seconds: THREAD_SECONDS, threads: i + 1 } as const;
      list.push(await measureHashRate(wish));
    }
  }
  return [median(rates[0]), median(rates[1])];
}
