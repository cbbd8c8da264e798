// Becomes one of our programs, once it is ready to run.

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { prepare } from './prepare.mjs';
import { root } from './run.mjs';
import { runScript } from './trouble.mjs';

/**
 * Goes on as `program` in this very process, so that signals and the exit code are its own.
 *
 * @param {string} program path below the project's folder
 * @param {readonly string[]} parameters
 */
export function become(program, parameters) {
  return runScript(async () => {
    await prepare();
    const file = join(root, program);
    process.argv = [process.execPath, file, ...parameters];
    endWithParent();
    await import(pathToFileURL(file).href);
  });
}

const lookEveryMs = 250;

/** A shell between npm and us dies of SIGTERM and passes it to nobody: its end is our signal. */
function endWithParent() {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, lookEveryMs).unref();
}
