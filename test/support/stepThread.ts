/** The thread of `stepsOf` (cost.ts): counts the steps of the jobs of one module. */

import { Session, type Profiler } from 'node:inspector';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';

import type { Counted, Job } from './jobs.js';
import { projectRoot } from './paths.js';

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

const { jobs } = (await import(workerData as string)) as { readonly jobs: readonly Job[] };
// The first run of anything compiles it, and fills what is kept for later.
for (const { run } of jobs) run();
takeSteps();
const counted = jobs.map(({ run, ...job }): Counted => {
  run();
  return { ...job, steps: takeSteps() };
});
parentPort?.postMessage(counted);

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
