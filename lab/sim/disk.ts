/**
 * The disk of a participant: a chain's database in memory, with what disks do. A program that is
 * killed loses nothing that was committed; a computer that loses power goes back to what the disk
 * had really taken; writes fail; bytes turn.
 */

import Database from 'better-sqlite3';
import type { Network } from '../../shared/consensus/genesis.js';
import type { Rng } from '../../shared/rng.js';
import type { ChainStore } from '../../peer/chain/store.js';
import { ChainReader } from '../../peer/storage/chainReader.js';
import { demandWholePages, IN_MEMORY, opened, storeIn } from '../../peer/storage/openStore.js';
import type { ChainSnapshot } from '../../peer/storage/snapshot.js';
import { failingStore } from './failingStore.js';

export class Disk {
  readonly #network: Network;
  #database: Database.Database;
  /** Of the last look, while the database is the same. */
  #snapshot: ChainSnapshot | undefined;
  /** Something did what no program does, since it was whole. */
  #isDamaged = false;
  /** Of the file, when it was written anew last; SQLite lets it grow by whole pages. */
  #sizeBytes = 0;
  /** What would be there after a loss of power. */
  #safe: Buffer;
  #isSafeDamaged = false;

  constructor(network: Network) {
    this.#network = network;
    this.#database = new Database(IN_MEMORY);
    storeIn(this.#database, IN_MEMORY, network);
    this.#safe = this.#database.serialize();
  }

  /**
   * The store for one run of the program. With `failsAtWrite`, that write of it (from 0) throws.
   * Throws trouble as a start would.
   */
  open(failsAtWrite?: number): ChainStore {
    const store = opened(
      IN_MEMORY,
      () => this.#database,
      (database) => {
        demandWholePages(database, () => this.#sizeBytes);
        return storeIn(database, IN_MEMORY, this.#network);
      },
    );
    return failsAtWrite === undefined ? store : failingStore(store, failsAtWrite);
  }

  /** What is committed now, to look at. */
  look(): ChainSnapshot {
    const close = (): void => undefined;
    const network = this.#network;
    this.#snapshot ??= { network, chain: new ChainReader(this.#database), close };
    return this.#snapshot;
  }

  /** What is on it, row by row; only to be read. */
  get database(): Database.Database {
    return this.#database;
  }

  /** Whether a start may find it damaged. */
  get isDamaged(): boolean {
    return this.#isDamaged;
  }

  /** All that is on it. */
  bytes(): Buffer {
    return this.#database.serialize();
  }

  /** From now on `bytes` is what is on it; no program runs on it. */
  replace(bytes: Buffer): void {
    this.#database.close();
    this.#use(new Database(bytes), bytes.length);
  }

  /** The system has brought everything so far to the disk. */
  sync(): void {
    this.#safe = this.bytes();
    this.#isSafeDamaged = this.#isDamaged;
  }

  /** What was written since the last `sync` is lost. */
  losePower(): void {
    const isDamaged = this.#isSafeDamaged;
    this.replace(this.#safe);
    this.#isDamaged = isDamaged;
  }

  /** The end of the file is gone. */
  tear(rng: Rng): void {
    const bytes = this.bytes();
    this.replace(bytes.subarray(0, 1 + rng.below(bytes.length - 1)));
    this.#isDamaged = true;
  }

  /** The operator begins with an empty data directory. */
  wipe(): void {
    this.#use(new Database(IN_MEMORY), 0);
    storeIn(this.#database, IN_MEMORY, this.#network);
    this.sync();
  }

  #use(database: Database.Database, sizeBytes: number): void {
    this.#isDamaged = false;
    this.#database = database;
    this.#sizeBytes = sizeBytes;
    this.#snapshot = undefined;
  }
}
