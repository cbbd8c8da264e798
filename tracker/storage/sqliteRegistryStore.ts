/**
 * The registry on SQLite. What it holds can be learnt again, for every peer announces itself: so
 * `synchronous=NORMAL`, and a damaged file is put aside for a new one.
 */

import { existsSync, renameSync } from 'node:fs';

import Database from 'better-sqlite3';

import { hashBytes, toHexReversed } from '../../shared/bytes.js';
import { diskTrouble } from '../../shared/io/diskTrouble.js';
import { Trouble } from '../../shared/io/trouble.js';
import type { BlockHash } from '../../shared/units.js';
import type { Changes, PeerRow, RegistryStore } from '../registry/store.js';
import { MIGRATIONS } from './schema.js';

export interface SqliteRegistryStoreOptions {
  readonly path: string;
  /** Peers not heard of since are forgotten. */
  readonly forgetBeforeUnix: number;
  /** Told once when a damaged file was put aside, with its new name. */
  readonly onDamaged: (asidePath: string) => void;
}

/**
 * Opens the file, makes it where there is none, and brings it to today's schema. Throws `Trouble`.
 */
export function openSqliteRegistryStore(options: SqliteRegistryStoreOptions): RegistryStore {
  const database = openSound(options);
  database.prepare('DELETE FROM peers WHERE last_seen < ?').run(options.forgetBeforeUnix);
  return new SqliteRegistryStore(database, options.path);
}

class SqliteRegistryStore implements RegistryStore {
  readonly #database: Database.Database;
  readonly #path: string;
  readonly #apply: (changes: Changes) => void;

  constructor(database: Database.Database, path: string) {
    this.#database = database;
    this.#path = path;
    const remove = database.prepare(REMOVE);
    const upsert = database.prepare(UPSERT);
    this.#apply = database.transaction((changes: Changes) => {
      for (const { network, address, port } of changes.removals) {
        remove.run(hashBytes(network), address, port);
      }
      for (const row of changes.upserts) upsert.run(...valuesOf(row));
    });
  }

  load(each: (row: PeerRow) => void): void {
    const rows = this.#database.prepare<[], StoredPeer>('SELECT * FROM peers').iterate();
    for (const row of rows) if (isWhole(row)) each(peerOf(row));
  }

  apply(changes: Changes): void {
    try {
      this.#apply(changes);
    } catch (error) {
      throw diskTrouble(error, this.#path);
    }
  }

  close(): void {
    this.#database.close();
  }
}

const REMOVE = 'DELETE FROM peers WHERE network = ? AND address = ? AND port = ?';

const PEER_COLUMNS = [
  ...['network', 'address', 'port', 'node_key', 'source', 'is_claimed', 'name', 'height'],
  ...['first_seen', 'last_seen'],
];

const UPSERT = `INSERT OR REPLACE INTO peers (${PEER_COLUMNS.join(', ')})
  VALUES (${PEER_COLUMNS.map(() => '?').join(', ')})`;

const COLUMNS = "SELECT name FROM pragma_table_info('peers')";

interface StoredPeer {
  readonly network: Uint8Array;
  readonly address: Uint8Array;
  readonly port: number;
  readonly node_key: Uint8Array;
  readonly source: Uint8Array;
  readonly is_claimed: number;
  readonly name: string;
  readonly height: number;
  readonly first_seen: number;
  readonly last_seen: number;
}

const valuesOf = (row: PeerRow): (Uint8Array | number | string)[] => [
  hashBytes(row.network),
  row.address,
  row.port,
  row.nodeKey,
  row.source,
  row.isClaimed ? 1 : 0,
  row.name,
  row.height,
  row.firstSeenUnix,
  row.lastSeenUnix,
];

/**
 * What is not of its kind is left out: that peer announces itself again. A file that something else
 * wrote may hold anything.
 */
const isWhole = (row: StoredPeer): boolean =>
  isBytes(row.network, 32) &&
  isBytes(row.node_key, 32) &&
  isBytes(row.address, 16) &&
  isBytes(row.source, 16) &&
  isUnsigned(row.port, 0xffff) &&
  row.port > 0 &&
  typeof row.name === 'string' &&
  /^[\x20-\x7e]{0,64}$/.test(row.name) &&
  [row.height, row.first_seen, row.last_seen].every((value) => isUnsigned(value, 0xffff_ffff));

const isBytes = (value: unknown, length: number): boolean =>
  value instanceof Uint8Array && value.length === length;

const isUnsigned = (value: unknown, max: number): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) <= max;

const peerOf = (row: StoredPeer): PeerRow => ({
  network: toHexReversed(row.network) as BlockHash,
  address: row.address,
  port: row.port,
  nodeKey: row.node_key,
  source: row.source,
  isClaimed: row.is_claimed === 1,
  name: row.name,
  height: row.height,
  firstSeenUnix: row.first_seen,
  lastSeenUnix: row.last_seen,
});

function openSound({ path, onDamaged }: SqliteRegistryStoreOptions): Database.Database {
  try {
    return openMigrated(path);
  } catch (error) {
    if (!isDamage(error)) throw diskTrouble(error, path);
  }
  const asidePath = freeName(path);
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, asidePath + suffix);
  }
  onDamaged(asidePath);
  try {
    return openMigrated(path);
  } catch (error) {
    throw diskTrouble(error, path);
  }
}

function openMigrated(path: string): Database.Database {
  const database = new Database(path);
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma(`cache_size = -${String(CACHE_KIB)}`);
    if (database.pragma('quick_check', { simple: true }) !== 'ok') throw new DamagedFile();
    migrate(database, path);
    if (!hasOurTable(database)) throw new DamagedFile();
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: Database.Database, path: string): void {
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version > MIGRATIONS.length) {
    throw new Trouble(
      'schema-too-new',
      `${path} was written by a newer version of cairn.`,
      'Use that version, or another data directory.',
    );
  }
  const run = database.transaction((step: string, next: number) => {
    database.exec(step);
    database.pragma(`user_version = ${String(next)}`);
  });
  for (const [i, step] of MIGRATIONS.entries()) if (i >= version) run(step, i + 1);
}

function hasOurTable(database: Database.Database): boolean {
  const columns = database.prepare<[], string>(COLUMNS).pluck().all();
  return PEER_COLUMNS.every((column) => columns.includes(column));
}

class DamagedFile extends Error {}

const isDamage = (error: unknown): boolean =>
  error instanceof DamagedFile || DAMAGE_CODES.has(codeOf(error));

const DAMAGE_CODES: ReadonlySet<string> = new Set(['SQLITE_CORRUPT', 'SQLITE_NOTADB']);

const codeOf = (error: unknown): string =>
  error instanceof Database.SqliteError ? error.code : ((error as { code?: string }).code ?? '');

function freeName(path: string): string {
  for (let i = 1; ; i++) {
    const name = `${path}.damaged-${String(i)}`;
    if (!existsSync(name)) return name;
  }
}

/** Beside the registry itself, which is all in memory. */
const CACHE_KIB = 2_000;
