/**
 * The store of a light peer on SQLite: a write-ahead log with `synchronous=NORMAL`, as the chain's.
 * Whatever a power cut takes comes again from peers.
 */

import type { Database, Statement } from 'better-sqlite3';
import { hashBytes, toHex, toHexReversed } from '../../shared/bytes.js';
import { HEADER_BYTES } from '../../shared/consensus/header.js';
import type { AddressHash, BlockHash, NodeKey } from '../../shared/units.js';
import type { ProvenTransaction } from '../../shared/wire/peerMessages.js';
import { StoreDamage, type StoredHeader } from '../chain/store.js';
import type { LightStore, StoredTestimony } from '../light/store.js';
import { chainTrouble } from './chainTrouble.js';

export class SqliteLightStore implements LightStore {
  readonly #database: Database;
  readonly #path: string;
  readonly #sql: Statements;
  /** Inside `atomically`. */
  #isStep = false;

  /** `database`: open and migrated; closed by `close`. */
  constructor(database: Database, path: string) {
    this.#database = database;
    this.#path = path;
    this.#sql = prepare(database);
  }

  atomically<T>(step: () => T): T {
    if (this.#isStep) return step();
    this.#isStep = true;
    try {
      const result = step();
      if (this.#database.inTransaction) this.#sql.commit.run();
      return result;
    } catch (error) {
      if (this.#database.inTransaction) this.#sql.rollback.run();
      throw chainTrouble(error, this.#path);
    } finally {
      this.#isStep = false;
    }
  }

  *headers(): Generator<StoredHeader, void> {
    for (const [id, bytes] of this.#rows(this.#sql.headers)) {
      if (!isBytes(bytes, HEADER_BYTES)) {
        throw damaged(this.#path, `Header ${String(id)} does not have 80 bytes.`);
      }
      yield { id: Number(id), bytes, status: 'unproven', hasBody: false };
    }
  }

  putHeader(id: number, bytes: Uint8Array): void {
    this.#write(() => this.#sql.putHeader.run(id, bytes));
  }

  /** One that is not what it was is left out: nobody believes it, and it comes again. */
  *proofs(): Generator<ProvenTransaction, void> {
    for (const [block, position, count, path, transaction] of this.#rows(this.#sql.proofs)) {
      if (!isBytes(block, 32) || !isBytes(path) || !isBytes(transaction)) continue;
      if (typeof position !== 'number' || typeof count !== 'number') continue;
      yield { block: toHexReversed(block) as BlockHash, position, count, path, transaction };
    }
  }

  putProof({ block, position, count, path, transaction }: ProvenTransaction): void {
    const { putProof } = this.#sql;
    this.#write(() => putProof.run(hashBytes(block), position, count, path, transaction));
  }

  *testimonies(): Generator<StoredTestimony, void> {
    for (const [key, upTo] of this.#rows(this.#sql.testimonies)) {
      if (!isBytes(key, 32) || !isBytes(upTo, 32)) continue;
      const addresses = this.#sql.testified.all(key).filter((one) => isBytes(one, 20));
      yield {
        nodeKey: toHex(key) as NodeKey,
        upTo: toHexReversed(upTo) as BlockHash,
        addresses: addresses.map((address) => toHex(address) as AddressHash),
      };
    }
  }

  putTestimony({ nodeKey, upTo, addresses }: StoredTestimony): void {
    const key = bytesOf(nodeKey);
    this.#write(() => {
      this.#sql.putTestimony.run(key, hashBytes(upTo));
      for (const address of addresses) this.#sql.putTestified.run(key, bytesOf(address));
    });
  }

  deleteTestimony(nodeKey: NodeKey): void {
    const key = bytesOf(nodeKey);
    this.#write(() => {
      this.#sql.deleteTestimony.run(key);
      this.#sql.deleteTestified.run(key);
    });
  }

  close(): void {
    this.#database.close();
  }

  /** The transaction begins with the first write: most steps have none. */
  #write(write: () => void): void {
    this.atomically(() => {
      if (!this.#database.inTransaction) this.#sql.begin.run();
      write();
    });
  }

  *#rows(statement: Statement<[], unknown[]>): Generator<unknown[], void> {
    try {
      yield* statement.all();
    } catch (error) {
      throw chainTrouble(error, this.#path);
    }
  }
}

const isBytes = (value: unknown, length?: number): value is Uint8Array =>
  value instanceof Uint8Array && (length === undefined || value.length === length);

const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

const damaged = (path: string, what: string): unknown => chainTrouble(new StoreDamage(what), path);

interface Statements {
  readonly begin: Statement<[]>;
  readonly commit: Statement<[]>;
  readonly rollback: Statement<[]>;
  readonly headers: Statement<[], unknown[]>;
  readonly proofs: Statement<[], unknown[]>;
  readonly testimonies: Statement<[], unknown[]>;
  readonly testified: Statement<[nodeKey: Uint8Array], Uint8Array>;
  readonly putHeader: Statement<[id: number, bytes: Uint8Array]>;
  readonly putProof: Statement<
    [block: Uint8Array, position: number, count: number, path: Uint8Array, bytes: Uint8Array]
  >;
  readonly putTestimony: Statement<[nodeKey: Uint8Array, upTo: Uint8Array]>;
  readonly putTestified: Statement<[nodeKey: Uint8Array, address: Uint8Array]>;
  readonly deleteTestimony: Statement<[nodeKey: Uint8Array]>;
  readonly deleteTestified: Statement<[nodeKey: Uint8Array]>;
}

const prepare = (database: Database): Statements => ({
  begin: database.prepare('BEGIN IMMEDIATE'),
  commit: database.prepare('COMMIT'),
  rollback: database.prepare('ROLLBACK'),
  headers: database.prepare<[], unknown[]>('SELECT id, bytes FROM headers ORDER BY id').raw(),
  proofs: database
    .prepare<[], unknown[]>(
      'SELECT block, position, tree_size, path, bytes FROM proofs ORDER BY number',
    )
    .raw(),
  testimonies: database
    .prepare<[], unknown[]>('SELECT node_key, up_to FROM testimonies ORDER BY heard')
    .raw(),
  testified: database
    .prepare<[Uint8Array], Uint8Array>('SELECT address FROM testified WHERE node_key = ?')
    .pluck(),
  putHeader: database.prepare('INSERT INTO headers (id, bytes) VALUES (?, ?)'),
  putProof: database.prepare(
    'INSERT INTO proofs (block, position, tree_size, path, bytes) VALUES (?, ?, ?, ?, ?)',
  ),
  putTestimony: database.prepare(
    'INSERT OR REPLACE INTO testimonies (node_key, heard, up_to) VALUES ' +
      '(?, (SELECT coalesce(max(heard), 0) + 1 FROM testimonies), ?)',
  ),
  putTestified: database.prepare('INSERT OR IGNORE INTO testified VALUES (?, ?)'),
  deleteTestimony: database.prepare('DELETE FROM testimonies WHERE node_key = ?'),
  deleteTestified: database.prepare('DELETE FROM testified WHERE node_key = ?'),
});
