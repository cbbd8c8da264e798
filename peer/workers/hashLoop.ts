/**
 * What a hashing thread does all its life: copy the job, hash its share of the nonces in slices,
 * look between two slices whether there is a new job, and sleep when there is none or when it must.
 */

import { DutyCycle } from './dutyCycle.js';
import { JobCopy, PREVIOUS, type JobSlot } from './jobSlot.js';
import type { Kernel } from './kernel/kernel.js';

/** A thread without work ends after this, so that a node at rest is small. */
const IDLE_MS = 30_000;
/** A slice lasts about this long: how late a new job is seen, at most. */
const SLICE_MS = 0.2;
const SLICE_NONCES_MIN = 32;
const SLICE_NONCES_MAX = 65_536;
const NONCES = 2 ** 32;
/**
 * After a find the next job comes as soon as the block is stored. A thread that slept until then
 * would have to wait for a core when it comes, for milliseconds, behind another one that hashes.
 */
const LINGER_MS = 10;

export interface HashLoopOptions {
  readonly slot: JobSlot;
  /** Index of this thread, from 0. */
  readonly thread: number;
  readonly kernel: Kernel;
  readonly onFound: (job: number, nonce: number) => void;
  /** No nonce of its share of the job is left. */
  readonly onExhausted: (job: number) => void;
  /** Without work of its own for so long it ends, half a minute unless given. */
  readonly idleMs?: number;
}

/** Returns when there was nothing to do for `idleMs`. */
export function runHashLoop(options: HashLoopOptions): void {
  const { slot, thread } = options;
  const loop = new HashLoop(options);
  const job = new JobCopy();
  const { idleMs = IDLE_MS } = options;
  let endsAt = performance.now() + idleMs;
  for (;;) {
    const generation = slot.read(job);
    const leftMs = endsAt - performance.now();
    if (thread < job.threads) {
      loop.hash(job, generation);
      endsAt = performance.now() + idleMs;
    } else if (leftMs <= 0) return;
    // The jobs of other threads wake it, too.
    else slot.waitForChange(generation, leftMs);
  }
}

class HashLoop {
  readonly #options: HashLoopOptions;
  readonly #duty = new DutyCycle();
  #sliceNonces = SLICE_NONCES_MIN;
  /** Sleep that the CPU limit asks for now. */
  #dueMs = 0;
  /** The block on which the last job was. */
  #previous: Buffer = Buffer.alloc(0);
  /** Hashes of the slice in which another job came; lost if that is on another block. */
  #overtaken = 0;

  constructor(options: HashLoopOptions) {
    this.#options = options;
  }

  /** Hashes on `job` until there is another one. */
  hash(job: JobCopy, generation: number): void {
    const { slot, thread, onExhausted } = this.#options;
    const end = nonceFrom(thread + 1, job.threads);
    let next = nonceFrom(thread, job.threads);
    this.#duty.restart(job.cpuPercent);
    this.#countStale(job);
    slot.setSeen(thread, generation, process.hrtime.bigint());
    while (slot.generation() === generation) {
      const count = Math.min(this.#sliceNonces, end - next);
      const isFound = count > 0 && this.#hashSlice(job, generation, next, count);
      next += count;
      if (!isFound && next < end) {
        this.#restIfDue(generation);
        continue;
      }
      if (isFound) this.#linger(generation);
      else onExhausted(job.id);
      this.#rest(generation, Infinity);
    }
  }

  /** Whether one of the nonces won. A job has one block in it, so the rest of it is not hashed. */
  #hashSlice(job: JobCopy, generation: number, first: number, count: number): boolean {
    const { kernel, slot, thread, onFound } = this.#options;
    const begin = performance.now();
    const nonce = kernel.search(job.header, job.target, first, count);
    const ms = performance.now() - begin;
    const hashed = nonce < 0 ? count : nonce - first + 1;
    slot.addHashes(thread, hashed);
    if (slot.generation() !== generation) this.#overtaken = hashed;
    if (nonce >= 0) onFound(job.id, nonce);
    this.#fitSlice(count, ms);
    this.#dueMs = this.#duty.onBusy(ms);
    return nonce >= 0;
  }

  #countStale(job: JobCopy): void {
    const { slot, thread } = this.#options;
    const previous = Buffer.from(job.header.subarray(...PREVIOUS));
    if (!previous.equals(this.#previous)) slot.addStaleHashes(thread, this.#overtaken);
    this.#previous = previous;
    this.#overtaken = 0;
  }

  /** Looks for the next job without a rest. */
  #linger(generation: number): void {
    const begin = performance.now();
    let ms = 0;
    while (ms < LINGER_MS && this.#options.slot.generation() === generation) {
      ms = performance.now() - begin;
    }
    this.#dueMs = this.#duty.onBusy(ms);
  }

  #restIfDue(generation: number): void {
    if (this.#dueMs > 0) this.#rest(generation, this.#dueMs);
  }

  #rest(generation: number, ms: number): void {
    const begin = performance.now();
    this.#options.slot.waitForChange(generation, ms);
    this.#duty.onRested(performance.now() - begin);
  }

  /** Slices double and halve until they last `SLICE_MS`, whatever the kernel and the machine. */
  #fitSlice(count: number, ms: number): void {
    if (count < this.#sliceNonces) return;
    if (ms < SLICE_MS / 2) this.#sliceNonces = Math.min(SLICE_NONCES_MAX, count * 2);
    else if (ms > SLICE_MS) this.#sliceNonces = Math.max(SLICE_NONCES_MIN, count / 2);
  }
}

/** Where the share of thread `index` of `threads` begins. */
const nonceFrom = (index: number, threads: number): number =>
  Math.floor((NONCES * index) / threads);
