/**
 * Rows that a damaged or foreign file may give: any value in any column, rows missing and doubled.
 */

import Database from 'better-sqlite3';

export interface RowMutant {
  readonly what: string;
  /** The database with that change. */
  readonly open: () => Database.Database;
}

/** One of each type and length that somebody might have reckoned with. */
const VALUES: readonly (null | number | bigint | string | Uint8Array)[] = [
  ...[null, 0, 1, 2, -1, 1.5, 2 ** 32, 2n ** 62n, '', 'text', '\u0007\u001b[2J'],
  ...[0, 1, 20, 31, 32, 33, 80, 70_000].map((length) => new Uint8Array(length).fill(0xff)),
];

/** Every mutant of the first and the last row of each table of `database`, which is loosened. */
export function* rowMutants(database: Database.Database): Generator<RowMutant, void> {
  const tables = loosen(database);
  const good = database.serialize();
  for (const { what, sql, values } of tables.flatMap((name) => [...changesOf(database, name)])) {
    const open = (): Database.Database => {
      const changed = new Database(good);
      changed.prepare(sql).run(...values);
      return changed;
    };
    yield { what, open };
  }
}

interface Change {
  readonly what: string;
  readonly sql: string;
  readonly values: readonly unknown[];
}

function* changesOf(database: Database.Database, name: string): Generator<Change, void> {
  const columns = database.pragma(`table_info(${name})`) as readonly Column[];
  const rows = database.prepare(`SELECT rowid FROM ${name} ORDER BY rowid`).pluck().all();
  yield { what: `${name} emptied`, sql: `DELETE FROM ${name}`, values: [] };
  for (const at of new Set([rows[0], rows.at(-1)])) {
    const sql = `DELETE FROM ${name} WHERE rowid = ?`;
    yield { what: `${name}: a row less`, sql, values: [at] };
    for (const column of columns) yield* valuesIn(name, column, at);
  }
}

interface Column {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
}

function* valuesIn(table: string, column: Column, at: unknown): Generator<Change, void> {
  const sql = `UPDATE OR REPLACE ${table} SET ${column.name} = ? WHERE rowid = ?`;
  // SQLite itself keeps the numbers of rows whole.
  const isNumber = column.pk === 1 && column.type === 'INTEGER';
  for (const value of VALUES) {
    if (isNumber && !Number.isInteger(value)) continue;
    yield { what: `${table}.${column.name} = ${print(value)}`, sql, values: [value, at] };
  }
}

/** Rebuilds all tables without types and rules, but for the keys that statements need. */
function loosen(database: Database.Database): readonly string[] {
  const sql = "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql IS NOT NULL";
  const found = database.prepare<[], { readonly name: string; readonly sql: string }>(sql).all();
  for (const { name, sql: declared } of found) {
    const loose = declared
      .replace(/--.*$/gm, '')
      .replace(/ (BLOB|TEXT|INTEGER(?! PRIMARY))| NOT NULL| CHECK \([^)]*\)/g, '')
      .replace(/\)[^)]*$/, ')')
      .replace(new RegExp(`TABLE "?${name}"?`), `TABLE loose_${name}`);
    database.exec(`${loose};
      INSERT INTO loose_${name} SELECT * FROM ${name};
      DROP TABLE ${name};
      ALTER TABLE loose_${name} RENAME TO ${name}`);
  }
  return found.map(({ name }) => name);
}

const print = (value: (typeof VALUES)[number]): string =>
  value instanceof Uint8Array ? `${String(value.length)} bytes` : JSON.stringify(String(value));
