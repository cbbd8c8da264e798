/**
 * Hashes a second of each kernel on one core, all in short turns one after the other, so that what
 * else the machine does meets them alike; and of two threads against one. Medians, and their
 * ratios.
 */

import { hash } from 'node:crypto';
import type { Kernel } from '../peer/workers/kernel/kernel.js';
import { nodeKernel } from '../peer/workers/kernel/nodeKernel.js';
import { loadWasmKernel } from '../peer/workers/kernel/wasmKernel.js';
import { loadNativeKernel } from '../peer/workers/kernel/nativeKernel.js';
import { measureHashRate } from '../peer/workers/calibrate.js';
import { nativeLimits, ROUND_NONCES, ROUNDS } from './nativeLimit.js';
import { median, type Figure } from './report.js';

const TURNS = 100;
const TURN_MS = 20;
const THREAD_TURNS = 7;
const THREAD_SECONDS = 0.8;
/** No hash is that small. */
const NO_TARGET = new Uint8Array(32);
const NONCE_OFFSET = 76;
/** Of the native kernel and the bare program, in turns. */
const NATIVE_TURNS = 5;

/** Hashes with so many nonces. */
type Hashing = (count: number) => void;

export async function kernel(): Promise<Figure[]> {
  const rates = turns({
    oneShot: hashOneShot,
    node: searching(nodeKernel),
    wasm: searching(loadWasmKernel()),
  });
  const [one, two] = await threadRates();
  const native = await nativeRates();
  return [
    { metric: 'crypto.hash', value: rates.oneShot / 1e6, unit: 'MH/s' },
    { metric: 'node', value: rates.node / 1e6, unit: 'MH/s' },
    { metric: 'wasm', value: rates.wasm / 1e6, unit: 'MH/s' },
    {
      metric: 'wasm-over-crypto.hash',
      value: rates.wasm / rates.oneShot,
      unit: 'times',
      goal: '≥ 10',
    },
    { metric: 'wasm-two-threads', value: two / 1e6, unit: 'MH/s' },
    { metric: 'wasm-two-threads-over-one', value: two / one, unit: 'times', goal: '≥ 1.9' },
    { metric: 'native', value: median(native.kernel) / 1e6, unit: 'MH/s' },
    { metric: 'native-limit', value: median(native.limit) / 1e6, unit: 'MH/s' },
    {
      metric: 'native-over-limit',
      value: median(native.kernel.map((rate, i) => rate / (native.limit[i] ?? 0))),
      unit: 'ratio',
      goal: '≥ 0.85',
    },
  ];
}

/** SHA-256d as anybody would write it with node:crypto. */
function hashOneShot(count: number): void {
  const header = Buffer.alloc(80, 7);
  for (let nonce = 0; nonce < count; nonce++) {
    header.writeUInt32LE(nonce, NONCE_OFFSET);
    hash('sha256', hash('sha256', header, 'buffer'), 'buffer');
  }
}

function searching(kernel: Kernel): Hashing {
  const header = new Uint8Array(80).fill(7);
  return (count) => {
    kernel.search(header, NO_TARGET, 0, count);
  };
}

/** Median rates, in hashes a second. */
function turns<Name extends string>(all: Readonly<Record<Name, Hashing>>): Record<Name, number> {
  const names = Object.keys(all) as Name[];
  const counts = names.map((name) => countFor(all[name]));
  const rates = names.map((): number[] => []);
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [i, name] of names.entries()) {
      const count = counts[i] ?? 0;
      rates[i]?.push((count * 1_000) / timed(all[name], count));
    }
  }
  const medians = names.map((name, i) => [name, median(rates[i] ?? [])]);
  return Object.fromEntries(medians) as Record<Name, number>;
}

/** How many nonces take a turn, once the code is warm. */
function countFor(hashing: Hashing): number {
  let count = 1_000;
  while (timed(hashing, count) < TURN_MS) count *= 2;
  return Math.ceil((count * TURN_MS) / timed(hashing, count));
}

function timed(hashing: Hashing, count: number): number {
  const begin = performance.now();
  hashing(count);
  return performance.now() - begin;
}

/**
 * The kernel as it is called from JavaScript, and the best path of the bare program, each by its
 * best round: others make a round slower, none makes one faster.
 */
async function nativeRates(): Promise<Readonly<Record<'kernel' | 'limit', readonly number[]>>> {
  const hashing = searching(loadNativeKernel());
  const rates: Record<'kernel' | 'limit', number[]> = { kernel: [], limit: [] };
  for (let turn = 0; turn < NATIVE_TURNS; turn++) {
    const limits = await nativeLimits();
    rates.limit.push(Math.max(...limits.map(({ hashesPerSecond }) => hashesPerSecond)));
    const rounds = Array.from({ length: ROUNDS }, () => timed(hashing, ROUND_NONCES));
    rates.kernel.push((ROUND_NONCES * 1_000) / Math.min(...rounds));
  }
  return rates;
}

/** Of the pool that a peer has. */
async function threadRates(): Promise<readonly [one: number, two: number]> {
  const rates: [number[], number[]] = [[], []];
  for (let turn = 0; turn < THREAD_TURNS; turn++) {
    for (const [i, list] of rates.entries()) {
      list.push(await measureHashRate({ kernel: 'wasm', seconds: THREAD_SECONDS, threads: i + 1 }));
    }
  }
  return [median(rates[0]), median(rates[1])];
}
