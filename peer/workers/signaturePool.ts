/**
 * The threads that check signatures, one a core. A batch is cut into slices, so that all of them
 * work on it; each thread holds slices for a tenth of a second, so that it does not wait for the
 * main thread's turn. Threads start when there is work and end after a while without.
 */

import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';

import { assert, assertDefined } from '../../shared/assert.js';
import {
  isSignatureValid,
  SIGNATURE_CHECK_BYTES,
} from '../../shared/consensus/checkTransaction.js';
import type { SignatureBatch, VerifyResult } from '../types.js';
import { Restarts } from './restarts.js';
import type { SignatureThreadData, SignatureThreadMessage, Slice } from './signatureThread.js';
import { startThread } from './thread.js';
import { Verdicts } from './verdicts.js';

const IDLE_MS = 30_000;
/** A thread with less gets one more slice: 100 ms of work, while the main thread is at its own. */
const CHECKS_IN_HAND = 1_800;
/** A lone payment starts no thread, and waits for none. */
const CHECKS_HERE_MAX = 1;
/** A check takes about 55 µs, a message 30: smaller slices are not worth their message. */
const SLICE_CHECKS_MIN = 16;
/** A thread is at most this far from its answer, 14 ms. */
const SLICE_CHECKS_MAX = 256;

export interface SignaturePoolOptions {
  /** Id of the network, 32 bytes as hashed: part of what is signed. */
  readonly networkId: Uint8Array;
  /** All results of a batch, some time after `verify` returned. */
  readonly onVerified: (results: readonly VerifyResult[]) => void;
  /** A thread died. A sentence for the operator. */
  readonly onTrouble: (sentence: string) => void;
}

/** A part of a batch that one thread checks. */
interface Task {
  readonly batch: SignatureBatch;
  readonly verdicts: Verdicts;
  readonly firstCheck: number;
  readonly count: number;
}

interface Thread {
  readonly worker: Worker;
  /** By slice id. */
  readonly inHand: Map<number, Task>;
  checksInHand: number;
  isReady: boolean;
}

