/** What the index says to SQLite. Look-ups answer bare values or rows as arrays. */

import type { Database, Statement } from 'better-sqlite3';
import type { Amount } from '../../shared/units.js';

export interface IndexStatements {
  readonly begin: Statement<[]>;
  readonly commit: Statement<[]>;
  readonly rollback: Statement<[]>;

  readonly addBlock: Statement<[height: number, hash: Uint8Array]>;
  readonly addTxids: Statement<[chunk: number, txids: Uint8Array]>;
  readonly addPrefix: Statement<[prefix: number, place: number]>;
  readonly addHistory: Statement<[address: Uint8Array, height: number, entries: Uint8Array]>;
  readonly addStamp: Statement<[document: Uint8Array, place: number]>;
  readonly addCoin: Statement<[...CoinKey, amount: number]>;
  readonly removeBlock: Statement<[height: number]>;
  readonly removeTxids: Statement<[chunkFrom: number, chunkBelow: number]>;
  readonly removePrefix: Statement<[prefix: number, place: number]>;
  readonly removeHistory: Statement<[address: Uint8Array, height: number]>;
  readonly removeStamp: Statement<[document: Uint8Array, place: number]>;
  readonly removeCoin: Statement<CoinKey>;

  readonly lastBlock: Statement<[], [height: number, hash: Uint8Array]>;
  readonly hashAt: Statement<[height: number], Uint8Array>;
  readonly txidAt: Statement<[place: number], Uint8Array>;
  readonly placeOf: Statement<[prefix: number, txid: Uint8Array], number>;
  readonly firstStamp: Statement<[document: Uint8Array], number>;
  readonly coins: Statement<
    [address: Uint8Array, afterPlace: number, afterOutput: number, count: number],
    [place: number, output: number, amount: Amount, txid: Uint8Array]
  >;
  readonly coinSums: Statement<
    [youngFrom: number, address: Uint8Array],
    [amount: Amount, count: number, young: Amount]
  >;
  readonly historyBelow: Statement<
    [address: Uint8Array, below: number],
    [height: number, entries: Uint8Array]
  >;
  readonly historyFrom: Statement<
    [address: Uint8Array, from: number],
    [height: number, entries: Uint8Array]
  >;
  readonly historyBytes: Statement<[address: Uint8Array], number>;
}

/** Where in `txids` that of the `place` beside it stands. */
const CHUNK = 'chunk = place / 32';
const TXID = 'substr(txids.bytes, (place % 32) * 32 + 1, 32)';

type CoinKey = [address: Uint8Array, place: number, output: number];

export const prepareIndex = (database: Database): IndexStatements => ({
  begin: database.prepare('BEGIN IMMEDIATE'),
  commit: database.prepare('COMMIT'),
  rollback: database.prepare('ROLLBACK'),
  ...prepareWrites(database),
  ...prepareReads(database),
});

const prepareWrites = (database: Database) => ({
  addBlock: database.prepare<[number, Uint8Array]>('INSERT INTO blocks VALUES (?, ?)'),
  addTxids: database.prepare<[number, Uint8Array]>('INSERT INTO txids VALUES (?, ?)'),
  addPrefix: database.prepare<[number, number]>('INSERT INTO by_txid VALUES (?, ?)'),
  addHistory: database.prepare<[Uint8Array, number, Uint8Array]>(
    'INSERT INTO history VALUES (?, ?, ?)',
  ),
  addStamp: database.prepare<[Uint8Array, number]>('INSERT INTO stamps VALUES (?, ?)'),
  addCoin: database.prepare<[...CoinKey, number]>('INSERT INTO coins VALUES (?, ?, ?, ?)'),
  removeBlock: database.prepare<[number]>('DELETE FROM blocks WHERE height = ?'),
  removeTxids: database.prepare<[number, number]>(
    'DELETE FROM txids WHERE chunk >= ? AND chunk < ?',
  ),
  removePrefix: database.prepare<[number, number]>(
    'DELETE FROM by_txid WHERE prefix = ? AND place = ?',
  ),
  removeHistory: database.prepare<[Uint8Array, number]>(
    'DELETE FROM history WHERE address = ? AND height = ?',
  ),
  removeStamp: database.prepare<[Uint8Array, number]>(
    'DELETE FROM stamps WHERE document = ? AND place = ?',
  ),
  removeCoin: database.prepare<CoinKey>(
    'DELETE FROM coins WHERE address = ? AND place = ? AND output = ?',
  ),
});

const prepareReads = (database: Database) => ({
  lastBlock: database
    .prepare<[], [number, Uint8Array]>(
      'SELECT height, hash FROM blocks ORDER BY height DESC LIMIT 1',
    )
    .raw(),
  hashAt: database
    .prepare<[number], Uint8Array>('SELECT hash FROM blocks WHERE height = ?')
    .pluck(),
  txidAt: database
    .prepare<[number], Uint8Array>(
      `WITH p(place) AS (VALUES (CAST(? AS INTEGER))) SELECT ${TXID} FROM p JOIN txids ON ${CHUNK}`,
    )
    .pluck(),
  placeOf: database
    .prepare<[number, Uint8Array], number>(
      `SELECT place FROM by_txid JOIN txids ON ${CHUNK} WHERE prefix = ? AND ${TXID} = ?`,
    )
    .pluck(),
  firstStamp: database
    .prepare<[Uint8Array], number>(
      'SELECT place FROM stamps WHERE document = ? ORDER BY place LIMIT 1',
    )
    .pluck(),
  coins: database
    .prepare<[Uint8Array, number, number, number], [number, number, Amount, Uint8Array]>(
      `SELECT place, output, amount, ${TXID} FROM coins JOIN txids ON ${CHUNK}
       WHERE address = ? AND (place, output) > (?, ?) ORDER BY place, output LIMIT ?`,
    )
    .raw(),
  coinSums: database
    .prepare<[number, Uint8Array], [Amount, number, Amount]>(
      'SELECT coalesce(sum(amount), 0), count(*), ' +
        'coalesce(sum(CASE WHEN place >= ? AND place % 65536 = 0 THEN amount END), 0) ' +
        'FROM coins WHERE address = ?',
    )
    .raw(),
  historyBelow: database
    .prepare<[Uint8Array, number], [number, Uint8Array]>(
      'SELECT height, entries FROM history WHERE address = ? AND height < ? ' +
        'ORDER BY height DESC LIMIT 1',
    )
    .raw(),
  historyFrom: database
    .prepare<[Uint8Array, number], [number, Uint8Array]>(
      'SELECT height, entries FROM history WHERE address = ? AND height >= ? ' +
        'ORDER BY height LIMIT 1',
    )
    .raw(),
  historyBytes: database
    .prepare<[Uint8Array], number>(
      'SELECT coalesce(sum(length(entries)), 0) FROM history WHERE address = ?',
    )
    .pluck(),
});
