/**
 * The memory that the main thread shares with the hashing threads: the job, and what each thread
 * did.
 *
 * A generation counter guards the job as a sequence lock does: odd while the job is written,
 * another even number after. A thread looks at it between two slices of nonces, sleeps on it when
 * there is nothing to do, and so never needs its event loop. All words are accessed by `Atomics`,
 * whose order is total, so a copy between two equal even generations is whole.
 */

import { writeHash } from '../../shared/bytes.js';
import type { MineJob } from '../types.js';

/** Where in a header the hash of the block before it stands: from, to. */
export const PREVIOUS = [4, 36] as const;

/** Threads for which the slot has room. */
export const THREADS_MAX = 256;

const GENERATION = 0;
const THREADS = 1;
const CPU_PERCENT = 2;
const WORK = 3;
const HEADER_BYTES = 80;
const TARGET_BYTES = 32;
const ID_BYTES = 8;
const WORK_WORDS = (HEADER_BYTES + TARGET_BYTES + ID_BYTES) / 4;
const COUNTERS = WORK + WORK_WORDS;
/** Of a thread: its hashes, the generation of its job, its stale hashes. */
const COUNTERS_EACH = 3;
/** At an even word, since what stands there is 64 bits wide. */
const TIMES = COUNTERS + COUNTERS_EACH * THREADS_MAX + (COUNTERS % 2);
const SLOT_BYTES = TIMES * 4 + THREADS_MAX * 8;

/** A job as a thread copies it. Overwritten by the next `read`. */
export class JobCopy {
  readonly #words = new Int32Array(WORK_WORDS);
  /** 80 bytes. */
  readonly header = new Uint8Array(this.#words.buffer, 0, HEADER_BYTES);
  /** 32 bytes, little-endian. */
  readonly target = new Uint8Array(this.#words.buffer, HEADER_BYTES, TARGET_BYTES);
  readonly #id = new DataView(this.#words.buffer, HEADER_BYTES + TARGET_BYTES, ID_BYTES);
  /** Threads that hash on it; 0: none. */
  threads = 0;
  cpuPercent = 100;

  get id(): number {
    return this.#id.getFloat64(0, true);
  }

  set id(id: number) {
    this.#id.setFloat64(0, id, true);
  }

  /** The job's bytes as words. */
  get words(): Int32Array {
    return this.#words;
  }
}

export class JobSlot {
  readonly shared: SharedArrayBuffer;
  readonly #words: Int32Array;
  /** When each thread saw the job that it is on. */
  readonly #times: BigInt64Array;

  /** A new slot, or the one in `shared`, which another thread made. */
  constructor(shared = new SharedArrayBuffer(SLOT_BYTES)) {
    this.shared = shared;
    this.#words = new Int32Array(shared, 0, TIMES);
    this.#times = new BigInt64Array(shared, TIMES * 4, THREADS_MAX);
  }

  /** Main thread: from now on all hash on `job`, and on nothing else; `undefined`: on nothing. */
  write(job: MineJob | undefined): void {
    Atomics.add(this.#words, GENERATION, 1);
    Atomics.store(this.#words, THREADS, job?.threads ?? 0);
    if (job !== undefined) {
      Atomics.store(this.#words, CPU_PERCENT, job.cpuPercent);
      const words = wordsOf(job);
      for (let i = 0; i < WORK_WORDS; i++) Atomics.store(this.#words, WORK + i, words[i] as number);
    }
    Atomics.add(this.#words, GENERATION, 1);
    Atomics.notify(this.#words, GENERATION);
  }

  /** A thread: copies the job, and returns its generation. */
  read(copy: JobCopy): number {
    for (;;) {
      const generation = this.generation();
      copy.threads = Atomics.load(this.#words, THREADS);
      copy.cpuPercent = Atomics.load(this.#words, CPU_PERCENT);
      const { words } = copy;
      for (let i = 0; i < WORK_WORDS; i++) words[i] = Atomics.load(this.#words, WORK + i);
      if (generation % 2 === 0 && generation === this.generation()) return generation;
    }
  }

  generation(): number {
    return Atomics.load(this.#words, GENERATION);
  }

  /** A thread: sleeps until the generation is another one, or for `ms`; whether it changed. */
  waitForChange(generation: number, ms: number): boolean {
    return Atomics.wait(this.#words, GENERATION, generation, ms) !== 'timed-out';
  }

  /** A thread: it is on the job of `generation`, since `at` by `process.hrtime`. */
  setSeen(thread: number, generation: number, at: bigint): void {
    Atomics.store(this.#times, thread, at);
    Atomics.store(this.#words, counter(thread) + 1, generation);
  }

  /** Whether `thread` is on the newest job. */
  isUpToDate(thread: number): boolean {
    return Atomics.load(this.#words, counter(thread) + 1) === this.generation();
  }

  /** When `thread` saw the job that it is on, by `process.hrtime`. */
  seenAt(thread: number): bigint {
    return Atomics.load(this.#times, thread);
  }

  /** Main thread: `thread` begins anew, and is on no job. */
  forget(thread: number): void {
    Atomics.store(this.#words, counter(thread) + 1, NO_GENERATION);
  }

  /** Whether `thread` was on a job since it began. */
  hasSeenJob(thread: number): boolean {
    return Atomics.load(this.#words, counter(thread) + 1) !== NO_GENERATION;
  }

  addHashes(thread: number, count: number): void {
    Atomics.add(this.#words, counter(thread), count);
  }

  /** Hashes of `thread` since it last was asked. */
  takeHashes(thread: number): number {
    return Atomics.exchange(this.#words, counter(thread), 0) >>> 0;
  }

  /** Of what `addHashes` counts: hashes of a slice during which a newer job was written. */
  addStaleHashes(thread: number, count: number): void {
    Atomics.add(this.#words, counter(thread) + 2, count);
  }

  /** Stale hashes of `thread` since it last was asked. */
  takeStaleHashes(thread: number): number {
    return Atomics.exchange(this.#words, counter(thread) + 2, 0) >>> 0;
  }
}

/** No job has it: the first one that is written makes it 2. */
const NO_GENERATION = 0;

const counter = (thread: number): number => COUNTERS + COUNTERS_EACH * thread;

function wordsOf(job: MineJob): Int32Array {
  const copy = new JobCopy();
  copy.header.set(job.header);
  writeHash(copy.target, 0, job.target.toString(16).padStart(64, '0'));
  copy.id = job.id;
  return copy.words;
}
