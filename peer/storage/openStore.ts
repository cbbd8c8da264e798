/** Opens a peer's database: the chain's store, and the neighbours that are kept beside it. */

import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { decodeParams } from '../../shared/consensus/params.js';
import { networkOf, type Network } from '../../shared/consensus/genesis.js';
import { MAIN_FILES } from '../../shared/io/dataDirectory.js';
import { Trouble } from '../../shared/io/trouble.js';
import { StoreDamage } from '../chain/store.js';
import { chainTrouble } from './chainTrouble.js';
import { NeighbourTable } from './neighbours.js';
import { migrate, versionOf } from './schema.js';
import { SqliteChainStore } from './sqliteChainStore.js';

/** The name of the database in a data directory. */
export const CHAIN_FILE = MAIN_FILES.peer;

/** A path that stands for a database in memory. */
export const IN_MEMORY = ':memory:';

export interface OpenStore {
  readonly store: SqliteChainStore;
  readonly neighbours: NeighbourTable;
  /** A file was there with nothing in it: by a crash, or by somebody. It has begun anew. */
  readonly wasEmptied: boolean;
}

/** Whether there is a file at `path` that holds nothing. */
export const isEmptied = (path: string): boolean => existsSync(path) && statSync(path).size === 0;

/**
 * Opens the database at `path` for `network`; a new one belongs to that network from then on. The
 * caller holds the lock of the data directory. Throws `Trouble`.
 */
export function openStore(path: string, network: Network): OpenStore {
  const wasEmptied = isEmptied(path);
  return opened(
    path,
    () => new Database(path),
    (database) => {
      demandWholePages(database, () => sizeOf(path));
      const store = storeIn(database, path, network);
      return { store, neighbours: new NeighbourTable(database, path), wasEmptied };
    },
  );
}

/** The chain's store in a database that somebody else has opened, and that is at `path`. */
export function storeIn(
  database: Database.Database,
  path: string,
  network: Network,
): SqliteChainStore {
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = NORMAL');
  database.pragma(`journal_size_limit = ${String(WAL_BYTES_KEPT)}`);
  migrate(database, path);
  claim(database, path, network);
  return new SqliteChainStore(database, path);
}

/**
 * Throws `StoreDamage` when the file of `database` ends inside a page: SQLite takes what is missing
 * of it for zeros, and coins for others. Whole pages that are missing it finds itself. `sizeOf`:
 * bytes of the file now.
 */
export function demandWholePages(database: Database.Database, sizeOf: () => number): void {
  const pageBytes = Number(database.pragma('page_size', { simple: true }));
  if (sizeOf() % pageBytes === 0) return;
  // A page that was on its way from the log into the file is whole in the log.
  database.pragma('wal_checkpoint(TRUNCATE)');
  if (sizeOf() % pageBytes > 0) throw new StoreDamage('Its end is missing.');
}

const sizeOf = (path: string): number => (existsSync(path) ? statSync(path).size : 0);

/**
 * The network to which the database at `path`, a full or a light peer's, belongs; `undefined` where
 * there is none yet.
 */
export function pinnedNetwork(path: string): Network | undefined {
  if (!existsSync(path)) return undefined;
  return opened(
    path,
    () => new Database(path, { readonly: true }),
    (database) => {
      const network = versionOf(database, path) === 0 ? undefined : storedNetwork(database);
      database.close();
      return network;
    },
  );
}

/** The network written in an open database, if one is. */
export function storedNetwork(database: Database.Database): Network | undefined {
  const bytes = database.prepare<[]>('SELECT params FROM network').pluck().get();
  if (bytes === undefined) return undefined;
  if (!(bytes instanceof Uint8Array)) throw new StoreDamage('Its network parameters are no bytes.');
  const params = decodeParams(bytes);
  if (!params.ok)
    throw new StoreDamage(`Its network parameters are wrong: ${params.error.problem}`);
  return networkOf(params.value);
}

/** What `use` makes of the database; a failure closes it and becomes `Trouble`. */
export function opened<T>(
  path: string,
  open: () => Database.Database,
  use: (database: Database.Database) => T,
): T {
  let database: Database.Database | undefined;
  try {
    database = open();
    return use(database);
  } catch (error) {
    database?.close();
    throw chainTrouble(error, path);
  }
}

/** A log that grew in a sync is cut back to this when the database takes it in. */
export const WAL_BYTES_KEPT = 4_000_000;

/** Makes the database at `path` that of `network`, unless it is another's: throws `Trouble`. */
export function claim(database: Database.Database, path: string, network: Network): void {
  const stored = storedNetwork(database);
  if (stored === undefined) {
    database.prepare('INSERT INTO network (params) VALUES (?)').run(network.paramsBytes);
  } else if (stored.id !== network.id) {
    throw new Trouble(
      'other-network',
      `${path} belongs to network "${stored.params.name}" (${stored.id}), ` +
        `not to "${network.params.name}" (${network.id}).`,
      'Choose another data directory for the other network, or move this file and those beside ' +
        'it whose names begin like it away.',
    );
  }
}
