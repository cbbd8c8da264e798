/** Reads of the chain's tables, for the store and for snapshots. */

import { crc32 } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import { toHex, toHexReversed } from '../../shared/bytes.js';
import type { BlockHash } from '../../shared/units.js';
import { decodeCoins } from '../chain/coinBytes.js';
import {
  CHECKS_VERSION,
  StoreDamage,
  type ChainState,
  type Coin,
  type HeaderStatus,
  type StoredHeader,
} from '../chain/store.js';

/** What the numbers in column `status` mean. */
export const STATUSES: readonly HeaderStatus[] = ['unproven', 'connected', 'invalid'];

export class ChainReader {
  readonly #headers: Statement<[], HeaderRow>;
  readonly #state: Statement<[], StateRow>;
  readonly #body: Statement<[number], CheckedRow>;
  readonly #undo: Statement<[number], CheckedRow>;
  readonly #coin: Statement<[Uint8Array], Uint8Array>;
  readonly #coins: Statement<[], [Uint8Array, Uint8Array]>;

  constructor(database: Database) {
    this.#headers = database.prepare<[], HeaderRow>(SELECT_HEADERS).raw();
    this.#state = database.prepare('SELECT tip, position, target FROM state');
    this.#body = database.prepare<[number], CheckedRow>(SELECT_BODY).raw();
    this.#undo = database.prepare<[number], CheckedRow>(SELECT_UNDO).raw();
    this.#coin = database.prepare<[Uint8Array], Uint8Array>(SELECT_COIN).pluck();
    this.#coins = database.prepare<[], [Uint8Array, Uint8Array]>(SELECT_COINS).raw();
  }

  *headers(): Generator<StoredHeader, void> {
    for (const [id, bytes, status, checks, hasBody] of this.#headers.iterate()) {
      const mark = checks === CHECKS_VERSION ? STATUSES[status] : undefined;
      yield { id, bytes, status: mark ?? 'unproven', hasBody: hasBody === 1 };
    }
  }

  state(): ChainState | undefined {
    const row = this.#state.get();
    return row && { tip: hashOf(row.tip), position: hashOf(row.position), target: target(row) };
  }

  body(id: number): Uint8Array | undefined {
    return wholeBytes(this.#body.get(id));
  }

  undo(id: number): Uint8Array | undefined {
    return wholeBytes(this.#undo.get(id));
  }

  coin(outpoint: string): Coin | undefined {
    const bytes = this.#coin.get(Buffer.from(outpoint, 'hex'));
    return bytes && coinOf(bytes);
  }

  /** All coins in the order of their outpoint keys. */
  *coins(): Generator<readonly [outpoint: string, coin: Coin], void> {
    for (const [key, bytes] of this.#coins.iterate()) yield [toHex(key), coinOf(bytes)];
  }
}

const SELECT_HEADERS = 'SELECT id, bytes, status, checks, has_body FROM headers ORDER BY id';
const SELECT_BODY = 'SELECT bytes, checksum FROM bodies WHERE id = ?';
const SELECT_UNDO = 'SELECT bytes, checksum FROM undo WHERE id = ?';
const SELECT_COIN = 'SELECT coin FROM coins WHERE outpoint = ?';
const SELECT_COINS = 'SELECT outpoint, coin FROM coins ORDER BY outpoint';

type HeaderRow = [id: number, bytes: Uint8Array, status: number, checks: number, hasBody: number];

type CheckedRow = [bytes: Uint8Array, checksum: number];

interface StateRow {
  readonly tip: Uint8Array;
  readonly position: Uint8Array;
  readonly target: Uint8Array | null;
}

const hashOf = (bytes: Uint8Array): BlockHash => toHexReversed(bytes) as BlockHash;

const target = (row: StateRow): BlockHash | undefined =>
  row.target === null ? undefined : hashOf(row.target);

/** `undefined` as well when they are not the bytes that were stored. */
function wholeBytes(row: CheckedRow | undefined): Uint8Array | undefined {
  if (row === undefined) return undefined;
  const [bytes, checksum] = row;
  return crc32(bytes) === checksum ? bytes : undefined;
}

function coinOf(bytes: Uint8Array): Coin {
  const [coin] = decodeCoins(bytes);
  if (coin === undefined) throw new StoreDamage('A stored coin is empty.');
  return coin;
}
