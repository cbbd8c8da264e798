/** The tables of a peer's database, and how a file of an older version gets them. */

import { crc32 } from 'node:zlib';
import type { Database } from 'better-sqlite3';
import { HEADER_BYTES, headerHash } from '../../shared/consensus/header.js';
import { Trouble } from '../../shared/io/trouble.js';
import { wholeBlock } from '../chain/bodies.js';
import { StoreDamage } from '../chain/store.js';

/**
 * One step for each version: the n-th brings a file from version n − 1 to n, and never changes
 * again.
 *
 * Headers have ids by arrival, so that a parent stands before its children. Bodies and undo stand
 * apart from them: all headers are read at each start, and pages full of bodies would be in the
 * way.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE network (params BLOB NOT NULL) STRICT;
   CREATE TABLE headers (
     id INTEGER PRIMARY KEY,
     bytes BLOB NOT NULL,
     status INTEGER NOT NULL DEFAULT 0,   -- 0 unproven, 1 connected, 2 invalid
     checks INTEGER NOT NULL DEFAULT 0,   -- the CHECKS_VERSION that gave the status
     has_body INTEGER NOT NULL DEFAULT 0
   ) STRICT;
   CREATE TABLE bodies (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
   CREATE TABLE undo (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
   CREATE TABLE coins (outpoint BLOB PRIMARY KEY, coin BLOB NOT NULL) WITHOUT ROWID, STRICT;
   CREATE TABLE state (
     id INTEGER PRIMARY KEY CHECK (id = 0),
     tip BLOB NOT NULL,
     position BLOB NOT NULL,
     target BLOB
   ) STRICT;
   CREATE TABLE neighbours (rank INTEGER PRIMARY KEY, host TEXT NOT NULL, port INTEGER NOT NULL)
   STRICT;`,
  // Of `bytes`, by zlib's crc32: a disk may give back other bytes than it took (decision 0018). A
  // body that has changed already gets −1, which is the checksum of nothing: it is lost.
  `ALTER TABLE bodies ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
   ALTER TABLE undo ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
   UPDATE bodies SET checksum = CASE
     WHEN is_body(bytes, (SELECT bytes FROM headers WHERE headers.id = bodies.id))
     THEN crc32(bytes) ELSE -1 END;
   UPDATE undo SET checksum = crc32(bytes);`,
  // What waits for a block: looked at again, signatures and all, at each start.
  `CREATE TABLE waiting (
     number INTEGER PRIMARY KEY,
     added_at INTEGER NOT NULL,
     bytes BLOB NOT NULL
   ) STRICT;`,
];

/** What `cairn --version` calls the schema of the chain. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

/** Brings the tables of `database`, the file at `path`, to today's version. */
export function migrate(database: Database, path: string): void {
  database.function('crc32', { deterministic: true }, checksumOf);
  database.function('is_body', { deterministic: true }, isBody);
  migrateBy(MIGRATIONS, database, path);
}

/** Takes the steps that the file at `path` has not taken. */
export function migrateBy(steps: readonly string[], database: Database, path: string): void {
  const version = versionOf(database, path, steps.length);
  const run = database.transaction((step: string, next: number) => {
    database.exec(step);
    database.pragma(`user_version = ${String(next)}`);
  });
  for (const [i, step] of steps.entries()) if (i >= version) run.immediate(step, i + 1);
}

const checksumOf = (bytes: unknown): number =>
  bytes instanceof Uint8Array ? crc32(bytes) : NO_CHECKSUM;

const NO_CHECKSUM = -1;

/** Whether `bytes` are the whole block of `header`, as 1 or 0. */
function isBody(bytes: unknown, header: unknown): number {
  if (!(bytes instanceof Uint8Array && header instanceof Uint8Array)) return 0;
  if (header.length !== HEADER_BYTES) return 0;
  return wholeBlock(bytes, headerHash(header)) === undefined ? 0 : 1;
}

/** The version of the file; throws when it is from the future, or cannot be. */
export function versionOf(
  database: Database,
  path: string,
  known: number = SCHEMA_VERSION,
): number {
  const version = database.pragma('user_version', { simple: true }) as number;
  if (version < 0) throw new StoreDamage('Its version is below zero.');
  if (version <= known) return version;
  throw new Trouble(
    'schema-too-new',
    `${path} was written by a newer version of cairn: its schema is ${String(version)}, ` +
      `and this program knows ${String(known)}.`,
    'Use that version, or another data directory.',
  );
}
