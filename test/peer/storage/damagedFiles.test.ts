/** Files that were cut, overwritten or changed anywhere: each use of them ends with a sentence. */

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { activeBlocks, writeChainFile } from '../../../peer/storage/chainFile.js';
import { chainTrouble } from '../../../peer/storage/chainTrouble.js';
import { openStore, pinnedNetwork } from '../../../peer/storage/openStore.js';
import { openSnapshot, type ChainSnapshot } from '../../../peer/storage/snapshot.js';
import { verifyChain } from '../../../peer/storage/verifyChain.js';
import { Trouble } from '../../../shared/io/trouble.js';
import { seededRng, type Rng } from '../../../shared/rng.js';
import type { NetAddress } from '../../../shared/wire/netAddress.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  spendGenesis,
} from '../../support/blocks.js';
import { LATE, feed, settle } from '../../support/chains.js';
import { temporaryFolders } from '../../support/folders.js';

const network = makeNetwork();
const transactions = [0, 1, 2, 3].map((i) => spendGenesis(network, i));
const first = nextBlock(network, genesisOf(network), { transactions });
const blocks = [first, ...nextBlocks(network, first, 59)];
const next = nextBlock(network, blocks.at(-1) ?? first);
const neighbours = [{ host: '127.0.0.1', port: 6000 }] as NetAddress[];

const FILE = 'chain.sqlite';
const LOG = `${FILE}-wal`;
const SEEDS = 60;

/** Copies a database with its log, and without its index of the log, which is made anew. */
function copy(from: string, to: string): void {
  rmSync(to, { recursive: true, force: true });
  mkdirSync(to);
  for (const name of [FILE, LOG]) {
    if (existsSync(join(from, name))) copyFileSync(join(from, name), join(to, name));
  }
}

const PAGE = 4096;

/** Cuts the file at `path`, overwrites a page or flips bits in it; returns what it did. */
function damage(path: string, rng: Rng): string {
  const bytes = readFileSync(path);
  const kind = rng.below(3);
  if (kind === 0) {
    // Half of the cuts are in the last page: SQLite misses whole pages by itself.
    const length = bytes.length - 1 - rng.below(rng.below(2) === 0 ? PAGE : bytes.length);
    writeFileSync(path, bytes.subarray(0, length));
    return `cut to ${String(length)}`;
  }
  if (kind === 1) {
    const from = rng.below(Math.ceil(bytes.length / PAGE)) * PAGE;
    for (let i = from; i < Math.min(from + PAGE, bytes.length); i++) bytes[i] = rng.below(256);
    writeFileSync(path, bytes);
    return `page at ${String(from)}`;
  }
  const count = 1 + rng.below(20);
  // In one page: its own bytes are looked at before those of others.
  const page = rng.below(Math.ceil(bytes.length / PAGE)) * PAGE;
  for (let i = 0; i < count; i++) {
    const at = Math.min(page + rng.below(PAGE), bytes.length - 1);
    bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << rng.below(8)), at);
  }
  writeFileSync(path, bytes);
  return `${String(count)} bits in page at ${String(page)}`;
}

/** What a peer does with it: start, read its neighbours and all blocks, connect one more. */
function run(path: string): void {
  const { store, neighbours: table } = openStore(path, network);
  try {
    const chain = store.atomically(() => new Chain(network, store));
    table.read();
    table.replace(neighbours);
    for (const { block } of blocks) chain.block(block.hash);
    store.atomically(() => chain.acceptBlock(next.bytes, LATE));
    settle(chain, store);
  } finally {
    store.close();
  }
}

/** What `use` makes of a snapshot of the chain. */
function look(path: string, use: (snapshot: ChainSnapshot) => void): void {
  const snapshot = openSnapshot(path);
  try {
    use(snapshot);
  } catch (error) {
    throw chainTrouble(error, path);
  } finally {
    snapshot.close();
  }
}

function verify(path: string): void {
  look(path, (snapshot) => {
    const work = verifyChain(snapshot);
    while (work.next().done !== true);
  });
}

function exportAll(path: string): void {
  look(path, (snapshot) => {
    const { blocks: active } = activeBlocks(snapshot);
    const work = writeChainFile(`${path}.export`, snapshot.network, active);
    while (work.next().done !== true);
  });
}

/** The code of the trouble in which `use` ends, 'fine' when it does not. */
function endOf(use: (path: string) => void, path: string): string {
  try {
    use(path);
    return 'fine';
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    expect(error.message).to.match(/\.$/);
    return error.code;
  }
}

/** With a log: most of it is there still, and not in the file. */
const KINDS = ['without a log', 'with a log', 'of version 1'] as const;

type Kind = (typeof KINDS)[number];

function makeVersion1(path: string): void {
  const database = new Database(path);
  database.exec(`ALTER TABLE bodies DROP COLUMN checksum;
                 ALTER TABLE undo DROP COLUMN checksum;
                 PRAGMA user_version = 1`);
  database.close();
}

describe('storage: damaged files', function () {
  this.timeout(60_000);
  const newFolder = temporaryFolders();

  /** A database of 60 blocks. */
  function goodFiles(kind: Kind): string {
    const folder = newFolder();
    const path = join(folder, FILE);
    const { store, neighbours: table } = openStore(path, network);
    feed(new Chain(network, store), store, blocks);
    table.replace(neighbours);
    const kept = newFolder();
    if (kind === 'with a log') copy(folder, kept);
    store.close();
    if (kind === 'of version 1') makeVersion1(path);
    if (kind !== 'with a log') copy(folder, kept);
    return kept;
  }

  for (const kind of KINDS) {
    it(`end in trouble or not at all, ${kind}`, () => {
      const good = goodFiles(kind);
      const work = join(newFolder(), 'work');
      const ends = new Set<string>();
      for (let seed = 0; seed < SEEDS; seed++) {
        const rng = seededRng(seed);
        const damaged = join(newFolder(), 'damaged');
        copy(good, damaged);
        const isLog = kind === 'with a log' && seed % 2 === 1;
        const what = damage(join(damaged, isLog ? LOG : FILE), rng);
        for (const use of [pinnedNetwork, verify, exportAll, run]) {
          copy(damaged, work);
          try {
            ends.add(endOf(use, join(work, FILE)));
          } catch (error) {
            throw new Error(`${use.name} after ${what} (seed ${String(seed)})`, { cause: error });
          }
        }
      }
      expect([...ends])
        .to.include('fine')
        .and.include('chain-damaged');
    });
  }
});
