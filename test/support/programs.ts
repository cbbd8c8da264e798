/** Other programs in tests: run to their end, or watched while they run. */

import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface Ended {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  /** Standard output and error, in the order in which they came. */
  readonly output: string;
}

/** A started program whose output is kept. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has printed so far. */
  readonly output: () => string;
}

/** Starts a program and keeps what it prints. `ended` rejects when there is no such program. */
export function start(
  command: string,
  parameters: readonly string[],
  options: SpawnOptions = {},
): Running {
  const child = spawn(command, parameters, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const all: string[] = [];
  const standard: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    standard.push(text);
    all.push(text);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => all.push(text));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, stdout: standard.join(''), output: all.join('') });
    });
  });
  return { child, ended, output: () => all.join('') };
}

/** Runs a program to its end. */
export function runToEnd(
  command: string,
  parameters: readonly string[],
  options: SpawnOptions = {},
): Promise<Ended> {
  return start(command, parameters, options).ended;
}

const LOOK_EVERY_MS = 100;

/** The first defined answer of `look`, asked again and again; throws after `timeoutMs`. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  while (performance.now() < deadlineMs) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(LOOK_EVERY_MS);
  }
  throw new Error(`waited ${timeoutMs} ms in vain for ${what}`);
}

/** The value of `promise`; throws when it takes longer than `timeoutMs`. */
export async function within<T>(what: string, timeoutMs: number, promise: Promise<T>): Promise<T> {
  let value: { readonly is: T } | undefined;
  void promise.then((is) => (value = { is }));
  return (await until(what, timeoutMs, () => value)).is;
}

/** Whether a process with this id exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** The processes whose command line contains `text`. Linux only. */
export function pidsNaming(text: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8').includes(text);
    } catch {
      return false;
    }
  });
}
