/**
 * The folder that one running program has for itself: made when missing, checked for room, and
 * locked (shared/io/directoryLock.ts) so that no second program works on the same files.
 */

import { mkdirSync, statfsSync } from 'node:fs';
import { join } from 'node:path';

import envPaths from 'env-paths';

import { DirectoryLock } from './directoryLock.js';
import { diskFull, diskTrouble, notWritable } from './diskTrouble.js';

/**
 * Where data stand when nobody says otherwise, such as `defaultDataDirectory('peer', 'lan-1f0a')`.
 */
export const defaultDataDirectory = (...folders: readonly string[]): string =>
  join(envPaths('cairn', { suffix: '' }).data, ...folders);

export class DataDirectory {
  readonly path: string;
  readonly #lock: DirectoryLock;

  /**
   * Makes, checks and locks `path`. `address` is told to whom finds it locked. Throws `Trouble`.
   */
  constructor(path: string, address: string | undefined) {
    this.path = path;
    try {
      makeFolders(path);
      if (freeBytes(path) < FREE_BYTES_MIN) throw diskFull(path);
      this.#lock = new DirectoryLock(path, { pid: process.pid, address });
    } catch (error) {
      throw diskTrouble(error, path);
    }
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

function makeFolders(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (error) {
    // What Node says of a read-only disk here, instead of EROFS.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notWritable(path, error);
    throw error;
  }
}

function freeBytes(path: string): number {
  const { bavail, bsize } = statfsSync(path);
  return bavail * bsize;
}
