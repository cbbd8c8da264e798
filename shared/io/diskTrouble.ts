/** What disks and SQLite complain about, as sentences for the operator. */

import { dirname } from 'node:path';
import { Trouble } from './trouble.js';

/**
 * `error` of work on `path` (a file or folder) as `Trouble`; what is not about the disk as it is.
 */
export function diskTrouble(error: unknown, path: string): unknown {
  if (error instanceof Trouble) return error;
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  if (typeof code !== 'string') return error;
  if (FULL.has(code)) return diskFull(path, error);
  if (REFUSED.has(code) || code.startsWith('SQLITE_READONLY')) return notWritable(path, error);
  if (code === 'ENOTDIR' || code === 'EEXIST') return notAFolder(path, error);
  if (code === 'EIO' || code.startsWith('SQLITE_IOERR')) return unreliable(path, error);
  return error;
}

/** The same of work on a file that the user named, whose folder must be there. */
export function fileTrouble(error: unknown, path: string): unknown {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  if (code === 'ENOENT' || code === 'ENOTDIR') return noFolder(path, error);
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return notForUs(path, error);
  return diskTrouble(error, path);
}

/** `error` of reading a file that the user named. */
export function unreadable(error: unknown, path: string): unknown {
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code !== 'string') return error;
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new Trouble('unreadable', `There is no file ${path}.`, 'Check the path.', error);
  }
  const why = code === 'EISDIR' ? 'it is a folder' : String(message);
  const sentence = `${path} cannot be read: ${why}.`;
  return new Trouble('unreadable', sentence, 'Name a file that this user may read.', error);
}

/** The disk under `path` has no room. */
const diskFull = (path: string, cause: unknown): Trouble =>
  new Trouble(
    'disk-full',
    `The disk that holds ${path} is full.`,
    'Make room, or choose another data directory; nothing that was stored is lost.',
    cause,
  );

/** The disk under `path` has `free` bytes, and a start needs more. */
export const diskLow = (
  path: string,
  { free, needed }: { readonly free: number; readonly needed: number },
): Trouble =>
  new Trouble(
    'disk-low',
    `The disk that holds ${path} has only ${megabytes(free)} MB free; ` +
      `a start needs ${megabytes(needed)} MB.`,
    'Make room, or choose another data directory; nothing that was stored is lost.',
  );

const megabytes = (bytes: number): string => String(Math.floor(bytes / (1024 * 1024)));

/** `path` is not for this user, or on a read-only disk. */
export const notWritable = (path: string, cause: unknown): Trouble =>
  new Trouble(
    'not-writable',
    `${path} cannot be written.`,
    'Give this user the right to write there, or choose another data directory.',
    cause,
  );

const noFolder = (path: string, cause: unknown): Trouble =>
  // Where the path ends with a slash, all of it is the folder.
  new Trouble(
    'no-folder',
    `There is no folder ${dirname(`${path}.`)}.`,
    'Make it, or name a file elsewhere.',
    cause,
  );

const notForUs = (path: string, cause: unknown): Trouble =>
  new Trouble(
    'not-writable',
    `${path} cannot be written.`,
    'Give this user the right to write there, or name a file elsewhere.',
    cause,
  );

/** Something else than a folder stands at `path`, or above it. */
export const notAFolder = (path: string, cause?: unknown): Trouble =>
  new Trouble(
    'not-a-folder',
    `${path} cannot be a data directory: a file stands in its way.`,
    'Move the file away, or choose another data directory.',
    cause,
  );

const unreliable = (path: string, cause: unknown): Trouble =>
  new Trouble(
    'disk-error',
    `The disk that holds ${path} reports errors.`,
    'Check the disk; if the data are damaged, begin with a new data directory and sync again.',
    cause,
  );

const FULL: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT', 'SQLITE_FULL']);
const REFUSED: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'SQLITE_CANTOPEN',
  'SQLITE_PERM',
]);
