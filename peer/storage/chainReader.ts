/**
 * Reads of the chain's tables, for the store and for snapshots.
 *
 * A damaged file gives rows in which anything stands, whatever the schema says: each value is
 * looked at before it is used. Throws `StoreDamage`, but not for bodies and undo: those are not
 * there, then.
 */

import { crc32 } from 'node:zlib';
import type { Database, Statement } from 'better-sqlite3';
import { toHex, toHexReversed } from '../../shared/bytes.js';
import { HEADER_BYTES } from '../../shared/consensus/header.js';
import type { BlockHash } from '../../shared/units.js';
import { COIN_BYTES, decodeCoins } from '../chain/coinBytes.js';
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
  readonly #state: Statement<[], Row>;
  readonly #body: Statement<[number], Row>;
  readonly #undo: Statement<[number], Row>;
  readonly #coin: Statement<[Uint8Array], Row>;
  readonly #coins: Statement<[], Row>;

  constructor(database: Database) {
    this.#headers = database.prepare<[], HeaderRow>(SELECT_HEADERS).raw();
    this.#state = database.prepare<[], Row>(SELECT_STATE).raw();
    this.#body = database.prepare<[number], Row>(SELECT_BODY).raw();
    this.#undo = database.prepare<[number], Row>(SELECT_UNDO).raw();
    this.#coin = database.prepare<[Uint8Array], Row>(SELECT_COIN).raw();
    this.#coins = database.prepare<[], Row>(SELECT_COINS).raw();
  }

  *headers(): Generator<StoredHeader, void> {
    for (const [id, bytes, status, checks, hasBody] of this.#headers.iterate()) {
      if (!isBytes(bytes, HEADER_BYTES)) {
        throw new StoreDamage(`Header ${String(id)} does not have 80 bytes.`);
      }
      const mark = checks === CHECKS_VERSION ? STATUSES[Number(status)] : undefined;
      yield { id, bytes, status: mark ?? 'unproven', hasBody: hasBody === 1 };
    }
  }

  state(): ChainState | undefined {
    const row = this.#state.get();
    if (row === undefined) return undefined;
    const [tip, position, target] = row;
    return {
      tip: stateHash(tip),
      position: stateHash(position),
      target: target === null ? undefined : stateHash(target),
    };
  }

  body(id: number): Uint8Array | undefined {
    return wholeBytes(this.#body.get(id));
  }

  undo(id: number): Uint8Array | undefined {
    return wholeBytes(this.#undo.get(id));
  }

  coin(outpoint: string): Coin | undefined {
    const row = this.#coin.get(Buffer.from(outpoint, 'hex'));
    return row && coinOf(row[0]);
  }

  /** All coins in the order of their outpoint keys. */
  *coins(): Generator<readonly [outpoint: string, coin: Coin], void> {
    for (const [key, bytes] of this.#coins.iterate()) {
      if (!isBytes(key)) throw new StoreDamage('A stored coin has no name.');
      yield [toHex(key), coinOf(bytes)];
    }
  }
}

const SELECT_HEADERS = 'SELECT id, bytes, status, checks, has_body FROM headers ORDER BY id';
const SELECT_STATE = 'SELECT tip, position, target FROM state';
const SELECT_BODY = 'SELECT bytes, checksum FROM bodies WHERE id = ?';
const SELECT_UNDO = 'SELECT bytes, checksum FROM undo WHERE id = ?';
const SELECT_COIN = 'SELECT coin FROM coins WHERE outpoint = ?';
const SELECT_COINS = 'SELECT outpoint, coin FROM coins ORDER BY outpoint';

type HeaderRow = [id: number, ...values: unknown[]];

type Row = unknown[];

const isBytes = (value: unknown, length?: number): value is Uint8Array =>
  value instanceof Uint8Array && (length === undefined || value.length === length);

function stateHash(value: unknown): BlockHash {
  if (isBytes(value, HASH_BYTES)) return toHexReversed(value) as BlockHash;
  throw new StoreDamage('Where it stands is no block.');
}

const HASH_BYTES = 32;

/** `undefined` as well when they are not the bytes that were stored. */
function wholeBytes(row: Row | undefined): Uint8Array | undefined {
  const [bytes, checksum] = row ?? [];
  return isBytes(bytes) && crc32(bytes) === checksum ? bytes : undefined;
}

function coinOf(value: unknown): Coin {
  const [coin] = isBytes(value, COIN_BYTES) ? decodeCoins(value) : [];
  if (coin === undefined) throw new StoreDamage('A stored coin is not whole.');
  return coin;
}
