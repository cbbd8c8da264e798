/** What `cairn bench` found out, and how people read it. */

import { alignColumns, formatHashRate, formatWait } from './format.js';

/** How hard a block is, and who says so. */
export interface Difficulty {
  /** Hashes that a block takes in the mean. */
  readonly hashesPerBlock: number;
  /** Without a node: the easiest target of that template. */
  readonly from:
    | { readonly type: 'node'; readonly url: string; readonly network: string }
    | { readonly type: 'template'; readonly name: string };
}

export interface Rate {
  readonly threads: number;
  readonly hashesPerSecond: number;
  /** Until a block is found, in the mean. */
  readonly expectedSeconds: number;
}

export interface KernelReport {
  readonly kernel: string;
  readonly detail: string | null;
  /** Why it does not run here, a sentence; `null`: it does. */
  readonly problem: string | null;
  readonly rates: readonly Rate[];
}

export interface BenchReport {
  readonly cores: number;
  readonly difficulty: Difficulty;
  /** Whether nobody stopped it. */
  readonly isComplete: boolean;
  readonly kernels: readonly KernelReport[];
}

/** 1, 2, 4 … and all cores. */
export function threadCounts(cores: number): number[] {
  const counts: number[] = [];
  for (let count = 1; count < cores; count *= 2) counts.push(count);
  return [...counts, cores];
}

/** Several lines. */
export function describeBench({ cores, difficulty, isComplete, kernels }: BenchReport): string {
  const rows = kernels.flatMap(({ kernel, detail, rates }) =>
    rates.map(({ threads, hashesPerSecond, expectedSeconds }) => [
      ...[detail === null ? kernel : `${kernel} (${detail})`, String(threads)],
      ...[formatHashRate(hashesPerSecond), formatWait(expectedSeconds)],
    ]),
  );
  const missing = kernels.flatMap(({ kernel, problem }) =>
    problem === null ? [] : [`Kernel ${kernel} does not run here: ${problem}`],
  );
  return [
    ...alignColumns([['KERNEL', 'THREADS', 'HASH RATE', 'A BLOCK EVERY'], ...rows]),
    ...missing,
    describeDifficulty(difficulty),
    ...(cores < 2 ? [] : [`This computer has ${String(cores)} cores.`]),
    ...(isComplete ? [] : ['Stopped before all was measured.']),
  ].join('\n');
}

function describeDifficulty({ hashesPerBlock, from }: Difficulty): string {
  const count = Math.round(hashesPerBlock).toLocaleString('en-US');
  const whose =
    from.type === 'node'
      ? `now, on network ${from.network} (${from.url})`
      : `the easiest target of template ${from.name} (no node runs here)`;
  return `A block takes ${count} hashes in the mean: ${whose}.`;
}
