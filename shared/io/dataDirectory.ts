/**
 * The folder that one running program has for itself: made when missing, checked for room, and
 * locked (shared/io/directoryLock.ts) so that no second program works on the same files.
 */

import { existsSync, mkdirSync, statfsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

import envPaths from 'env-paths';

import { DirectoryLock } from './directoryLock.js';
import { diskLow, diskTrouble, notAFolder, notWritable } from './diskTrouble.js';
import { Trouble } from './trouble.js';

/**
 * Where data stand when nobody says otherwise, such as `defaultDataDirectory('peer', 'lan-1f0a')`.
 */
export const defaultDataDirectory = (...folders: readonly string[]): string =>
  join(envPaths('cairn', { suffix: '' }).data, ...folders);

/** The programs that have one, and the file by which the folder of each is known. */
export const MAIN_FILES = {
  peer: 'chain.sqlite',
  'light peer': 'light.sqlite',
  tracker: 'registry.sqlite',
} as const;

export type Owner = keyof typeof MAIN_FILES;

export class DataDirectory {
  readonly path: string;
  readonly #lock: DirectoryLock;

  /**
   * Makes, checks and locks `path`. `address` is told to whom finds it locked; with `owner`, the
   * folder of the other program is refused. Throws `Trouble`.
   */
  constructor(path: string, address: string | undefined, owner?: Owner) {
    this.path = path;
    try {
      makeFolders(path);
      if (owner !== undefined) refuseOtherOwner(path, owner);
      this.#lock = new DirectoryLock(path, { pid: process.pid, address });
    } catch (error) {
      throw diskTrouble(error, path);
    }
    // After the lock, which also shows whether the folder can be written at all.
    const free = freeBytes(path);
    if (free >= FREE_BYTES_MIN) return;
    this.#lock.release();
    throw diskLow(path, { free, needed: FREE_BYTES_MIN });
  }

  /** The path of a file in it. */
  file(name: string): string {
    return join(this.path, name);
  }

  /** Frees the lock; so does the end of the process, whatever ends it. */
  close(): void {
    this.#lock.release();
  }
}

/** Below this a start is refused: a few blocks and SQLite's own files must fit. */
const FREE_BYTES_MIN = 16 * 1024 * 1024;

/**
 * Folder by folder: Node's own way with `recursive` never ends where the system makes no folders,
 * such as in /proc.
 */
function makeFolders(path: string): void {
  const missing: string[] = [];
  let at = resolve(path);
  for (; !existsSync(at) && at !== dirname(at); at = dirname(at)) missing.push(at);
  for (const folder of missing.toReversed()) makeFolder(folder, path);
  if (!statSync(path).isDirectory()) throw notAFolder(path);
}

function makeFolder(folder: string, path: string): void {
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw notWritable(path, error);
    // Another program that starts now was faster.
    if (code !== 'EEXIST' || !existsSync(folder)) throw error;
  }
}

/**
 * Throws `Trouble` where `path` is the folder of another program. One with the files of several was
 * made by hand, and is left to whoever did so.
 */
export function refuseOtherOwner(path: string, owner: Owner): void {
  const holds = (one: Owner): boolean => existsSync(join(path, MAIN_FILES[one]));
  if (holds(owner)) return;
  const other = (Object.keys(MAIN_FILES) as Owner[]).find(holds);
  if (other === undefined) return;
  throw new Trouble(
    'other-program',
    `The data directory ${path} is that of a ${other}, not of a ${owner}.`,
    other === 'tracker' || owner === 'tracker' ? CHOOSE_ANOTHER : CHOOSE_OR_CHANGE[owner],
  );
}

const CHOOSE_ANOTHER = 'Choose another with --data.';

const CHOOSE_OR_CHANGE = {
  peer: 'Start it with --light, or choose another directory with --data.',
  'light peer': 'Leave --light out, or choose another directory with --data.',
} as const;

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
