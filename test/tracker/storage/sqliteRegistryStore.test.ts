import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import Database from 'better-sqlite3';
import { expect } from 'chai';

import { Trouble } from '../../../shared/io/trouble.js';
import { encodeHost } from '../../../shared/wire/netAddress.js';
import type { PeerRow, RegistryStore } from '../../../tracker/registry/store.js';
import { MIGRATIONS } from '../../../tracker/storage/schema.js';
import { openSqliteRegistryStore } from '../../../tracker/storage/sqliteRegistryStore.js';
import { keyOf, NETWORKS } from '../registry/claims.js';

describe('tracker/storage/sqliteRegistryStore', () => {
  let folder: string;
  let path: string;
  let damaged: string[];
  const stores: RegistryStore[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-registry-'));
    path = join(folder, 'registry.sqlite');
    damaged = [];
  });

  afterEach(() => {
    for (const store of stores.splice(0)) store.close();
    rmSync(folder, { recursive: true });
  });

  function open(forgetBeforeUnix = 0): RegistryStore {
    const onDamaged = (aside: string): number => damaged.push(aside);
    const store = openSqliteRegistryStore({ path, forgetBeforeUnix, onDamaged });
    stores.push(store);
    return store;
  }

  /** Closes every store and opens the file again. */
  function reopen(forgetBeforeUnix = 0): RegistryStore {
    for (const store of stores.splice(0)) store.close();
    return open(forgetBeforeUnix);
  }

  it('gives back every field of every peer after a restart', () => {
    const rows = [rowOf({ port: 6000 }), rowOf({ port: 6001, network: NETWORKS[1] as never })];
    open().apply({ removals: [], upserts: rows });
    expect(rowsOf(reopen())).to.have.deep.members(rows);
  });

  it('replaces and removes by network, address and port', () => {
    const store = open();
    const row = rowOf({ port: 6000 });
    store.apply({ removals: [], upserts: [row, rowOf({ port: 6001 })] });
    store.apply({ removals: [rowOf({ port: 6001 })], upserts: [{ ...row, height: 99 }] });
    expect(rowsOf(reopen())).to.deep.equal([{ ...row, height: 99 }]);
  });

  it('removes before it writes, so that a peer in both is there', () => {
    const store = open();
    const row = rowOf({});
    store.apply({ removals: [row], upserts: [row] });
    expect(rowsOf(store)).to.deep.equal([row]);
  });

  it('forgets peers that were not heard of for long', () => {
    open().apply({ removals: [], upserts: [rowOf({ port: 6000, lastSeenUnix: 100 })] });
    expect(rowsOf(reopen(100))).to.have.length(1);
    expect(rowsOf(reopen(101))).to.have.length(0);
  });

  it('puts a file aside that is no database, and begins anew', () => {
    writeFileSync(path, 'this is not a database, however long it may be'.repeat(100));
    expect(rowsOf(open())).to.deep.equal([]);
    expect(damaged).to.deep.equal([`${path}.damaged-1`]);
    expect(readdirSync(folder)).to.include('registry.sqlite.damaged-1');
  });

  it('puts a damaged file aside, and begins anew', () => {
    const rows = Array.from({ length: 2_000 }, (_, i) => rowOf({ port: 2_000 + i }));
    open().apply({ removals: [], upserts: rows });
    stores.pop()?.close();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 20_480, 24_576);
    writeFileSync(path, bytes);
    expect(rowsOf(open())).to.deep.equal([]);
    expect(damaged).to.have.length(1);
  });

  it('puts a file without our table aside, and leaves out rows that cannot be', () => {
    const good = rowOf({ port: 6000 });
    const changes = [
      ...['port = 65536', 'port = 0', 'port = -1'],
      ...['network', 'address', 'node_key', 'source'].map((column) => `${column} = x'00'`),
    ];
    const others = changes.map((_, i) => rowOf({ port: 6001 + i }));
    open().apply({ removals: [], upserts: [good, ...others] });
    stores.pop()?.close();
    const database = new Database(path);
    for (const [i, change] of changes.entries()) {
      database.exec(`UPDATE peers SET ${change} WHERE port = ${String(6001 + i)}`);
    }
    database.close();
    expect(rowsOf(open())).to.deep.equal([good]);
    for (const damage of ['DROP TABLE peers', 'ALTER TABLE peers DROP COLUMN height']) {
      stores.pop()?.close();
      const torn = new Database(path);
      torn.exec(damage);
      torn.close();
      expect(rowsOf(open())).to.deep.equal([]);
    }
    expect(damaged).to.have.length(2);
  });

  it('refuses a file of a newer version, and leaves it alone', () => {
    open();
    stores.pop()?.close();
    const database = new Database(path);
    database.pragma(`user_version = ${String(MIGRATIONS.length + 1)}`);
    database.close();
    expect(() => open())
      .to.throw(Trouble)
      .with.property('code', 'schema-too-new');
    expect(damaged).to.deep.equal([]);
  });

  it('says so when the folder is not there', () => {
    path = join(folder, 'nowhere', 'registry.sqlite');
    expect(() => open()).to.throw(/directory does not exist|cannot be written/);
  });
});

function rowOf(changes: Partial<PeerRow>): PeerRow {
  return {
    network: NETWORKS[0] as PeerRow['network'],
    address: encodeHost('9.0.0.1'),
    port: 6000,
    nodeKey: keyOf(1),
    source: encodeHost('9.0.0.2'),
    isClaimed: true,
    name: 'Alice',
    height: 12,
    firstSeenUnix: 1_700_000_000,
    lastSeenUnix: 1_800_000_000,
    ...changes,
  };
}

function rowsOf(store: RegistryStore): PeerRow[] {
  const rows: PeerRow[] = [];
  store.load((row) => {
    const { address, nodeKey, source } = row;
    const plain = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);
    rows.push({ ...row, address: plain(address), nodeKey: plain(nodeKey), source: plain(source) });
  });
  return rows;
}
