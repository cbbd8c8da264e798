/** The thread of `costsOf` (cost.ts): counts what the jobs of one module cost. */

import { Session, type Profiler } from 'node:inspector';
import { pathToFileURL } from 'node:url';
import { getHeapStatistics } from 'node:v8';
import { parentPort, workerData } from 'node:worker_threads';

import type { Counted, Job } from './jobs.js';
import { projectRoot } from './paths.js';

/** With garbage that another job left, one run may be disturbed; hardly so many. */
const RUNS_MAX = 5;

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

const { jobs } = (await import(workerData as string)) as { readonly jobs: readonly Job[] };
// The first run of anything compiles it, and fills what is kept for later.
for (const { run } of jobs) run();
const bytesMade = jobs.map(({ run }) => Math.min(bytesMadeIn(run), bytesMadeIn(run)));
takeSteps();
const counted = jobs.map(({ run, ...job }, i): Counted => {
  run();
  return { ...job, bytesMade: bytesMade[i] ?? Infinity, steps: takeSteps() };
});
parentPort?.postMessage(counted);

/**
 * What is in use more after `run`. Less is in use where garbage was collected in between: then it
 * runs again, and a job that never gets through without has made more than can be counted.
 */
function bytesMadeIn(run: () => void): number {
  for (let i = 0; i < RUNS_MAX; i++) {
    const before = bytesInUse();
    run();
    const bytes = bytesInUse() - before;
    if (bytes >= 0) return bytes;
  }
  return Infinity;
}

function bytesInUse(): number {
  const { used_heap_size: objects, external_memory: buffers } = getHeapStatistics();
  return objects + buffers;
}

/** Steps since the last call. */
function takeSteps(): number {
  let steps = 0;
  session.post('Profiler.takePreciseCoverage', (_, { result }) => {
    for (const script of result.filter(isCounted)) {
      for (const { ranges } of script.functions) {
        for (const { count } of ranges) steps += count;
      }
    }
  });
  return steps;
}

/** What is ours, in its own language or compiled, but for the tests; and msgpackr. */
function isCounted({ url }: Profiler.ScriptCoverage): boolean {
  if (url.includes('/node_modules/')) return url.includes('/node_modules/msgpackr/');
  const root = pathToFileURL(projectRoot).href;
  return url.startsWith(root) && !/^\/(dist\/)?test\//.test(url.slice(root.length));
}
