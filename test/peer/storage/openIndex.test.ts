import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { Follower } from '../../../peer/index/follower.js';
import { INDEX_SCHEMA_VERSION } from '../../../peer/storage/indexSchema.js';
import { INDEX_FILE, openIndex } from '../../../peer/storage/openIndex.js';
import { Trouble } from '../../../shared/io/trouble.js';
import { genesisOf, makeNetwork, nextBlocks, owner } from '../../support/blocks.js';
import { feed, memoryStore } from '../../support/chains.js';
import { inFolder, temporaryFolders } from '../../support/folders.js';

const network = makeNetwork();
const store = memoryStore(network);
const chain = new Chain(network, store);
feed(chain, store, nextBlocks(network, genesisOf(network), 40));

describe('storage/openIndex', () => {
  const newFolder = temporaryFolders();

  /** The path of an index that is at the tip, and closed. */
  function made(): string {
    const path = join(newFolder(), INDEX_FILE);
    const { index } = openIndex(path, network);
    new Follower(chain, index).followAll();
    index.close();
    return path;
  }

  /** Why the file at `path` is thrown away; it must be right again after that. */
  function expectAnew(path: string): string | undefined {
    const { index, thrownAway } = openIndex(path, network);
    expect(index.cursor()).to.equal(undefined);
    expect(new Follower(chain, index).followAll()).to.equal('resting');
    expect(index.coins(owner(9).address)).to.have.length(40);
    index.close();
    return thrownAway;
  }

  it('makes a file of today for its network, and opens it again where it stood', () => {
    const path = made();
    const { index, thrownAway } = openIndex(path, network);
    expect(thrownAway).to.equal(undefined);
    expect(index.cursor()).to.deep.equal({ height: 40, hash: chain.tip.hash });
    index.close();
    const database = new Database(path);
    expect(database.pragma('user_version', { simple: true })).to.equal(INDEX_SCHEMA_VERSION);
    expect(database.pragma('journal_mode', { simple: true })).to.equal('wal');
    database.close();
  });

  it('begins anew where the file is gone', () => {
    inFolder((folder) => {
      expect(expectAnew(join(folder, INDEX_FILE))).to.equal(undefined);
    });
  });

  it('throws away a file of another network', () => {
    const path = made();
    const other = makeNetwork({ name: 'other' });
    const { index, thrownAway } = openIndex(path, other);
    expect(thrownAway).to.equal('It was of another network.');
    index.close();
    expect(expectAnew(path)).to.equal('It was of another network.');
  });

  it('throws away a file of a newer program', () => {
    const path = made();
    const database = new Database(path);
    database.pragma(`user_version = ${String(INDEX_SCHEMA_VERSION + 1)}`);
    database.close();
    expect(expectAnew(path)).to.equal('A newer version of cairn had written it.');
  });

  it('throws away a file that is no database, or only the beginning of one', () => {
    const noise = made();
    writeFileSync(noise, 'this is not a database, and never was one'.repeat(100));
    expect(expectAnew(noise)).to.equal('It was damaged.');
    const cut = made();
    truncateSync(cut, readFileSync(cut).length - 1_000);
    expect(expectAnew(cut)).to.equal('It was damaged.');
  });

  it('throws away a file whose tables are others', () => {
    const path = made();
    const database = new Database(path);
    database.exec('DROP TABLE history');
    database.close();
    expect(expectAnew(path)).to.equal('It was damaged.');
  });

  it('says so where the disk does not let it', () => {
    const path = join(newFolder(), INDEX_FILE);
    mkdirSync(path);
    expect(() => openIndex(path, network)).to.throw(Trouble);
    expect(existsSync(path)).to.equal(true);
  });

  it('resumes where a killed process had committed', () => {
    const path = made();
    const { index } = openIndex(path, network);
    // As the disk is at the kill: the log was not taken into the file.
    const copy = join(newFolder(), INDEX_FILE);
    const more = memoryStore(network);
    const longer = new Chain(network, more);
    feed(longer, more, nextBlocks(network, genesisOf(network), 50));
    new Follower(longer, index).followAll();
    for (const ending of ['', '-wal']) copyFileSync(path + ending, copy + ending);
    index.close();
    const again = openIndex(copy, network);
    expect(again.thrownAway).to.equal(undefined);
    expect(again.index.height).to.equal(50);
    expect(new Follower(longer, again.index).blocksBehind).to.equal(0);
    again.index.close();
  });
});
