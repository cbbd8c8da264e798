/** Entry of a hashing thread. Started by HashPool; never imported. */

import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';

import { assertDefined } from '../../shared/assert.js';
import { runHashLoop } from './hashLoop.js';
import { JobSlot } from './jobSlot.js';
import type { KernelName } from './kernel/kernel.js';
import { loadKernel } from './kernel/kernels.js';

/** What HashPool gives to a thread. */
export interface HashThreadData {
  readonly shared: SharedArrayBuffer;
  readonly thread: number;
  readonly kernel: KernelName;
}

/** A thread's message: a nonce that wins for a job; `undefined`: none of its share is left. */
export interface HashThreadMessage {
  readonly job: number;
  readonly nonce: number | undefined;
}

lowerPriority();
const port = assertDefined(parentPort, 'this module is the entry of a worker thread');
const { shared, thread, kernel } = workerData as HashThreadData;
runHashLoop({
  slot: new JobSlot(shared),
  thread,
  kernel: loadKernel(kernel),
  onFound: (job, nonce) => {
    port.postMessage({ job, nonce } satisfies HashThreadMessage);
  },
  onExhausted: (job) => {
    port.postMessage({ job, nonce: undefined } satisfies HashThreadMessage);
  },
});

/**
 * On Linux, 0 means the calling thread, so that the node itself keeps its priority and wakes at
 * once when all cores hash (docs/operations.md). Elsewhere it would mean the whole process.
 */
function lowerPriority(): void {
  const LOWEST = 19;
  if (process.platform === 'linux') setPriority(0, LOWEST);
}