export class SignaturePool {
  readonly #options: SignaturePoolOptions;
  readonly #threads = new Set<Thread>();
  readonly #queue: Task[] = [];
  readonly #restarts: Restarts;
  #nextSliceId = 1;
  #idle: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: SignaturePoolOptions) {
    this.#options = options;
    this.#restarts = new Restarts({
      what: 'threads that check signatures',
      start: () => this.#dispatch(),
      onTrouble: options.onTrouble,
    });
  }

  /** Checks all of `batch`; the answer comes by `onVerified`. */
  verify(batch: SignatureBatch): void {
    assert(!this.#isClosed, 'the signature pool is closed');
    const total = batch.owners.length;
    assert(batch.checks.length === total * SIGNATURE_CHECK_BYTES, 'a batch owns all of its checks');
    const verdicts = new Verdicts(batch);
    if (total <= CHECKS_HERE_MAX) {
      setImmediate(this.#checkHere, batch, verdicts);
      return;
    }
    const step = sliceChecks(total);
    for (let firstCheck = 0; firstCheck < total; firstCheck += step) {
      const count = Math.min(step, total - firstCheck);
      this.#queue.push({ batch, verdicts, firstCheck, count });
    }
    this.#dispatch();
  }

  /** One check costs no more than to ask a thread for it. */
  readonly #checkHere = (batch: SignatureBatch, verdicts: Verdicts): void => {
    const { networkId } = this.#options;
    const isValid = Array.from(batch.owners, (_, i) =>
      isSignatureValid(networkId, batch.checks, i),
    );
    verdicts.onChecked(0, Uint8Array.from(isValid, Number));
    this.#answer(verdicts);
  };

  /** Ends all threads; what is under way gets no answer. Resolves when they are gone. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#idle);
    this.#restarts.close();
    await this.#endThreads();
  }

  /** Slices for the threads, whoever has least first; a new thread when slices are left. */
  #dispatch(): void {
    clearTimeout(this.#idle);
    while (this.#queue.length > 0) {
      const thread = this.#leastBusy();
      if (thread === undefined) break;
      this.#give(thread);
    }
    if (this.#queue.length > 0) this.#startThreads();
    else if (this.#isIdle()) this.#idle = setTimeout(this.#endIdle, IDLE_MS).unref();
  }

  #leastBusy(): Thread | undefined {
    let least: Thread | undefined;
    for (const thread of this.#threads) {
      if (!thread.isReady || thread.checksInHand >= (least?.checksInHand ?? CHECKS_IN_HAND))
        continue;
      least = thread;
    }
    return least;
  }

  #give(thread: Thread): void {
    const task = this.#queue.shift();
    if (task === undefined) return;
    const id = this.#nextSliceId++;
    const from = task.firstCheck * SIGNATURE_CHECK_BYTES;
    // A thread gets a buffer of its own: 32 kB in some microseconds. Shared memory will not do,
    // since libsodium's binding refuses it.
    const checks = new Uint8Array(
      task.batch.checks.subarray(from, from + task.count * SIGNATURE_CHECK_BYTES),
    );
    thread.inHand.set(id, task);
    thread.checksInHand += task.count;
    thread.worker.postMessage({ id, checks } satisfies Slice, [checks.buffer]);
  }

  #startThreads(): void {
    if (this.#restarts.isWaiting) return;
    const ready = [...this.#threads].filter(({ isReady }) => isReady).length;
    const wanted = Math.min(availableParallelism(), ready + this.#queue.length);
    for (let i = this.#threads.size; i < wanted; i++) this.#start();
  }

  #start(): void {
    const workerData: SignatureThreadData = { networkId: this.#options.networkId };
    const worker = startThread('signatureThread', { workerData, name: 'signatures' });
    const thread: Thread = { worker, inHand: new Map(), checksInHand: 0, isReady: false };
    let problem = 'it ended by itself';
    worker.on('message', (message: SignatureThreadMessage) => {
      if (!this.#isClosed) this.#onMessage(thread, message);
    });
    worker.on('error', (error) => {
      problem = error.message;
    });
    worker.on('exit', () => {
      if (this.#threads.delete(thread) && !this.#isClosed) this.#onDeath(thread, problem);
    });
    this.#threads.add(thread);
  }

  #onMessage(thread: Thread, message: SignatureThreadMessage): void {
    if (message.type === 'checked') {
      this.#onChecked(thread, message.id, message.isValid);
      return;
    }
    thread.isReady = true;
    this.#dispatch();
  }

  /** The next slice goes out before the answer, which may keep the main thread busy for long. */
  #onChecked(thread: Thread, id: number, isValid: Uint8Array): void {
    const task = assertDefined(thread.inHand.get(id), 'a thread answers what it was asked');
    thread.inHand.delete(id);
    thread.checksInHand -= task.count;
    this.#restarts.onWork();
    task.verdicts.onChecked(task.firstCheck, isValid);
    this.#dispatch();
    this.#answer(task.verdicts);
  }

  /** What it had in hand was not run; what waits is for the next thread, after a while. */
  #onDeath(thread: Thread, problem: string): void {
    for (const { verdicts, firstCheck, count } of thread.inHand.values()) {
      verdicts.onNotRun(firstCheck, count);
      this.#answer(verdicts);
    }
    this.#restarts.onDeath(problem);
  }

  readonly #answer = (verdicts: Verdicts): void => {
    if (verdicts.isComplete && !this.#isClosed) this.#options.onVerified(verdicts.results());
  };

  #isIdle(): boolean {
    return [...this.#threads].every(({ inHand }) => inHand.size === 0);
  }

  readonly #endIdle = (): void => {
    void this.#endThreads();
  };

  async #endThreads(): Promise<void> {
    const ending = [...this.#threads];
    this.#threads.clear();
    await Promise.all(ending.map(({ worker }) => worker.terminate()));
  }
}

/** So that each thread gets a slice of the batch, within the limits. */
function sliceChecks(total: number): number {
  const even = Math.ceil(total / availableParallelism());
  return Math.min(SLICE_CHECKS_MAX, Math.max(SLICE_CHECKS_MIN, even));
}
