/**
 * The threads that hash. They start with the first job, end by themselves when there is none for
 * long, and learn of a new job by shared memory, in the middle of their loop.
 */

import type { Worker } from 'node:worker_threads';

import { assert } from '../../shared/assert.js';
import type { HashingFigures, MineJob } from '../types.js';
import type { HashThreadData, HashThreadMessage } from './hashThread.js';
import type { KernelName } from './kernel/kernel.js';
import { JobSlot, PREVIOUS, THREADS_MAX } from './jobSlot.js';
import { Latencies } from './latencies.js';
import { Restarts } from './restarts.js';
import { startThread } from './thread.js';

const SAMPLE_MS = 1_000;

export interface HashPoolListeners {
  /** A nonce wins for job `job`, which may be an old one by now. */
  onFound(job: number, nonce: number): void;
  /** A thread has no nonce of job `job` left. */
  onExhausted(job: number): void;
  /** Hashes of all threads since the last call; once a second while there is a job. */
  onHashes(count: number): void;
  /** A thread died; it is started again after a while. A sentence for the operator. */
  onTrouble(sentence: string): void;
}

export class HashPool {
  readonly #kernel: KernelName;
  readonly #listeners: HashPoolListeners;
  readonly #slot = new JobSlot();
  readonly #threads = new Map<number, Worker>();
  readonly #restarts: Restarts;
  readonly #interrupts = new Latencies();
  #wanted = 0;
  /** The block on which the present job is. */
  #previous: Buffer = Buffer.alloc(0);
  /** Of the first job on that block, while not all threads are known to hash on it. */
  #writtenAt: bigint | undefined;
  #hashes = 0;
  /** Of these: since the last `takeHashes`. */
  #untaken = 0;
  #staleHashes = 0;
  #sampler: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(kernel: KernelName, listeners: HashPoolListeners) {
    this.#kernel = kernel;
    this.#listeners = listeners;
    this.#restarts = new Restarts({
      what: 'threads that mine',
      start: () => this.#startMissing(),
      onTrouble: (sentence) => listeners.onTrouble(sentence),
    });
  }

  /** All threads leave what they hash on, and hash on `job`; `undefined`: on nothing. */
  set(job: MineJob | undefined): void {
    assert(!this.#isClosed, 'the hash pool is closed');
    assert(
      job === undefined || job.threads <= THREADS_MAX,
      'more threads than the slot has room for',
    );
    this.#noteInterrupt();
    this.#wanted = job?.threads ?? 0;
    if (job === undefined) this.#writtenAt = undefined;
    else this.#noteTip(Buffer.from(job.header.subarray(...PREVIOUS)));
    this.#slot.write(job);
    if (job === undefined) return;
    this.#sampler ??= setInterval(this.#sample, SAMPLE_MS);
    this.#startMissing();
  }

  /** Whether all threads of the present job are hashing on it. */
  get isUpToDate(): boolean {
    for (let i = 0; i < this.#wanted; i++) if (!this.#slot.isUpToDate(i)) return false;
    return true;
  }

  /** When the last of the threads began with the present job, by `process.hrtime`. */
  get seenAt(): bigint {
    let last = 0n;
    for (let i = 0; i < this.#wanted; i++) {
      const at = this.#slot.seenAt(i);
      if (at > last) last = at;
    }
    return last;
  }

  /** Hashes of all threads since the last call, or the last `onHashes`. */
  takeHashes(): number {
    this.#countHashes();
    const count = this.#untaken;
    this.#untaken = 0;
    return count;
  }

  /** What was done since the start. */
  figures(): HashingFigures {
    this.#noteInterrupt();
    this.#countHashes();
    return {
      hashes: this.#hashes,
      staleHashes: this.#staleHashes,
      interrupts: this.#interrupts.distribution(),
    };
  }

  /** Ends all threads. Resolves when they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#sampler);
    this.#restarts.close();
    await Promise.all([...this.#threads.values()].map((worker) => worker.terminate()));
  }

  /** The slot's counters are 32 bits wide: they are emptied at least once a second. */
  #countHashes(): void {
    for (let i = 0; i < THREADS_MAX; i++) {
      const count = this.#slot.takeHashes(i);
      this.#hashes += count;
      this.#untaken += count;
      this.#staleHashes += this.#slot.takeStaleHashes(i);
    }
  }

  /** Whether all threads of the job run, so that they need no start to see it. */
  #areRunning(): boolean {
    for (let i = 0; i < this.#wanted; i++) {
      if (!this.#threads.has(i) || !this.#slot.hasSeenJob(i)) return false;
    }
    return this.#wanted > 0;
  }

  /** A renewal on the same block interrupts nothing. */
  #noteTip(previous: Buffer): void {
    if (previous.equals(this.#previous)) return;
    this.#previous = previous;
    const now = process.hrtime.bigint();
    // The threads were still not on the last one: it took so long at least.
    if (this.#writtenAt !== undefined) this.#interrupts.add(Number(now - this.#writtenAt) / 1e9);
    this.#writtenAt = this.#areRunning() ? now : undefined;
  }

  #noteInterrupt(): void {
    if (this.#writtenAt === undefined || !this.isUpToDate) return;
    this.#interrupts.add(Number(this.seenAt - this.#writtenAt) / 1e9);
    this.#writtenAt = undefined;
  }

  #startMissing(): void {
    if (this.#restarts.isWaiting) return;
    for (let i = 0; i < this.#wanted; i++) if (!this.#threads.has(i)) this.#start(i);
  }

  #start(thread: number): void {
    this.#slot.forget(thread);
    const workerData: HashThreadData = {
      shared: this.#slot.shared,
      thread,
      kernel: this.#kernel,
    };
    const worker = startThread('hashThread', { workerData, name: `hash ${thread}` });
    let problem = 'it ended by itself';
    worker.on('message', ({ job, nonce }: HashThreadMessage) => {
      if (this.#isClosed) return;
      if (nonce === undefined) this.#listeners.onExhausted(job);
      else this.#listeners.onFound(job, nonce);
    });
    worker.on('error', (error) => {
      problem = error.message;
    });
    worker.on('exit', (code) => {
      this.#onExit(thread, code === 0 ? undefined : problem);
    });
    this.#threads.set(thread, worker);
  }

  /** `problem`: why it died; `undefined` when it was idle, which a new job may have crossed. */
  #onExit(thread: number, problem: string | undefined): void {
    this.#threads.delete(thread);
    this.#writtenAt = undefined;
    if (this.#isClosed) return;
    if (problem === undefined) this.#startMissing();
    else this.#restarts.onDeath(problem);
  }

  readonly #sample = (): void => {
    const count = this.takeHashes();
    this.#noteInterrupt();
    if (count > 0) this.#restarts.onWork();
    if (this.#wanted > 0 || count > 0) {
      this.#listeners.onHashes(count);
      return;
    }
    clearInterval(this.#sampler);
    this.#sampler = undefined;
  };
}
