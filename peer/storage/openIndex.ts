/**
 * Opens the index of transactions and addresses. Its file can always be made anew from the chain:
 * one that is damaged, of another network or of a newer program is thrown away.
 */

import { existsSync, rmSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { equalBytes } from '../../shared/bytes.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { IndexDamage } from '../index/store.js';
import { StoreDamage } from '../chain/store.js';
import { chainTrouble, isUnreadable } from './chainTrouble.js';
import { migrateIndex } from './indexSchema.js';
import { demandWholePages, IN_MEMORY } from './openStore.js';
import { SqliteIndex } from './sqliteIndex.js';

/** The name of the index in a data directory. */
export const INDEX_FILE = 'index.sqlite';

export interface OpenIndex {
  readonly index: SqliteIndex;
  /** Why a file that was there was thrown away, as a sentence. */
  readonly thrownAway: string | undefined;
}

/** Opens the index at `path` for `network`. Throws `Trouble` where the disk does not let us. */
export function openIndex(path: string, network: Network): OpenIndex {
  try {
    const opened = tryOpen(path, network);
    if (typeof opened !== 'string') return { index: opened, thrownAway: undefined };
    removeIndex(path);
    const anew = tryOpen(path, network);
    if (typeof anew === 'string') throw new IndexDamage(anew);
    return { index: anew, thrownAway: opened };
  } catch (error) {
    throw chainTrouble(error, path);
  }
}

/** An index in memory, for simulations and tests. */
export function openIndexInMemory(network: Network): SqliteIndex {
  return openIndex(IN_MEMORY, network).index;
}

/** Removes the index at `path`, which nobody has open. */
export function removeIndex(path: string): void {
  for (const ending of ['', '-wal', '-shm', '-journal']) rmSync(path + ending, { force: true });
}

/** Whether `error` says that the index itself is wrong, and not the disk or our code. */
export function isIndexDamage(error: unknown): boolean {
  if (error instanceof IndexDamage || error instanceof StoreDamage || isUnreadable(error)) {
    return true;
  }
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  if (typeof code !== 'string') return false;
  return /^SQLITE_(NOTADB|CONSTRAINT|ERROR|MISMATCH)/.test(code);
}

/** Whether `error` comes from the index and its file, and not from who reads them. */
export const isOfIndex = (error: unknown): boolean =>
  error instanceof IndexDamage || error instanceof Database.SqliteError;

/** The index, or why there is none. */
function tryOpen(path: string, network: Network): SqliteIndex | string {
  let database: Database.Database | undefined;
  try {
    database = new Database(path);
    const index = useDatabase(database, path, network);
    if (typeof index === 'string') database.close();
    return index;
  } catch (error) {
    database?.close();
    if (isIndexDamage(error)) return 'It was damaged.';
    throw error;
  }
}

function useDatabase(
  database: Database.Database,
  path: string,
  network: Network,
): SqliteIndex | string {
  demandWholePages(database, () => (existsSync(path) ? statSync(path).size : 0));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma(`journal_size_limit = ${String(WAL_BYTES_KEPT)}`);
  database.pragma(`cache_size = -${String(CACHE_KIB)}`);
  database.pragma(`wal_autocheckpoint = ${String(CHECKPOINT_PAGES)}`);
  if (migrateIndex(database) === 'too-new') return 'A newer version of cairn had written it.';
  const owner = database.prepare<[], Uint8Array>('SELECT id FROM network').pluck().get();
  if (owner === undefined) database.prepare('INSERT INTO network VALUES (?)').run(network.idBytes);
  else if (!equalBytes(owner, network.idBytes)) return 'It was of another network.';
  return new SqliteIndex(database);
}

const WAL_BYTES_KEPT = 4_000_000;
/** Four times as much makes nothing faster, and comes back only when the process ends. */
const CACHE_KIB = 4_000;
/** 40 MB: in a sync the same pages change again and again. */
const CHECKPOINT_PAGES = 10_000;
