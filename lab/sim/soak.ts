/**
 * `npm run soak -- [--seed FIRST] [--nodes N] [--hours H] [--faults LEVEL] [--seeds COUNT]`: seeds
 * from the first on, on all cores, until it is stopped or `COUNT` of them are through. Ends with 1
 * when one of them broke, or when ten of them with many faults left a rare path out.
 */

import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { isTold } from './programFlags.js';
import { replayCommand, tableOf } from './report.js';
import { runScenario, type ScenarioOptions } from './scenario.js';
import { readSoakFlags, type SoakOptions } from './simFlags.js';
import { Sometimes, type RarePath } from './sometimes.js';
import { THREAD_LIMITS } from './thread.js';

const TOLD_EVERY = 10;
/** Of twelve nodes for an hour, with many faults: they take the rarest path ten times. */
const SEEDS_FOR_ALL_PATHS = 10;

/** What a thread tells of one seed. */
interface Told {
  readonly seed: number;
  readonly failure: string | undefined;
  readonly counts: readonly (readonly [path: RarePath, count: number])[];
}

function main(words: readonly string[]): void {
  const flags = readSoakFlags(words);
  if (isTold(flags)) {
    (flags.exitCode === 0 ? console.log : console.error)(flags.text);
    process.exitCode = flags.exitCode;
    return;
  }
  new Soak(flags).begin();
}

class Soak {
  readonly #flags: ScenarioOptions;
  readonly #end: number;
  readonly #sometimes = new Sometimes();
  readonly #startedAt = performance.now();
  #next: number;
  #doneCount = 0;
  #brokenCount = 0;

  constructor({ seeds, ...flags }: SoakOptions) {
    this.#flags = flags;
    this.#next = flags.seed;
    this.#end = flags.seed + seeds;
  }

  begin(): void {
    const { seed, nodes, hours, faults } = this.#flags;
    const what = `${String(nodes)} nodes, ${String(hours)} virtual hours each, faults: ${faults}`;
    console.log(`seeds from ${String(seed)} on: ${what}`);
    process.once('SIGINT', () => {
      this.#finish();
      process.exit();
    });
    const threads = Math.min(availableParallelism(), this.#end - seed);
    let running = threads;
    for (let i = 0; i < threads; i++) {
      this.#start(() => {
        if (--running === 0) this.#finish();
      });
    }
  }

  #start(onDone: () => void): void {
    const worker = new Worker(new URL(import.meta.url), {
      workerData: this.#flags,
      resourceLimits: THREAD_LIMITS,
    });
    const giveNext = (): void => {
      worker.postMessage(this.#next < this.#end ? this.#next++ : undefined);
    };
    worker.on('message', (told: Told) => {
      this.#onTold(told);
      giveNext();
    });
    worker.on('error', (error) => {
      throw error;
    });
    worker.on('exit', onDone);
    giveNext();
  }

  #onTold({ seed, failure, counts }: Told): void {
    this.#doneCount++;
    for (const [path, count] of counts) this.#sometimes.add(path, count);
    if (failure !== undefined) {
      this.#brokenCount++;
      process.exitCode = 1;
      console.log(`seed ${String(seed)}: BROKEN ${failure}`);
      console.log(`  replay: ${replayCommand({ ...this.#flags, seed })}`);
    }
    if (this.#doneCount % TOLD_EVERY === 0) console.log(this.#standing());
  }

  #finish(): void {
    for (const line of tableOf(this.#sometimes)) console.log(line);
    console.log(this.#standing());
    const never = [...this.#sometimes.never()];
    if (never.length === 0) return;
    console.log(`never taken, and so not proven: ${never.join(', ')}`);
    const { faults } = this.#flags;
    if (faults === 'many' && this.#doneCount >= SEEDS_FOR_ALL_PATHS) process.exitCode = 1;
  }

  #standing(): string {
    const seconds = (performance.now() - this.#startedAt) / 1_000;
    const each = (seconds / Math.max(1, this.#doneCount)).toFixed(2);
    return (
      `${String(this.#doneCount)} seeds, ${String(this.#brokenCount)} broken, ` +
      `${seconds.toFixed(0)} s, ${each} s a seed`
    );
  }
}

/** Runs the seeds that it is given, one at a time, until none comes. */
function work(flags: ScenarioOptions): void {
  const port = parentPort;
  port?.on('message', (seed: number | undefined) => {
    if (seed === undefined) {
      port.close();
      return;
    }
    const { failure, sometimes } = runScenario({ ...flags, seed });
    port.postMessage({ seed, failure, counts: [...sometimes.table()] } satisfies Told);
  });
}

if (isMainThread) main(process.argv.slice(2));
else work(workerData as ScenarioOptions);
