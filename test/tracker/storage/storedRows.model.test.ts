/**
 * The registry's table with any value in any place, as a foreign or damaged file may have it: what
 * is loaded are whole peers, and the file opens, or is put aside.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { seededRng } from '../../../shared/rng.js';
import { Registry } from '../../../tracker/registry/registry.js';
import type { PeerRow } from '../../../tracker/registry/store.js';
import { openSqliteRegistryStore } from '../../../tracker/storage/sqliteRegistryStore.js';
import { inFolder } from '../../support/folders.js';
import { rowMutants } from '../../support/rowMutants.js';
import { at, claimOf, keyOf, NETWORKS } from '../registry/claims.js';

/** A file with three peers, as the tracker writes it. */
function goodDatabase(): Database.Database {
  return inFolder((folder) => {
    const path = join(folder, 'registry.sqlite');
    const options = { path, forgetBeforeUnix: 0, onDamaged: () => undefined };
    const store = openSqliteRegistryStore(options);
    const registry = newRegistry();
    for (const port of [6000, 6001, 6002]) {
      registry.announce(claimOf({ port, nodeKey: keyOf(port) }), at(0));
    }
    store.apply(registry.takeChanges(9));
    store.close();
    const file = new Database(path);
    file.pragma('journal_mode = DELETE');
    const bytes = file.serialize();
    file.close();
    return new Database(bytes);
  });
}

const newRegistry = (): Registry =>
  new Registry(
    { networks: NETWORKS, peersMax: 9, peersPerSourceMax: 9 },
    { rng: seededRng(1), onGone: () => undefined },
  );

function expectWhole(row: PeerRow, what: string): void {
  expect(row.network, what).to.match(/^[0-9a-f]{64}$/);
  const lengths = [row.address, row.source, row.nodeKey].map(({ length }) => length);
  expect(lengths, what).to.deep.equal([16, 16, 32]);
  expect(row.port, what).to.be.within(1, 65_535);
  expect(row.name, what).to.match(/^[\x20-\x7e]{0,64}$/);
  for (const number of [row.port, row.height, row.firstSeenUnix, row.lastSeenUnix]) {
    expect(Number.isInteger(number) && number >= 0 && number < 2 ** 32, what).to.equal(true);
  }
}

describe('tracker/storage: rows with anything in them', () => {
  it('are loaded where they are whole peers, and left out where they are not', function () {
    this.timeout(60_000);
    let loaded = 0;
    let trials = 0;
    for (const { what, open } of rowMutants(goodDatabase())) {
      inFolder((folder) => {
        const path = join(folder, 'registry.sqlite');
        writeFileSync(path, open().serialize());
        const store = openSqliteRegistryStore({
          ...{ path, forgetBeforeUnix: 0 },
          onDamaged: (aside) => expect.fail(`${what}: ${aside}`),
        });
        const registry = newRegistry();
        store.load((row) => {
          expectWhole(row, what);
          loaded++;
          const slot = registry.restore(row, 'public', at(1));
          if (slot === undefined) return;
          const { name, height, port } = registry.view(slot);
          expect({ name, height, port }, what).to.deep.include({
            ...{ name: row.name, height: row.height, port: row.port },
          });
        });
        store.close();
        trials++;
      });
    }
    expect(loaded).to.be.within(2 * trials, 3 * trials - 50);
  });
});
