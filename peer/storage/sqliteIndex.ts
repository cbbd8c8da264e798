/**
 * The index of transactions and addresses on SQLite: what the follower writes, and what the API and
 * the wallet read. It is all of one block, the cursor's.
 */

import type { Database } from 'better-sqlite3';
import { ByteReader } from '../../shared/byteReader.js';
import { ByteWriter } from '../../shared/byteWriter.js';
import { hashBytes, toHexReversed, writeHash, writeHex } from '../../shared/bytes.js';
import type { AddressHash, Amount, BlockHash, Txid } from '../../shared/units.js';
import type { Batch, BlockChanges, HistoryEntry, MadeCoin, SpentCoin } from '../index/batch.js';
import type {
  AddressCoin,
  AddressHistory,
  AddressSummary,
  CoinPage,
  HistoryPage,
  IndexCursor,
  IndexReader,
  TransactionPlace,
  TransactionPosition,
} from '../index/readers.js';
import { IndexDamage, type IndexStore } from '../index/store.js';
import { prepareIndex, type IndexStatements } from './indexStatements.js';

export class SqliteIndex implements IndexStore, IndexReader {
  readonly #database: Database;
  readonly #sql: IndexStatements;
  #cursor: IndexCursor | undefined;

  /** `database`: open and migrated; closed by `close`. */
  constructor(database: Database) {
    this.#database = database;
    this.#sql = prepareIndex(database);
    this.#cursor = this.#storedCursor();
  }

  cursor(): IndexCursor | undefined {
    return this.#cursor;
  }

  get height(): number {
    return this.#cursor?.height ?? -1;
  }

  connect(batch: Batch): void {
    this.#atomically(() => {
      for (const block of batch.blocks) this.#addBlock(block);
      for (const coin of batch.spent.values()) this.#removeCoin(this.#keyOf(coin));
      for (const coin of batch.made.values()) this.#addCoin(keyOfMade(coin), coin.amount);
    });
  }

  disconnect(batch: Batch): void {
    this.#atomically(() => {
      for (const coin of batch.made.values()) this.#removeCoin(keyOfMade(coin));
      for (const coin of batch.spent.values()) this.#addCoin(this.#keyOf(coin), coin.amount);
      for (const block of batch.blocks) this.#removeBlock(block);
    });
  }

  clear(): void {
    this.#atomically(() => {
      for (const table of TABLES) this.#database.exec(`DELETE FROM ${table}`);
    });
  }

  place(txid: Txid): TransactionPlace | undefined {
    const place = this.#placeOf(txid);
    if (place === undefined) return undefined;
    const at = positionOf(place);
    return { ...at, hash: this.hashAt(at.height) };
  }

  hashAt(height: number): BlockHash {
    const hash = this.#sql.hashAt.get(height);
    if (hash === undefined) throw new IndexDamage('A block of the index is missing.');
    return toHexReversed(hash) as BlockHash;
  }

  stamp(documentHash: string): Txid | undefined {
    const place = this.#sql.firstStamp.get(Buffer.from(documentHash, 'hex'));
    return place === undefined ? undefined : this.#txidAt(place);
  }

  coins(address: AddressHash, page?: CoinPage): AddressCoin[] {
    const after = page?.after;
    const rows = this.#sql.coins.all(
      addressBytes(address),
      after === undefined ? -1 : placeAt(after),
      after === undefined ? -1 : after.index,
      page?.count ?? -1,
    );
    return rows.map(([place, index, amount, txid]) => {
      const at = positionOf(place);
      const isCoinbase = at.position === 0;
      return { ...at, txid: toHexReversed(txid) as Txid, index, amount, isCoinbase };
    });
  }

  history(address: AddressHash, { count, before }: HistoryPage): AddressHistory[] {
    const found: AddressHistory[] = [];
    const key = addressBytes(address);
    // A row at a time: each may have as many entries as its block has transactions.
    for (let below = heightAbove(before); found.length < count;) {
      const row = this.#sql.historyBelow.get(key, below);
      if (row === undefined) break;
      const [height, bytes] = row;
      below = height;
      for (const { position, received, spent } of entriesDownward(bytes)) {
        if (before?.height === height && position >= before.position) continue;
        if (found.length >= count) break;
        const txid = this.#txidAt(placeAt({ height, position }));
        found.push({ height, position, txid, received, spent });
      }
    }
    return found;
  }

  placesFrom(
    address: AddressHash,
    from: TransactionPosition,
    count: number,
  ): TransactionPosition[] {
    const found: TransactionPosition[] = [];
    const key = addressBytes(address);
    for (let next = from.height; found.length < count;) {
      const row = this.#sql.historyFrom.get(key, next);
      if (row === undefined) break;
      const [height, bytes] = row;
      next = height + 1;
      const above = height === from.height ? from.position : 0;
      const places = [...entriesDownward(bytes)].reverse().map(({ position }) => position);
      const wanted = places.filter((position) => position >= above).slice(0, count - found.length);
      found.push(...wanted.map((position) => ({ height, position })));
    }
    return found;
  }

  summary(address: AddressHash, youngAbove: number): AddressSummary {
    const key = addressBytes(address);
    const young = placeAt({ height: Math.max(youngAbove, 0) + 1, position: 0 });
    const [amount, coinCount, youngAmount] = this.#sql.coinSums.get(young, key) ?? NOTHING;
    const bytes = this.#sql.historyBytes.get(key) ?? 0;
    const transactionCount = bytes / ENTRY_BYTES;
    return { amount, young: youngAmount, coinCount, transactionCount };
  }

  close(): void {
    this.#database.close();
  }

  #atomically(write: () => void): void {
    this.#sql.begin.run();
    try {
      write();
      this.#sql.commit.run();
    } finally {
      if (this.#database.inTransaction) this.#sql.rollback.run();
    }
    this.#cursor = this.#storedCursor();
  }

  #storedCursor(): IndexCursor | undefined {
    const row = this.#sql.lastBlock.get();
    return row && { height: row[0], hash: toHexReversed(row[1]) as BlockHash };
  }

  #addBlock({ height, hash, txids, history, stamps }: BlockChanges): void {
    this.#sql.addBlock.run(height, hashBytes(hash));
    const place = placeAt({ height, position: 0 });
    for (let from = 0; from < txids.length; from += CHUNK) {
      const bytes = txidBytes(txids.slice(from, from + CHUNK));
      this.#sql.addTxids.run((place + from) / CHUNK, bytes);
    }
    for (const [position, txid] of txids.entries()) {
      this.#sql.addPrefix.run(prefixOf(txid), place + position);
    }
    for (const [address, entries] of history) {
      this.#sql.addHistory.run(addressBytes(address), height, encodeEntries(entries));
    }
    for (const { documentHash, position } of stamps) {
      this.#sql.addStamp.run(Buffer.from(documentHash, 'hex'), placeAt({ height, position }));
    }
  }

  #removeBlock({ height, txids, history, stamps }: BlockChanges): void {
    for (const { documentHash, position } of stamps) {
      this.#sql.removeStamp.run(Buffer.from(documentHash, 'hex'), placeAt({ height, position }));
    }
    for (const address of history.keys()) {
      this.#sql.removeHistory.run(addressBytes(address), height);
    }
    const place = placeAt({ height, position: 0 });
    for (const [position, txid] of txids.entries()) {
      this.#sql.removePrefix.run(prefixOf(txid), place + position);
    }
    this.#sql.removeTxids.run(place / CHUNK, (place + POSITIONS) / CHUNK);
    this.#sql.removeBlock.run(height);
  }

  #addCoin({ address, place, index }: CoinKey, amount: Amount): void {
    this.#sql.addCoin.run(addressBytes(address), place, index, amount);
  }

  #removeCoin({ address, place, index }: CoinKey): void {
    const { changes } = this.#sql.removeCoin.run(addressBytes(address), place, index);
    if (changes !== 1) throw new IndexDamage('A coin of the index is missing.');
  }

  #keyOf({ txid, index, address }: SpentCoin): CoinKey {
    const place = this.#placeOf(txid);
    if (place === undefined) throw new IndexDamage('A transaction of the index is missing.');
    return { address, place, index };
  }

  #placeOf(txid: Txid): number | undefined {
    return this.#sql.placeOf.get(prefixOf(txid), hashBytes(txid));
  }

  #txidAt(place: number): Txid {
    const txid = this.#sql.txidAt.get(place);
    if (txid === undefined) throw new IndexDamage('A transaction of the index is missing.');
    return toHexReversed(txid) as Txid;
  }
}

