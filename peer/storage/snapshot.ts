/** A read-only look at a peer's database as it is at one moment, also while a peer writes to it. */

import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import type { Network } from '../../shared/consensus/genesis.js';
import { Trouble } from '../../shared/io/trouble.js';
import type { HeaderTree } from '../chain/headerTree.js';
import { loadTree, standingOf, type Standing } from '../chain/load.js';
import { StoreDamage } from '../chain/store.js';
import { ChainReader } from './chainReader.js';
import { isEmptied, opened, storedNetwork } from './openStore.js';
import { SCHEMA_VERSION, versionOf } from './schema.js';

/** Everything read from it is of the moment at which it was opened, until `close`. */
export interface ChainSnapshot {
  readonly network: Network;
  readonly chain: ChainReader;
  close(): void;
}

/** Opens the database at `path`. Throws `Trouble`, also where there is none. */
export function openSnapshot(path: string): ChainSnapshot {
  if (!existsSync(path)) throw missing(path);
  const open = (): Database.Database => new Database(path, { readonly: true, fileMustExist: true });
  return opened(path, open, (database) => {
    if (isEmptied(path)) throw new StoreDamage('It is empty.');
    // The first read inside it fixes the moment.
    database.exec('BEGIN');
    if (versionOf(database, path) < SCHEMA_VERSION) throw outdated(path);
    const network = storedNetwork(database);
    if (network === undefined) throw new StoreDamage('It belongs to no network.');
    const close = (): void => {
      database.close();
    };
    return { network, chain: new ChainReader(database), close };
  });
}

/** The tree of a snapshot, and where its chain stands. Throws `StoreDamage`. */
export function standingIn({ network, chain }: ChainSnapshot): Standing & { tree: HeaderTree } {
  const tree = loadTree(network, chain.headers());
  if (tree === undefined) throw new StoreDamage('It has no blocks.');
  return { tree, ...standingOf(tree, chain.state()) };
}

const missing = (path: string): Trouble =>
  new Trouble(
    'no-chain',
    `There is no chain at ${path}.`,
    'Name the data directory of a peer that has run before.',
  );

const outdated = (path: string): Trouble =>
  new Trouble(
    'schema-too-old',
    `${path} was written by an older version of cairn.`,
    'Start a peer on that data directory once: it brings the file up to date.',
  );
