/**
 * A lock on a folder that the system itself frees when its holder dies: an open write transaction
 * on a small SQLite database, in which the holder's pid and address stand.
 *
 * The transaction is IMMEDIATE, not EXCLUSIVE: both keep every second holder out, but an exclusive
 * one would also keep it from reading who the first is. The row is committed before, by a
 * transaction of its own; should another take the lock between the two, then it is the holder, and
 * says so.
 */

import { join } from 'node:path';

import Database from 'better-sqlite3';

import { Trouble } from './trouble.js';

export interface LockHolder {
  readonly pid: number;
  /** Where it can be asked, such as `http://127.0.0.1:5000`. */
  readonly address: string | undefined;
}

export class DirectoryLock {
  readonly #database: Database.Database;
  /** The process refers to the lock through this: were it collected, it would be free. */
  readonly #onExit = (): void => {
    this.#database.close();
  };

  /** Throws `Trouble` that names the holder when there is one. */
  constructor(folder: string, holder: LockHolder) {
    this.#database = new Database(join(folder, LOCK_FILE), { timeout: 0 });
    try {
      writeHolder(this.#database, holder);
      this.#database.exec('BEGIN IMMEDIATE');
    } catch (error) {
      this.#database.close();
      throw lockTrouble(error, folder);
    }
    process.once('exit', this.#onExit);
  }

  release(): void {
    process.off('exit', this.#onExit);
    this.#database.exec('ROLLBACK');
    this.#forgetHolder();
    this.#database.close();
  }

  /** On a full disk the row stays; whoever reads it sees that its process is gone. */
  #forgetHolder(): void {
    try {
      this.#database.exec('DELETE FROM holder');
    } catch (error) {
      if (!(error instanceof Database.SqliteError)) throw error;
    }
  }
}

/**
 * Who has the folder locked: the row, as long as its process lives. A hint for people and for the
 * CLI; the lock itself is the transaction.
 */
export function lockHolder(folder: string): LockHolder | undefined {
  try {
    const holder = readHolder(join(folder, LOCK_FILE));
    return holder !== undefined && isRunning(holder.pid) ? holder : undefined;
  } catch {
    return undefined; // no such folder, or a lock that was never finished
  }
}

/** Name of the lock database in its folder. */
export const LOCK_FILE = 'lock.db';
const READ_TIMEOUT_MS = 250;

function writeHolder(database: Database.Database, { pid, address }: LockHolder): void {
  database.exec('BEGIN IMMEDIATE');
  database.exec('CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, address TEXT)');
  database.exec('DELETE FROM holder');
  database.prepare('INSERT INTO holder VALUES (?, ?)').run(pid, address ?? null);
  database.exec('COMMIT');
}

function readHolder(file: string): LockHolder | undefined {
  const options = { fileMustExist: true, readonly: true, timeout: READ_TIMEOUT_MS };
  const database = new Database(file, options);
  try {
    const row = database.prepare('SELECT pid, address FROM holder').get() as
      { readonly pid: number; readonly address: string | null } | undefined;
    return row === undefined ? undefined : { pid: row.pid, address: row.address ?? undefined };
  } finally {
    database.close();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it runs, as another user
  }
}

function lockTrouble(error: unknown, folder: string): unknown {
  switch ((error as { readonly code?: string }).code) {
    case 'SQLITE_BUSY':
      return inUse(folder, error);
    case 'SQLITE_NOTADB':
    case 'SQLITE_CORRUPT':
      return new Trouble(
        'lock-damaged',
        `The lock file ${join(folder, LOCK_FILE)} is damaged.`,
        'Make sure that no other program uses this data directory, then delete the file.',
        error,
      );
    default:
      return error;
  }
}

function inUse(folder: string, cause: unknown): Trouble {
  const holder = lockHolder(folder);
  const pid = holder === undefined ? 'another process' : `process ${String(holder.pid)}`;
  const address = holder?.address === undefined ? '' : ` (${holder.address})`;
  return new Trouble(
    'data-directory-in-use',
    `The data directory ${folder} is in use by ${pid}${address}.`,
    'Use that one, stop it first, or choose another data directory.',
    cause,
  );
}