interface CoinKey {
  readonly address: AddressHash;
  readonly place: number;
  readonly index: number;
}

const TABLES = ['blocks', 'txids', 'by_txid', 'coins', 'history', 'stamps'] as const;

/** More than a block of the largest size has transactions. */
const POSITIONS = 65_536;

/** How many txids are one row. */
const CHUNK = 32;

function txidBytes(txids: readonly Txid[]): Uint8Array {
  const bytes = new Uint8Array(txids.length * 32);
  for (const [i, txid] of txids.entries()) writeHash(bytes, i * 32, txid);
  return bytes;
}

const placeAt = ({ height, position }: { height: number; position: number }): number =>
  height * POSITIONS + position;

const positionOf = (place: number): { height: number; position: number } => ({
  height: Math.floor(place / POSITIONS),
  position: place % POSITIONS,
});

const keyOfMade = (coin: MadeCoin): CoinKey => ({
  address: coin.address,
  place: placeAt(coin),
  index: coin.index,
});

/** The first twelve digits as a number: 48 bits. */
const prefixOf = (txid: Txid): number => Number.parseInt(txid.slice(0, 12), 16);

/** SQLite copies what it is given, so that one array serves all: it is filled for each call. */
function addressBytes(address: AddressHash): Uint8Array {
  writeHex(ADDRESS_BYTES, 0, address);
  return ADDRESS_BYTES;
}

const ADDRESS_BYTES = new Uint8Array(20);

/** The rows of `history` to look at stand below this height. */
const heightAbove = (before: HistoryPage['before']): number =>
  before === undefined ? Number.MAX_SAFE_INTEGER : before.height + 1;

const NOTHING = [0 as Amount, 0, 0 as Amount] as const;

/** position u16 ‖ received u64 ‖ spent u64. */
const ENTRY_BYTES = 18;

function encodeEntries(entries: readonly HistoryEntry[]): Uint8Array {
  const writer = new ByteWriter(entries.length * ENTRY_BYTES);
  for (const { position, received, spent } of entries) {
    writer.u16(position);
    writer.u64(received);
    writer.u64(spent);
  }
  return writer.finish();
}

/** The entries of a row, the last first. */
function* entriesDownward(bytes: Uint8Array): Generator<HistoryEntry, void> {
  for (let end = bytes.length; end >= ENTRY_BYTES; end -= ENTRY_BYTES) {
    const reader = new ByteReader(bytes.subarray(end - ENTRY_BYTES, end));
    const position = reader.u16();
    const received = reader.u64();
    const spent = reader.u64();
    if (received === undefined || spent === undefined) {
      throw new IndexDamage('A history of the index has no possible amount.');
    }
    yield { position, received: received as Amount, spent: spent as Amount };
  }
}
