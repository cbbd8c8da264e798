/**
 * Entry of a thread of `kernel`: hashes in one way, alone in its heap as a mining thread is, with
 * as many nonces as it is asked for, and answers how long that took, in ms.
 */

import { hash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { assertDefined } from '../shared/assert.js';
import type { KernelName } from '../peer/workers/kernel/kernel.js';
import { loadKernel } from '../peer/workers/kernel/kernels.js';

/** A kernel, or SHA-256d as anybody would write it with node:crypto. */
export type Way = KernelName | 'one-shot';

const NONCE_OFFSET = 76;
const header = Buffer.alloc(80, 7);
/** No hash is that small. */
const target = new Uint8Array(32);

function hashOneShot(count: number): void {
  for (let nonce = 0; nonce < count; nonce++) {
    header.writeUInt32LE(nonce, NONCE_OFFSET);
    hash('sha256', hash('sha256', header, 'buffer'), 'buffer');
  }
}

function hashing(way: Way): (count: number) => void {
  if (way === 'one-shot') return hashOneShot;
  const kernel = loadKernel(way);
  return (count) => {
    kernel.search(header, target, 0, count);
  };
}

const work = hashing(workerData as Way);
const port = assertDefined(parentPort, 'this module is the entry of a worker thread');
port.on('message', (count: number) => {
  const begin = performance.now();
  work(count);
  port.postMessage(performance.now() - begin);
});
