import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { openStore } from '../../../peer/storage/openStore.js';
import { makeNetwork } from '../../support/blocks.js';
import { inFolder } from '../../support/folders.js';

const network = makeNetwork();

describe('storage/neighbours', () => {
  it('keeps the last good neighbours over a restart, best first', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const first = openStore(path, network);
      expect(first.neighbours.read()).to.deep.equal([]);
      first.neighbours.replace([{ host: '192.0.2.9', port: 6000 }]);
      const addresses = [
        { host: '2001:db8::1', port: 6001 },
        { host: '127.0.0.1', port: 6000 },
      ];
      first.neighbours.replace(addresses);
      first.store.close();
      const second = openStore(path, network);
      expect(second.neighbours.read()).to.deep.equal(addresses);
      second.neighbours.replace([]);
      expect(second.neighbours.read()).to.deep.equal([]);
      second.store.close();
    });
  });

  it('leaves out what is no address', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const first = openStore(path, network);
      const good = { host: '192.0.2.9', port: 6000 };
      const bad = [
        { host: '192.0.2.9', port: 99_999 },
        { host: 'nonsense', port: 6000 },
        { host: '192.0.2.9', port: -1 },
      ];
      first.neighbours.replace([...bad, good]);
      expect(first.neighbours.read()).to.deep.equal([good]);
      first.store.close();
    });
  });

  it('leaves out what a damaged file gives in their place', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      openStore(path, network).store.close();
      const database = new Database(path);
      database.exec(`DROP TABLE neighbours; CREATE TABLE neighbours (rank, host, port);
        INSERT INTO neighbours VALUES (0, NULL, 6000), (1, 5, 6000), (2, '192.0.2.9', NULL),
          (3, '192.0.2.9', 6000)`);
      database.close();
      const { store, neighbours } = openStore(path, network);
      expect(neighbours.read()).to.deep.equal([{ host: '192.0.2.9', port: 6000 }]);
      store.close();
    });
  });
});
