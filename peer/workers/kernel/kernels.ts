/** All kernels by name, and which of them run here. */

import { assertDefined } from '../../../shared/assert.js';
import type { Kernel, KernelName } from './kernel.js';
import { loadNativeKernel } from './nativeKernel.js';
import { nodeKernel } from './nodeKernel.js';
import { kernelProblem } from './selfTest.js';
import { loadWasmKernel } from './wasmKernel.js';

/** What a kernel needs may be missing: then it throws. */
const LOADERS: Readonly<Record<KernelName, () => Kernel>> = {
  node: () => nodeKernel,
  wasm: loadWasmKernel,
  native: loadNativeKernel,
};

export const KERNEL_NAMES = Object.keys(LOADERS) as readonly KernelName[];

/** What hashes unless somebody chooses … */
export const DEFAULT_KERNEL: KernelName = 'wasm';
/** … or where that cannot run: it needs nothing but Node. */
export const FALLBACK_KERNEL: KernelName = 'node';

/** Loads a kernel and tests it. Throws an error with a sentence when it cannot be used here. */
export function loadKernel(name: KernelName): Kernel {
  const kernel = assertDefined(LOADERS[name], 'there is such a kernel')();
  const problem = kernelProblem(kernel);
  if (problem !== undefined) throw new Error(problem);
  return kernel;
}
