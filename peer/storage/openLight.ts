/** Opens a light peer's database: headers and proofs, and the neighbours kept beside them. */

import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Network } from '../../shared/consensus/genesis.js';
import { MAIN_FILES } from '../../shared/io/dataDirectory.js';
import { LIGHT_MIGRATIONS } from './lightSchema.js';
import { NeighbourTable } from './neighbours.js';
import { claim, demandWholePages, opened, WAL_BYTES_KEPT } from './openStore.js';
import { migrateBy } from './schema.js';
import { SqliteLightStore } from './sqliteLightStore.js';

/** The name of the database in a data directory. */
export const LIGHT_FILE = MAIN_FILES['light peer'];

export interface OpenLightStore {
  readonly store: SqliteLightStore;
  readonly neighbours: NeighbourTable;
}

/**
 * Opens the database at `path` for `network`; a new one belongs to that network from then on. The
 * caller holds the lock of the data directory. Throws `Trouble`.
 */
export function openLightStore(path: string, network: Network): OpenLightStore {
  return opened(
    path,
    () => new Database(path),
    (database) => {
      demandWholePages(database, () => (existsSync(path) ? statSync(path).size : 0));
      database.pragma('journal_mode = WAL');
      database.pragma('synchronous = NORMAL');
      database.pragma(`journal_size_limit = ${String(WAL_BYTES_KEPT)}`);
      migrateBy(LIGHT_MIGRATIONS, database, path);
      claim(database, path, network);
      const store = new SqliteLightStore(database, path);
      return { store, neighbours: new NeighbourTable(database, path) };
    },
  );
}
