/**
 * `npm run sim -- --seed S --nodes N --hours H [--faults LEVEL]`: one run in virtual time. Its
 * first line is the seed, its last one the digest of all that happened. Ends with 1 when something
 * broke.
 */

import { randomInt } from 'node:crypto';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { readSimFlags } from './simFlags.js';
import { isTold } from './programFlags.js';
import { replayCommand, tableOf } from './report.js';
import { runScenario, type ScenarioOptions } from './scenario.js';
import { THREAD_LIMITS } from './thread.js';

if (isMainThread) main(process.argv.slice(2));
else run(workerData as ScenarioOptions);

/** Plays in a thread: so this one hears of signals. */
function main(words: readonly string[]): void {
  const flags = readSimFlags(words, randomInt(2 ** 32 - 1));
  if (isTold(flags)) {
    (flags.exitCode === 0 ? console.log : console.error)(flags.text);
    process.exitCode = flags.exitCode;
    return;
  }
  const options = { workerData: flags, resourceLimits: THREAD_LIMITS };
  const worker = new Worker(new URL(import.meta.url), options);
  worker.on('message', (line: string) => {
    console.log(line);
  });
  worker.on('error', (error) => {
    throw error;
  });
  worker.on('exit', (code) => {
    process.exitCode = code;
  });
}

/** What a thread that is at work prints itself stays in it until the end. */
function tell(line: string): void {
  parentPort?.postMessage(line);
}

function run(flags: ScenarioOptions): void {
  tell(`seed ${String(flags.seed)}`);
  const { nodes, hours, faults } = flags;
  tell(`${String(nodes)} nodes, ${String(hours)} virtual hours, faults: ${faults}`);
  const verdict = runScenario(flags, ({ hours: at, heights }) => {
    const [low, high] = [Math.min(...heights), Math.max(...heights)];
    tell(`${at.toFixed(2)} h: heights ${String(low)} to ${String(high)}`);
  });
  for (const line of tableOf(verdict.sometimes)) tell(line);
  tell(`${String(verdict.inputCount)} inputs, height ${String(verdict.height)}`);
  if (verdict.failure === undefined) tell('verdict: all held');
  else {
    tell(`verdict: BROKEN ${verdict.failure}`);
    tell(`replay: ${replayCommand(flags)}`);
    process.exitCode = 1;
  }
  tell(`digest ${verdict.digest}`);
}
