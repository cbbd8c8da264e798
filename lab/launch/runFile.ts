/**
 * What runs on this computer, for commands in other terminals. Each running network, and each lone
 * peer, writes a `run.json` in its data directory, and its path into a small file in the user's
 * `running` folder.
 */

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface RunFile {
  readonly kind: 'network' | 'peer';
  /** Name of the network. */
  readonly network: string;
  readonly networkId: string;
  /** Of the process that started the others, or of the lone peer. */
  readonly pid: number;
  readonly startedUnix: number;
  readonly dataDirectory: string;
  /** Where the launcher takes orders; a lone peer has none. */
  readonly control: { readonly port: number; readonly token: string } | null;
  readonly nodes: readonly RunningNode[];
}

export interface RunningNode {
  readonly name: string;
  readonly role: 'tracker' | 'peer';
  readonly pid: number;
  /** Where others call it, such as `127.0.0.1:6000`. */
  readonly tcpAddress: string;
  /** Of its API or page, such as `http://127.0.0.1:5000`. */
  readonly httpUrl: string;
  readonly dataDirectory: string;
}

const RUN_FILE = 'run.json';

/**
 * Writes `run.json` and the pointer to it. Only its owner reads it: it holds the token for orders.
 */
export function publish(run: RunFile, runningFolder: string): void {
  writePrivately(join(run.dataDirectory, RUN_FILE), `${JSON.stringify(run, null, 2)}\n`);
  mkdirSync(runningFolder, { recursive: true });
  writePrivately(pointerPath(run, runningFolder), `${run.dataDirectory}\n`);
}

/** Removes what `publish` wrote. */
export function withdraw(run: RunFile, runningFolder: string): void {
  rmSync(join(run.dataDirectory, RUN_FILE), { force: true });
  rmSync(pointerPath(run, runningFolder), { force: true });
}

/** All that runs, oldest first. Files that a killed process left behind are removed. */
export function running(runningFolder: string): RunFile[] {
  const runs: RunFile[] = [];
  for (const name of listFolder(runningFolder)) {
    const pointer = join(runningFolder, name);
    const run = readRun(pointer);
    if (run !== undefined && isAlive(run.pid)) runs.push(run);
    else rmSync(pointer, { force: true });
  }
  return runs.sort((a, b) => a.startedUnix - b.startedUnix);
}

/** Whether a process with this id exists. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

const pointerPath = (run: RunFile, runningFolder: string): string =>
  join(runningFolder, `${String(run.pid)}.path`);

/** Never half a file: whoever reads sees the old one or the new one. */
function writePrivately(path: string, text: string): void {
  const fresh = `${path}.new`;
  writeFileSync(fresh, text, { mode: 0o600 });
  renameSync(fresh, path);
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith('.path'));
  } catch {
    return [];
  }
}

function readRun(pointer: string): RunFile | undefined {
  try {
    const folder = readFileSync(pointer, 'utf8').trim();
    const run: unknown = JSON.parse(readFileSync(join(folder, RUN_FILE), 'utf8'));
    const isRun = typeof run === 'object' && run !== null && 'nodes' in run && 'pid' in run;
    const isIts = isRun && pointer.endsWith(`${String(run.pid)}.path`);
    return isIts ? (run as RunFile) : undefined;
  } catch {
    return undefined;
  }
}
