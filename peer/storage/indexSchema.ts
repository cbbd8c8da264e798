/** The tables of the index of transactions and addresses, and how a file gets them. */

import type { Database } from 'better-sqlite3';

/**
 * One step for each version, as in schema.ts; a step may also throw everything away, for the index
 * can be made anew from the chain.
 *
 * A row costs more than its bytes, so there are few (decision 0021). A *place* is height · 65,536 +
 * position: a block has fewer transactions than that. `txids` has a row for 32 places, `by_txid`
 * the first twelve digits of each only: the whole one is compared there. All transactions of an
 * address in one block are one row of `history`.
 */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE network (id BLOB NOT NULL) STRICT;
   CREATE TABLE blocks (height INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT;
   CREATE TABLE txids (chunk INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;   -- place / 32
   CREATE TABLE by_txid (prefix INTEGER, place INTEGER, PRIMARY KEY (prefix, place))
   WITHOUT ROWID, STRICT;
   CREATE TABLE coins (
     address BLOB,
     place INTEGER,
     output INTEGER,
     amount INTEGER NOT NULL,
     PRIMARY KEY (address, place, output)
   ) WITHOUT ROWID, STRICT;
   CREATE TABLE history (
     address BLOB,
     height INTEGER,
     entries BLOB NOT NULL,   -- for each transaction: position u16, received u64, spent u64
     PRIMARY KEY (address, height)
   ) WITHOUT ROWID, STRICT;
   CREATE TABLE stamps (document BLOB, place INTEGER, PRIMARY KEY (document, place))
   WITHOUT ROWID, STRICT;`,
];

/** The version of a file that is up to date. */
export const INDEX_SCHEMA_VERSION: number = MIGRATIONS.length;

/** Brings the tables to today's version; those of a newer program are not for us. */
export function migrateIndex(database: Database): 'done' | 'too-new' {
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version < 0 || version > INDEX_SCHEMA_VERSION) return 'too-new';
  const run = database.transaction((step: string, next: number) => {
    database.exec(step);
    database.pragma(`user_version = ${String(next)}`);
  });
  for (const [i, step] of MIGRATIONS.entries()) if (i >= version) run.immediate(step, i + 1);
  return 'done';
}
