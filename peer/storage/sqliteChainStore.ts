/**
 * The chain's store on SQLite. The file is a write-ahead log with `synchronous=NORMAL`: a killed
 * process loses nothing, a power cut may lose the last blocks, which come again from peers.
 */

import { crc32 } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import { hashBytes } from '../../shared/bytes.js';
import type { UnixSeconds } from '../../shared/units.js';
import { encodeCoins } from '../chain/coinBytes.js';
import {
  CHECKS_VERSION,
  type ChainState,
  type ChainStore,
  type Coin,
  type CoinDelta,
  type HeaderStatus,
  type KeptTransaction,
  type StoredHeader,
  type StorePace,
} from '../chain/store.js';
import { ChainReader, STATUSES } from './chainReader.js';
import { chainTrouble } from './chainTrouble.js';

export class SqliteChainStore implements ChainStore {
  readonly #database: Database;
  readonly #path: string;
  readonly #reader: ChainReader;
  readonly #writes: Writes;
  readonly #transactions: Statement<[], KeptRow>;
  /** Inside `atomically`. */
  #isStep = false;
  /** The step has a transaction of SQLite's; to ask the database itself takes 0.3 µs. */
  #hasBegun = false;
  /** In this step. */
  #coinReads = 0;
  /**
   * Rows of headers: each is written once, at the end of a step. A few new ones that nothing else
   * comes with wait for the next step that writes: to commit them alone would take as long as to
   * tell others of them, and who never wrote them hears of them again.
   */
  readonly #changes = new Map<number, HeaderChange>();

