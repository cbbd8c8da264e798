/**
 * A new tip is accepted → all workers hash on top of it; and the same from when its bytes come over
 * TCP, from a peer that shares the two cores. Each measurement is a process of its own, as a peer
 * is: a second node in one process has the compiler at work again, with what the first one taught
 * it. A peer that finds blocks is measured by its own metrics.
 */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { interruptsOfPeer } from './interruptPeer.js';
import { median, percentile, type Figure } from './report.js';

const PROGRAM = fileURLToPath(new URL('interruptNode.js', import.meta.url));
/**
 * Before the samples, so that Node has compiled what each block runs: its compiler's threads have
 * our priority, and while one works, the worker whose core it takes does not.
 */
const WARM_UP = 3_000;
/** What the main thread works in one go when it is half busy: a part of a large block. */
const BUSY_MS = 2;

export async function interrupt(): Promise<Figure[]> {
  const fresh = await timesOf('tips', 0, 1);
  const idle = await timesOf('tips', 0, WARM_UP);
  const busy = await timesOf('tips', BUSY_MS, WARM_UP);
  const bytes = await timesOf('bytes');
  return [
    ...figuresOf('tip-to-workers, just started', fresh),
    ...figuresOf('tip-to-workers, idle', idle, ['≤ 1', '≤ 3']),
    ...figuresOf('tip-to-workers, half busy', busy, ['≤ 3', '≤ 10']),
    ...figuresOf('bytes-to-workers', bytes, ['≤ 5', '≤ 20']),
    ...(await interruptsOfPeer()),
  ];
}

/** What `interruptNode` measures, in ms; it says with which parameters. */
async function timesOf(...parameters: readonly (string | number)[]): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...process.execArgv,
    PROGRAM,
    ...parameters.map(String),
  ]);
  return JSON.parse(stdout) as number[];
}

function figuresOf(
  name: string,
  times: readonly number[],
  goals?: readonly [string, string],
): Figure[] {
  const figure = (what: string, value: number, goal?: string): Figure => ({
    metric: `${name}, ${what}`,
    ...{ value, unit: 'ms' },
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    figure('median', median(times), goals?.[0]),
    figure('p99', percentile(times, 0.99), goals?.[1]),
  ];
}
