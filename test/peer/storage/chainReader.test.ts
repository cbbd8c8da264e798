import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { StoreDamage } from '../../../peer/chain/store.js';
import { ChainReader } from '../../../peer/storage/chainReader.js';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { feed, storeToDamage } from '../../support/chains.js';

const network = makeNetwork();
const blocks = nextBlocks(network, genesisOf(network), 3);

/** Reads a chain of three blocks after `table`, which holds anything now, was changed by `sql`. */
function readAfter<T>(table: string, sql: string, read: (reader: ChainReader) => T): T {
  const { store, database } = storeToDamage();
  try {
    feed(new Chain(network, store), store, blocks);
    database.exec(`CREATE TABLE loose AS SELECT * FROM ${table};
      DROP TABLE ${table};
      ALTER TABLE loose RENAME TO ${table};
      ${sql}`);
    return read(new ChainReader(database));
  } finally {
    store.close();
  }
}

/** What a damaged file may give in place of some bytes. */
const NO_BYTES = ['NULL', '7', '1.5', "'text'"];

describe('storage/chainReader', () => {
  it('takes a header only with 80 bytes', () => {
    for (const value of [...NO_BYTES, 'zeroblob(79)', 'zeroblob(81)']) {
      const sql = `UPDATE headers SET bytes = ${value} WHERE id = 2`;
      const read = (): unknown => readAfter('headers', sql, (reader) => [...reader.headers()]);
      expect(read, value).to.throw(StoreDamage, 'Header 2 does not have 80 bytes.');
    }
  });

  it('takes marks that cannot be as none', () => {
    for (const value of ['NULL', '99', "'text'", "x'01'"]) {
      const sql = `UPDATE headers SET status = ${value}, has_body = ${value} WHERE id = 2`;
      const header = readAfter('headers', sql, (reader) => [...reader.headers()][2]);
      expect(header, value).to.include({ status: 'unproven', hasBody: false });
    }
  });

  it('takes a place only with 32 bytes, or no target', () => {
    for (const column of ['tip', 'position', 'target']) {
      for (const value of [...NO_BYTES, 'zeroblob(31)']) {
        if (column === 'target' && value === 'NULL') continue;
        const read = (): unknown =>
          readAfter('state', `UPDATE state SET ${column} = ${value}`, (reader) => reader.state());
        expect(read, value).to.throw(StoreDamage, 'Where it stands is no block.');
      }
    }
  });

  it('gives no body and no undo that are no bytes', () => {
    for (const table of ['bodies', 'undo']) {
      for (const value of NO_BYTES) {
        const sql = `UPDATE ${table} SET bytes = ${value}, checksum = 0`;
        const [body, undo] = readAfter(table, sql, (reader) => [reader.body(2), reader.undo(2)]);
        expect(table === 'undo' ? undo : body, value).to.equal(undefined);
        expect(table === 'undo' ? body : undo, value).not.to.equal(undefined);
      }
    }
  });

  it('takes a coin only with its name and 32 bytes', () => {
    const all = (sql: string) => (): unknown =>
      readAfter('coins', sql, (reader) => [...reader.coins()]);
    for (const value of [...NO_BYTES, 'zeroblob(0)', 'zeroblob(64)']) {
      const changed = all(`UPDATE coins SET coin = ${value}`);
      expect(changed, value).to.throw(StoreDamage, 'A stored coin is not whole.');
      const read = (reader: ChainReader): unknown => reader.coin('00');
      const one = `INSERT INTO coins VALUES (x'00', ${value})`;
      expect(() => readAfter('coins', one, read), value).to.throw(StoreDamage, 'is not whole');
    }
    for (const value of NO_BYTES) {
      const renamed = all(`UPDATE coins SET outpoint = ${value}`);
      expect(renamed, value).to.throw(StoreDamage, 'A stored coin has no name.');
    }
  });
});
