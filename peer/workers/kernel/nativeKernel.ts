/**
 * The native kernel: C from `native/`, where it could be compiled (decision 0028). It has several
 * paths, for different instructions of the processor. Which of them is the fastest depends on the
 * machine, so it is measured.
 */

import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

import { assertDefined } from '../../../shared/assert.js';
import type { Kernel } from './kernel.js';

/** The kernel by its fastest path. Throws an error with a sentence where it was not compiled. */
export function loadNativeKernel(): Kernel {
  return fastest(loadNativePaths());
}

/** A kernel for each path that this machine can go, the simplest first. Throws as above. */
export function loadNativePaths(): readonly Kernel[] {
  return Object.entries(loadAddon()).map(([detail, search]) => ({
    name: 'native',
    detail,
    search,
  }));
}

type Addon = Readonly<Record<string, Kernel['search']>>;

/** Where scripts/native.mjs puts it, seen from the sources and from dist/. */
const ADDON = import.meta.url.endsWith('.ts')
  ? '../../../dist/native/kernel.node'
  : '../../../native/kernel.node';

function loadAddon(): Addon {
  try {
    const file = fileURLToPath(new URL(ADDON, import.meta.url));
    return createRequire(import.meta.url)(file) as Addon;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new Error(
      code === 'MODULE_NOT_FOUND' ? NOT_COMPILED : `The native kernel cannot be loaded: ${message}`,
      { cause: error },
    );
  }
}

const NOT_COMPILED =
  'There is no native kernel: it was not compiled here. That needs a C compiler and the headers ' +
  'of Node (docs/operations.md, "Native kernel").';

const TRIALS = 5;
/** 0.05 ms of a fast path, 0.6 ms of the slowest. */
const TRIAL_NONCES = 2048;

/** By the best of some trials: other threads may delay one, and none makes one faster. */
function fastest(kernels: readonly Kernel[]): Kernel {
  const bestMs = kernels.map(() => Infinity);
  for (let trial = 0; trial < TRIALS; trial++) {
    kernels.forEach((kernel, i) => {
      bestMs[i] = Math.min(bestMs[i] as number, trialMs(kernel));
    });
  }
  return assertDefined(kernels[bestMs.indexOf(Math.min(...bestMs))], 'plain C runs everywhere');
}

function trialMs(kernel: Kernel): number {
  const [header, target] = [new Uint8Array(80), new Uint8Array(32)];
  const begin = performance.now();
  kernel.search(header, target, 0, TRIAL_NONCES);
  return performance.now() - begin;
}
