/** What goes wrong with the chain's file, as sentences for the operator. */

import { diskTrouble } from '../../shared/io/diskTrouble.js';
import { Trouble } from '../../shared/io/trouble.js';
import { StoreDamage } from '../chain/store.js';

/** `error` of work on the chain in the file `path` as `Trouble`; what is a bug stays as it is. */
export function chainTrouble(error: unknown, path: string): unknown {
  if (error instanceof StoreDamage) return damaged(path, error.message, error);
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  if (typeof code !== 'string') return error;
  if (isUnreadable(error)) return damaged(path, 'SQLite cannot read it.', error);
  if (/^SQLITE_(ERROR|CONSTRAINT)/.test(code) && isAboutTables(error)) {
    return damaged(path, 'A table of it is not what it was.', error);
  }
  if (code === 'SQLITE_NOTADB') return damaged(path, 'It is not a database.', error);
  if (code.startsWith('SQLITE_BUSY')) return busy(path, error);
  return diskTrouble(error, path);
}

/** Whether SQLite found a page of the file that it cannot read. */
export const isUnreadable = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_CORRUPT');

/** Our statements are right: a file that they do not fit is not as we left it. */
const isAboutTables = (error: unknown): boolean =>
  error instanceof Error && UNFIT.test(error.message);

const UNFIT = new RegExp(
  [
    ...['no such (table|column)', 'has no column', 'already exists', 'duplicate column'],
    ...['unsupported file format', 'NOT NULL constraint failed', 'type mismatch'],
  ].join('|'),
);

const damaged = (path: string, what: string, cause: unknown): Trouble =>
  new Trouble(
    'chain-damaged',
    `The chain in ${path} is damaged. ${what}`,
    'Move it and the files beside it whose names begin like it away, and start again: the ' +
      'blocks come again from peers, or from a file by `cairn chain import`.',
    cause,
  );

const busy = (path: string, cause: unknown): Trouble =>
  new Trouble(
    'chain-busy',
    `Another program writes to ${path}.`,
    'Stop it, or choose another data directory.',
    cause,
  );
