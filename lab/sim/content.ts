/** One number for all that a verification of a chain looks at. */

import { createHash } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { fromHex, hashBytes, toHex } from '../../shared/bytes.js';
import { HEADER_BYTES, headerHash } from '../../shared/consensus/header.js';
import type { BlockHash } from '../../shared/units.js';
import type { HeaderEntry } from '../../peer/chain/headerEntry.js';

/**
 * SHA-256, in hex, over headers, blocks and undo data of the chain in `database` and over its
 * coins: two that give the same are both right or both wrong. `tip`: where it should stand, by
 * which its rows are found; `entryOf`: the headers that its node knows. `undefined` inside a move,
 * and where something is not there, or a header beside the chain is not one that its node has in
 * its place.
 */
export function contentOf(
  database: Database,
  tip: HeaderEntry,
  entryOf: (hash: BlockHash) => HeaderEntry | undefined,
): string | undefined {
  const here = `X'${toHex(hashBytes(tip.hash)).toUpperCase()}'`;
  if (valuesOf(database, STATE)[0] !== `${here} ${here} NULL`) return undefined;
  const headers = rowsOf(database, HEADERS);
  const bodies = new Map(rowsOf(database, BODIES));
  const undos = new Map(rowsOf(database, UNDOS));
  const hash = createHash('sha256').update(tip.hash);
  const ids = new Set<number>();
  let parts: string[] = [];
  const add = (part: string): void => {
    if (parts.push(part) < PARTS_AT_ONCE) return;
    hash.update(parts.join());
    parts = [];
  };
  for (let at = tip; at.parent !== undefined; at = at.parent) {
    const [id, header] = headers[at.id] ?? [];
    const [body, undo] = [bodies.get(at.id), undos.get(at.id)];
    if (id !== at.id || header === undefined) return undefined;
    if (body === undefined || undo === undefined) return undefined;
    ids.add(id);
    add(`${header} ${body} ${undo}`);
  }
  const isOfNode = ([id, header]: Row, i: number): boolean => {
    if (id !== i || ids.has(id)) return id === i;
    const bytes = headerIn(header);
    return bytes !== undefined && entryOf(headerHash(bytes))?.id === id;
  };
  if (!headers.every(isOfNode)) return undefined;
  for (const coin of valuesOf(database, COINS)) add(coin);
  return hash.update(parts.join()).digest('hex');
}

/** An id, and the rest of the row in SQL. */
type Row = readonly [id: number, rest: string];

/**
 * SQL spells bytes, text and numbers so that they stay apart, and one text is read in a part of the
 * time that several pieces of bytes take.
 */
const inSql = (...columns: readonly string[]): string =>
  columns.map((column) => `quote(${column})`).join(" || ' ' || ");

const STATE = `SELECT ${inSql('tip', 'position', 'target')} FROM state`;
const HEADERS = `SELECT id, ${inSql('bytes', 'status', 'checks', 'has_body')} FROM headers
  ORDER BY id`;
const BODIES = `SELECT id, ${inSql('bytes', 'checksum')} FROM bodies`;
const UNDOS = `SELECT id, ${inSql('bytes', 'checksum')} FROM undo`;
const COINS = `SELECT ${inSql('outpoint', 'coin')} FROM coins ORDER BY outpoint`;

/** To give the hash many short pieces takes longer than to hash them. */
const PARTS_AT_ONCE = 200;

const rowsOf = (database: Database, sql: string): readonly Row[] =>
  database.prepare<[], Row>(sql).raw().all();

const valuesOf = (database: Database, sql: string): readonly string[] =>
  database.prepare<[], string>(sql).pluck().all();

/** The bytes at the beginning of a row, if they are so many as a header has. */
function headerIn(row: string): Uint8Array | undefined {
  const [, digits] = /^X'([^']*)' /u.exec(row) ?? [];
  return digits?.length === 2 * HEADER_BYTES ? fromHex(digits) : undefined;
}
