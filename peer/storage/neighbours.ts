/**
 * The last good neighbours, kept over a restart: `keep-neighbours` writes them, a start dials them
 * first.
 */

import type { Database } from 'better-sqlite3';
import { parseNetAddress, printNetAddress, type NetAddress } from '../../shared/wire/netAddress.js';
import { chainTrouble, isUnreadable } from './chainTrouble.js';

export class NeighbourTable {
  readonly #database: Database;
  readonly #path: string;
  readonly #replace: (addresses: readonly NetAddress[]) => void;

  /** `database`: the one at `path` that also holds the chain. */
  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    const clear = database.prepare('DELETE FROM neighbours');
    const add = database.prepare<[number, string, number]>(
      'INSERT INTO neighbours (rank, host, port) VALUES (?, ?, ?)',
    );
    this.#replace = database.transaction((addresses: readonly NetAddress[]) => {
      clear.run();
      for (const [rank, { host, port }] of addresses.entries()) add.run(rank, host, port);
    });
  }

  /** Best first. They are hints: what is no address, or cannot be read, is left out. */
  read(): NetAddress[] {
    const rows = this.#database.prepare<[], StoredAddress>(
      'SELECT host, port FROM neighbours ORDER BY rank',
    );
    try {
      return rows.all().flatMap((row) => addressIn(row) ?? []);
    } catch (error) {
      if (isUnreadable(error)) return [];
      throw chainTrouble(error, this.#path);
    }
  }

  /** Keeps `addresses`, best first, in place of what was kept before. */
  replace(addresses: readonly NetAddress[]): void {
    try {
      this.#replace(addresses);
    } catch (error) {
      throw chainTrouble(error, this.#path);
    }
  }
}

interface StoredAddress {
  readonly host: unknown;
  readonly port: unknown;
}

const addressIn = ({ host, port }: StoredAddress): NetAddress | undefined =>
  typeof host === 'string' && typeof port === 'number'
    ? parseNetAddress(printNetAddress({ host, port }))
    : undefined;