  /** `database`: open and migrated; closed by `close`. */
  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#reader = new ChainReader(database);
    this.#writes = prepareWrites(database);
    this.#transactions = database.prepare<[], KeptRow>(SELECT_WAITING).raw();
    this.setPace('tip');
  }

  atomically<T>(step: () => T): T {
    if (this.#isStep) return step();
    this.#isStep = true;
    this.#coinReads = 0;
    try {
      const result = step();
      if (this.#changes.size > HEADERS_WAITING_MAX) this.#begin();
      if (this.#hasBegun) {
        if (this.#changes.size > 0) this.#writeHeaders();
        this.#writes.commit.run();
      }
      return result;
    } catch (error) {
      this.#changes.clear();
      this.#rollBack();
      throw chainTrouble(error, this.#path);
    } finally {
      this.#isStep = false;
      this.#hasBegun = false;
    }
  }

  *headers(): Generator<StoredHeader, void> {
    try {
      this.#flush();
      yield* this.#reader.headers();
    } catch (error) {
      throw chainTrouble(error, this.#path);
    }
  }

  state(): ChainState | undefined {
    return this.#guarded(() => this.#reader.state());
  }

  coin(outpoint: string): Coin | undefined {
    return this.#guarded(() => {
      if (++this.#coinReads > READS_ALONE_MAX) this.#begin();
      return this.#reader.coin(outpoint);
    });
  }

  /** All stored coins in the order of their outpoint keys, as of the stored position. */
  coins(): Iterable<readonly [outpoint: string, coin: Coin]> {
    return this.#reader.coins();
  }

  body(id: number): Uint8Array | undefined {
    return this.#guarded(() => this.#reader.body(id));
  }

  undo(id: number): Uint8Array | undefined {
    return this.#guarded(() => this.#reader.undo(id));
  }

  putHeader(id: number, bytes: Uint8Array): void {
    this.atomically(() => {
      this.#changeOf(id).bytes = bytes;
    });
  }

  setStatus(id: number, status: HeaderStatus): void {
    this.#write(() => {
      this.#changeOf(id).status = status;
    });
  }

  putBody(id: number, blockBytes: Uint8Array): void {
    this.#write(() => {
      this.#writes.putBody.run(id, blockBytes, crc32(blockBytes));
      this.#changeOf(id).hasBody = true;
    });
  }

  putUndo(id: number, undo: Uint8Array): void {
    this.#write(() => this.#writes.putUndo.run(id, undo, crc32(undo)));
  }

  transactions(): readonly KeptTransaction[] {
    return this.#guarded(() => this.#transactions.all().flatMap(keptOf));
  }

  putTransaction({ number, addedAt, bytes }: KeptTransaction): void {
    this.#write(() => this.#writes.putTransaction.run(number, addedAt, bytes));
  }

  deleteTransaction(number: number): void {
    this.#write(() => this.#writes.deleteTransaction.run(number));
  }

  writeCoins({ created, spent }: CoinDelta): void {
    this.#write(() => {
      // Neighbours in the tree one after the other: each of its pages is changed once.
      for (const outpoint of [...spent].sort()) {
        if (!created.has(outpoint)) this.#writes.deleteCoin.run(Buffer.from(outpoint, 'hex'));
      }
      for (const [outpoint, coin] of [...created].sort(byOutpoint)) {
        this.#writes.putCoin.run(Buffer.from(outpoint, 'hex'), encodeCoins([coin]));
      }
    });
  }

  setState({ tip, position, target }: ChainState): void {
    const targetBytes = target === undefined ? null : hashBytes(target);
    this.#write(() => this.#writes.setState.run(hashBytes(tip), hashBytes(position), targetBytes));
  }

  setPace(pace: StorePace): void {
    const { cacheKib, checkpointPages } = PACES[pace];
    this.#guarded(() => {
      this.#database.pragma(`cache_size = -${String(cacheKib)}`);
      this.#database.pragma(`wal_autocheckpoint = ${String(checkpointPages)}`);
      if (pace === 'tip') this.#database.pragma('shrink_memory');
    });
  }

  /** Writes what waits. Throws when the disk does not take it; closed it is then, too. */
  close(): void {
    try {
      this.#flush();
    } finally {
      this.#database.close();
    }
  }

  #flush(): void {
    if (this.#changes.size === 0) return;
    this.atomically(() => {
      this.#begin();
      this.#writeHeaders();
    });
  }

  #changeOf(id: number): HeaderChange {
    let change = this.#changes.get(id);
    if (change === undefined) {
      change = { bytes: undefined, status: undefined, hasBody: false };
      this.#changes.set(id, change);
    }
    return change;
  }

  #writeHeaders(): void {
    const { putHeader, setStatus, setHasBody } = this.#writes;
    for (const [id, { bytes, status, hasBody }] of this.#changes) {
      const checks = status === undefined ? 0 : CHECKS_VERSION;
      const mark = STATUSES.indexOf(status ?? 'unproven');
      if (bytes !== undefined) putHeader.run(id, bytes, mark, checks, Number(hasBody));
      else if (status !== undefined) setStatus.run(mark, checks, Number(hasBody), id);
      else if (hasBody) setHasBody.run(id);
    }
    this.#changes.clear();
  }

  #write(write: () => void): void {
    this.atomically(() => {
      this.#begin();
      write();
    });
  }

  /**
   * The transaction begins with the first write: most steps have none, and an empty one costs 15
   * µs. Or when several coins are looked for, since locking for each one alone doubles its 3 µs.
   */
  #begin(): void {
    if (!this.#isStep || this.#hasBegun) return;
    this.#writes.begin.run();
    this.#hasBegun = true;
  }

  #guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw chainTrouble(error, this.#path);
    }
  }

  #rollBack(): void {
    // SQLite has rolled back by itself after some errors.
    if (this.#database.inTransaction) this.#writes.rollback.run();
  }
}

/** New headers that wait to be written: more come in answers only, and those are long. */
const HEADERS_WAITING_MAX = 16;

/** Coins that are looked for without a transaction: those of a payment. */
const READS_ALONE_MAX = 4;

