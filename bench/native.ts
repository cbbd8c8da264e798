/** What calling the native kernel from Node costs, against bare C in the same run. */

import { loadNativeKernel, loadNativePaths } from '../peer/workers/kernel/nativeKernel.js';
import type { Kernel } from '../peer/workers/kernel/kernel.js';
import { nativeLimits, ROUND_NONCES, ROUNDS } from './nativeLimit.js';
import { monoMs } from './processes.js';
import type { Figure } from './report.js';

/** A slice of the hashing loop lasts 0.2 ms; this is 0.1 ms of the fastest path seen. */
const SLICE_NONCES = 4_096;
const TURNS = 3;

/** MH/s of one core by each path, and the share of the best limit that the chosen path reaches. */
export async function native(): Promise<Figure[]> {
  const [fromC, fromNode] = [new Map<string, number>(), new Map<string, number>()];
  for (let turn = 0; turn < TURNS; turn++) {
    for (const { path, hashesPerSecond } of await nativeLimits())
      keep(fromC, path, hashesPerSecond);
    for (const kernel of loadNativePaths()) keep(fromNode, pathOf(kernel), hashesPerSecond(kernel));
  }
  const chosen = fromNode.get(pathOf(loadNativeKernel())) ?? 0;
  return [
    ...figures(fromC, 'limit'),
    ...figures(fromNode, 'from-node'),
    {
      metric: 'chosen-path-of-best-limit',
      value: chosen / Math.max(...fromC.values()),
      unit: 'ratio',
      goal: '≥ 0.85',
    },
  ];
}

const pathOf = ({ detail = '' }: Kernel): string => detail;

function keep(best: Map<string, number>, path: string, speed: number): void {
  best.set(path, Math.max(speed, best.get(path) ?? 0));
}

function figures(speeds: ReadonlyMap<string, number>, suffix: string): Figure[] {
  return [...speeds].map(([path, speed]) => ({
    metric: `${path.toLowerCase().replaceAll(' ', '-')}-${suffix}`,
    value: speed / 1e6,
    unit: 'MH/s',
  }));
}

/** The best of `ROUNDS`, in slices as short as those of a hashing thread. */
function hashesPerSecond(kernel: Kernel): number {
  const [header, target] = [new Uint8Array(80).fill(1, 0, 1), new Uint8Array(32)];
  let bestMs = Infinity;
  for (let round = 0; round < ROUNDS; round++) {
    const begin = monoMs();
    for (let first = 0; first < ROUND_NONCES; first += SLICE_NONCES) {
      kernel.search(header, target, first, Math.min(SLICE_NONCES, ROUND_NONCES - first));
    }
    bestMs = Math.min(bestMs, monoMs() - begin);
  }
  return (ROUND_NONCES * 1000) / bestMs;
}
