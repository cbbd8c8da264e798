// Several test programs at once, told one after another: each on a core of its own.

import { spawn } from 'node:child_process';

import { root, secondsSince } from './run.mjs';

const NONE = [0, 0, 0];
const COUNTS = /^(\d+) passed, (\d+) failed, (\d+) skipped$/;

/**
 * Runs programs of tests, each of which ends with `N passed, N failed, N skipped`, and ends with
 * the sum. The first is seen while it runs, each other from the end of those before it on.
 *
 * @param {readonly (readonly string[])[]} programs Node's parameters for each
 * @returns {Promise<boolean>} whether all were green
 */
export async function runSideBySide(programs) {
  const parts = programs.map((parameters) => new Part(parameters));
  // Ctrl-C reaches them from the terminal, too: they end, and so do we.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => {
    for (const { child } of parts) child.kill('SIGTERM');
  });
  for (const part of parts) await part.tell();
  const sum = [0, 1, 2].map((i) =>
    parts.reduce((total, { counts = NONE }) => total + counts[i], 0),
  );
  console.log(`${sum[0]} passed, ${sum[1]} failed, ${sum[2]} skipped`);
  return parts.every(({ isGreen }) => isGreen);
}

/** One of them. What it prints is kept until its turn. */
class Part {
  child;
  /** Passed, failed, skipped; `undefined` while there is no result. */
  counts;
  isGreen = false;
  #kept = [];
  #isTold = false;
  /** What stands after the last line break. */
  #rest = '';
  #ended;

  constructor(parameters) {
    const startMs = performance.now();
    this.child = spawn(process.execPath, parameters, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => this.#take(text));
    }
    this.#ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.#end(code, signal);
        this.#take(`\n(${secondsSince(startMs)})\n`);
        resolve();
      });
    });
  }

  /** Prints what it has printed so far, and the rest as it comes. */
  tell() {
    this.#isTold = true;
    for (const text of this.#kept.splice(0)) process.stdout.write(text);
    return this.#ended;
  }

  #take(text) {
    if (this.#isTold) process.stdout.write(text);
    else this.#kept.push(text);
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      const found = COUNTS.exec(line);
      if (found !== null) this.counts = found.slice(1).map(Number);
    }
  }

  #end(code, signal) {
    this.isGreen = code === 0 && this.counts !== undefined;
    if (this.counts !== undefined) return;
    const how = signal ?? `exit code ${code}`;
    this.#take(`\nThese tests ended without a result (${how}).\n`);
  }
}
