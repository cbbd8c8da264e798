import { copyFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { openStore, pinnedNetwork } from '../../../peer/storage/openStore.js';
import { SCHEMA_VERSION } from '../../../peer/storage/schema.js';
import { openSnapshot } from '../../../peer/storage/snapshot.js';
import { Trouble } from '../../../shared/io/trouble.js';
import { Chain } from '../../../peer/chain/chain.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  spendGenesis,
} from '../../support/blocks.js';
import { accept, feed } from '../../support/chains.js';
import { inFolder } from '../../support/folders.js';

const network = makeNetwork();

/** The trouble that `work` ends with. */
function troubleOf(work: () => unknown): Trouble {
  try {
    work();
  } catch (error) {
    if (error instanceof Trouble) return error;
    throw error;
  }
  return expect.fail('no trouble');
}

describe('storage/openStore', () => {
  it('makes a database of today for its network, and opens it again', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      expect(pinnedNetwork(path)).to.equal(undefined);
      for (let i = 0; i < 2; i++) openStore(path, network).store.close();
      expect(pinnedNetwork(path)?.id).to.equal(network.id);
      const database = new Database(path);
      expect(database.pragma('user_version', { simple: true })).to.equal(SCHEMA_VERSION);
      expect(database.pragma('journal_mode', { simple: true })).to.equal('wal');
      database.close();
    });
  });

  describe('on a database of version 1', () => {
    const genesis = genesisOf(network);
    const payment = spendGenesis(network, 0);
    const first = nextBlock(network, genesis, { transactions: [payment] });
    const blocks = [first, ...nextBlocks(network, first, 9)];

    /** What `use` makes of such a database, after `sql` was done to it. */
    function afterVersion1(sql: string, use: (path: string) => void): void {
      inFolder((folder) => {
        const path = join(folder, 'chain.sqlite');
        const { store } = openStore(path, network);
        feed(new Chain(network, store), store, blocks);
        store.close();
        const database = new Database(path);
        database.exec(`ALTER TABLE bodies DROP COLUMN checksum;
                       ALTER TABLE undo DROP COLUMN checksum;
                       DROP TABLE waiting;
                       PRAGMA user_version = 1;
                       ${sql}`);
        database.close();
        use(path);
      });
    }

    it('brings it up to date, and keeps what is in it', () => {
      afterVersion1('', (path) => {
        expect(troubleOf(() => openSnapshot(path)).code).to.equal('schema-too-old');
        const { store } = openStore(path, network);
        expect(new Chain(network, store).tip.height).to.equal(10);
        for (const [i, { bytes }] of [genesis, ...blocks].entries()) {
          expect(store.body(i)).to.deep.equal(Buffer.from(bytes));
        }
        // One coin, and in the other blocks none.
        expect(store.undo(1)).to.have.length(32);
        for (let i = 2; i <= 10; i++) expect(store.undo(i)).to.have.length(0);
        store.close();
      });
    });

    it('takes a body that is not that of its header for lost', () => {
      const flipped = (at: number): string =>
        `CAST(substr(bytes, 1, ${String(at)}) || x'ff' ||
         substr(bytes, ${String(at + 2)}) AS BLOB)`;
      for (const damage of [
        `UPDATE bodies SET bytes = ${flipped(3)} WHERE id = 1`,
        `UPDATE bodies SET bytes = ${flipped(200)} WHERE id = 1`,
        'UPDATE bodies SET bytes = (SELECT bytes FROM bodies WHERE id = 2) WHERE id = 1',
        'UPDATE bodies SET bytes = zeroblob(length(bytes)) WHERE id = 1',
        "UPDATE bodies SET bytes = x'' WHERE id = 1",
      ]) {
        afterVersion1(damage, (path) => {
          const { store } = openStore(path, network);
          expect(store.body(1), damage).to.equal(undefined);
          expect(store.body(2), damage).to.deep.equal(Buffer.from(blocks[1]?.bytes ?? []));
          const chain = new Chain(network, store);
          expect(chain.block(first.block.hash)).to.equal(undefined);
          expect([...chain.lostBodies.keys()]).to.deep.equal([first.block.hash]);
          accept(chain, store, first.bytes);
          expect(chain.block(first.block.hash)).to.deep.equal(Buffer.from(first.bytes));
          store.close();
        });
      }
    });

    it('leaves headers that are no headers to the look at them', () => {
      afterVersion1('UPDATE headers SET bytes = zeroblob(79) WHERE id = 4', (path) => {
        const { store } = openStore(path, network);
        expect(store.body(4)).to.equal(undefined);
        expect(troubleOf(() => [...store.headers()]).message).to.include('Header 4 does not have');
        store.close();
      });
    });

    it('takes rows that hold no bytes for lost', () => {
      const torn = `DROP TABLE bodies; CREATE TABLE bodies (id INTEGER PRIMARY KEY, bytes);
        INSERT INTO bodies VALUES (1, NULL), (2, 5);
        DROP TABLE undo; CREATE TABLE undo (id INTEGER PRIMARY KEY, bytes);
        INSERT INTO undo VALUES (1, NULL), (2, 5)`;
      afterVersion1(torn, (path) => {
        const { store } = openStore(path, network);
        const read = [store.body(1), store.body(2), store.undo(1), store.undo(2)];
        expect(read).to.deep.equal([undefined, undefined, undefined, undefined]);
        store.close();
      });
    });
  });

  it('begins an emptied file anew, says so, and takes no look at it for a chain', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      const first = openStore(path, network);
      expect(first.wasEmptied).to.equal(false);
      first.store.close();
      truncateSync(path);
      expect(pinnedNetwork(path)).to.equal(undefined);
      const look = troubleOf(() => openSnapshot(path));
      expect([look.code, look.message]).to.deep.equal([
        'chain-damaged',
        `The chain in ${path} is damaged. It is empty.`,
      ]);
      const again = openStore(path, network);
      expect(again.wasEmptied).to.equal(true);
      again.store.close();
      expect(pinnedNetwork(path)?.id).to.equal(network.id);
    });
  });

  it('refuses the database of another network, and names both', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      openStore(path, network).store.close();
      const other = makeNetwork({ name: 'other' });
      const trouble = troubleOf(() => openStore(path, other));
      expect(trouble.code).to.equal('other-network');
      expect(trouble.message).to.include(network.id).and.include(other.id);
    });
  });

  it('refuses a database of a newer version, in snapshots too', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      openStore(path, network).store.close();
      const database = new Database(path);
      database.pragma(`user_version = ${String(SCHEMA_VERSION + 1)}`);
      database.close();
      for (const open of [
        () => openStore(path, network),
        () => openSnapshot(path),
        () => pinnedNetwork(path),
      ]) {
        expect(troubleOf(open).code).to.equal('schema-too-new');
      }
    });
  });

  it('refuses what is no database, and leaves it as it is', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      writeFileSync(path, 'these are notes, not a database: '.repeat(100));
      const trouble = troubleOf(() => openStore(path, network));
      expect(trouble.code).to.equal('chain-damaged');
      expect(trouble.message).to.include(path);
      expect(trouble.advice).to.include('away');
    });
  });

  it('refuses a file whose tables, columns or version are not what they were', () => {
    for (const damage of [
      'DROP TABLE coins',
      'DROP TABLE neighbours',
      'DROP TABLE network',
      'ALTER TABLE bodies DROP COLUMN checksum',
      'PRAGMA user_version = 0',
      'PRAGMA user_version = 1',
      'PRAGMA user_version = -1',
      'DROP TABLE network; CREATE TABLE network (params); INSERT INTO network VALUES (NULL)',
    ]) {
      inFolder((folder) => {
        const path = join(folder, 'chain.sqlite');
        openStore(path, network).store.close();
        const database = new Database(path);
        database.exec(damage);
        database.close();
        expect(troubleOf(() => openStore(path, network)).code, damage).to.equal('chain-damaged');
      });
    }
  });

  it('refuses a torn file', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      openStore(path, network).store.close();
      const database = new Database(path);
      database.pragma('journal_mode = DELETE');
      const root = database
        .prepare<[], number>("SELECT rootpage FROM sqlite_schema WHERE name = 'network'")
        .pluck()
        .get();
      const pageBytes = database.pragma('page_size', { simple: true }) as number;
      const image = database.serialize();
      database.close();
      image.fill(0xff, ((root ?? 1) - 1) * pageBytes, (root ?? 1) * pageBytes);
      writeFileSync(path, image);
      expect(troubleOf(() => openStore(path, network)).code).to.equal('chain-damaged');
      expect(troubleOf(() => openSnapshot(path)).code).to.equal('chain-damaged');
    });
  });

  it('refuses a file that ends inside a page, if that is not in the log', () => {
    inFolder((folder) => {
      const [path, whole] = [join(folder, 'chain.sqlite'), join(folder, 'whole.sqlite')];
      openStore(path, network).store.close();
      copyFileSync(path, whole);
      truncateSync(path, statSync(path).size - 100);
      expect(troubleOf(() => openStore(path, network)).message).to.include('Its end is missing.');
      // As after a loss of power while the log was taken in.
      const { store } = openStore(whole, network);
      feed(new Chain(network, store), store, nextBlocks(network, genesisOf(network), 60));
      for (const end of ['', '-wal']) copyFileSync(`${whole}${end}`, `${path}${end}`);
      store.close();
      truncateSync(path, statSync(path).size - 100);
      const { store: again } = openStore(path, network);
      expect(new Chain(network, again).tip.height).to.equal(60);
      again.close();
      expect(statSync(path).size % 4_096).to.equal(0);
    });
  });

  it('refuses a path where no file can be', () => {
    inFolder((folder) => {
      expect(troubleOf(() => openStore(folder, network)).code).to.equal('not-writable');
    });
  });

  it('refuses a snapshot of nothing', () => {
    inFolder((folder) => {
      const path = join(folder, 'chain.sqlite');
      expect(troubleOf(() => openSnapshot(path)).code).to.equal('no-chain');
      openStore(path, network).store.close();
      const database = new Database(path);
      database.exec('DELETE FROM network');
      database.close();
      expect(troubleOf(() => openSnapshot(path)).code).to.equal('chain-damaged');
    });
  });
});