/**
 * In a sync, pages are changed again soon and by the thousand; checkpoints are few and long. At
 * the tip a checkpoint should take less than a block's delay, and memory at rest counts.
 */
const PACES = {
  sync: { cacheKib: 32_000, checkpointPages: 10_000 },
  tip: { cacheKib: 8_000, checkpointPages: 500 },
} as const satisfies Record<StorePace, { cacheKib: number; checkpointPages: number }>;

const byOutpoint = ([a]: readonly [string, Coin], [b]: readonly [string, Coin]): number =>
  a < b ? -1 : 1;

type KeptRow = readonly [number: unknown, addedAt: unknown, bytes: unknown];

const SELECT_WAITING = 'SELECT number, added_at, bytes FROM waiting ORDER BY number';

/** None where a damaged file gives something else: it comes again from whoever wants it. */
function keptOf([number, addedAt, bytes]: KeptRow): readonly KeptTransaction[] {
  if (!Number.isSafeInteger(number) || !Number.isSafeInteger(addedAt)) return [];
  if (!(bytes instanceof Uint8Array)) return [];
  return [{ number: number as number, addedAt: addedAt as UnixSeconds, bytes }];
}

/** What a step changes in the row of a header, new or old. */
interface HeaderChange {
  bytes: Uint8Array | undefined;
  status: HeaderStatus | undefined;
  hasBody: boolean;
}

interface Writes {
  readonly begin: Statement<[]>;
  readonly commit: Statement<[]>;
  readonly rollback: Statement<[]>;
  readonly putHeader: Statement<
    [id: number, bytes: Uint8Array, status: number, checks: number, hasBody: number]
  >;
  readonly setStatus: Statement<[status: number, checks: number, hasBody: number, id: number]>;
  readonly putBody: Statement<[id: number, bytes: Uint8Array, checksum: number]>;
  readonly setHasBody: Statement<[id: number]>;
  readonly putUndo: Statement<[id: number, bytes: Uint8Array, checksum: number]>;
  readonly putTransaction: Statement<[number: number, addedAt: number, bytes: Uint8Array]>;
  readonly deleteTransaction: Statement<[number: number]>;
  readonly putCoin: Statement<[outpoint: Uint8Array, coin: Uint8Array]>;
  readonly deleteCoin: Statement<[outpoint: Uint8Array]>;
  readonly setState: Statement<[tip: Uint8Array, position: Uint8Array, target: Uint8Array | null]>;
}

const prepareWrites = (database: Database): Writes => ({
  begin: database.prepare('BEGIN IMMEDIATE'),
  commit: database.prepare('COMMIT'),
  rollback: database.prepare('ROLLBACK'),
  putHeader: database.prepare(
    'INSERT INTO headers (id, bytes, status, checks, has_body) VALUES (?, ?, ?, ?, ?)',
  ),
  setStatus: database.prepare(
    'UPDATE headers SET status = ?, checks = ?, has_body = has_body | ? WHERE id = ?',
  ),
  putBody: database.prepare('INSERT OR REPLACE INTO bodies (id, bytes, checksum) VALUES (?, ?, ?)'),
  setHasBody: database.prepare('UPDATE headers SET has_body = 1 WHERE id = ?'),
  putUndo: database.prepare('INSERT OR REPLACE INTO undo (id, bytes, checksum) VALUES (?, ?, ?)'),
  putTransaction: database.prepare(
    'INSERT OR IGNORE INTO waiting (number, added_at, bytes) VALUES (?, ?, ?)',
  ),
  deleteTransaction: database.prepare('DELETE FROM waiting WHERE number = ?'),
  putCoin: database.prepare('INSERT OR REPLACE INTO coins (outpoint, coin) VALUES (?, ?)'),
  deleteCoin: database.prepare('DELETE FROM coins WHERE outpoint = ?'),
  setState: database.prepare(
    'INSERT OR REPLACE INTO state (id, tip, position, target) VALUES (0, ?, ?, ?)',
  ),
});
