import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { Chain } from '../../peer/chain/chain.js';
import type { FollowedChain } from '../../peer/index/follower.js';
import { IndexShell } from '../../peer/indexShell.js';
import { INDEX_FILE } from '../../peer/storage/openIndex.js';
import { Logger } from '../../shared/io/logger.js';
import type { BlockHash } from '../../shared/units.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  spendGenesis,
  type MadeBlock,
} from '../support/blocks.js';
import { feed, memoryStore } from '../support/chains.js';
import { temporaryFolders } from '../support/folders.js';

const network = makeNetwork();
const left = nextBlocks(network, genesisOf(network), 30);
const payment = spendGenesis(network, 0);
const first = nextBlock(network, genesisOf(network), { transactions: [payment], extraNonce: 1 });
const right = [first, ...nextBlocks(network, first, 40, { extraNonce: 1 })];

/** The shell on a real file, at the pace of the event loop. */
describe('indexShell', () => {
  const newFolder = temporaryFolders();
  let path: string;
  let chain: Chain;
  let give: (blocks: readonly MadeBlock[]) => void;
  let log: string[];
  let troubles: unknown[];
  let logger: Logger;
  let shells: IndexShell[];

  beforeEach(() => {
    path = join(newFolder(), INDEX_FILE);
    const store = memoryStore(network);
    chain = new Chain(network, store);
    give = (blocks) => void feed(chain, store, blocks);
    const stream = new PassThrough();
    log = [];
    stream.on('data', (line: Buffer) => log.push(line.toString()));
    logger = new Logger({ format: 'json', level: 'info', stream, hasColour: false });
    troubles = [];
    shells = [];
  });
  afterEach(async () => {
    for (const shell of shells) shell.close();
    await logger.close();
  });

  function open(followed: FollowedChain = chain): IndexShell {
    const onTrouble = (error: unknown): void => void troubles.push(error);
    const shell = new IndexShell({ path, network }, { chain: followed, logger, onTrouble });
    shells.push(shell);
    shell.start();
    return shell;
  }

  const tip = (): object => ({ hash: chain.tip.hash, height: chain.tip.height });
  const cursorOf = (shell: IndexShell): Promise<object | undefined> =>
    shell.read((index) => index.cursor());
  const newTip = (): { type: 'tip-changed'; hash: BlockHash; height: number } => ({
    ...{ type: 'tip-changed', hash: chain.tip.hash, height: chain.tip.height },
  });

  it('answers at the tip, from its start on', async () => {
    give(left);
    expect(await cursorOf(open())).to.deep.equal(tip());
    expect(log.join('')).to.equal('');
  });

  it('follows when it is told of a new tip, over a reorganisation', async () => {
    const shell = open();
    expect(await cursorOf(shell)).to.deep.equal({ hash: network.id, height: 0 });
    for (const blocks of [left, right]) {
      give(blocks);
      shell.onEvent(newTip());
      expect(await cursorOf(shell)).to.deep.equal(tip());
    }
    expect(await shell.read((index) => index.place(payment.txid)?.height)).to.equal(1);
  });

  it('goes on where an earlier process stopped', async () => {
    give(left);
    const before = open();
    await cursorOf(before);
    before.close();
    give(right);
    expect(await cursorOf(open())).to.deep.equal(tip());
    expect(log.join('')).to.equal('');
  });

  it('makes a file that is damaged anew, and says so', async () => {
    give(left);
    writeFileSync(path, 'noise'.repeat(1_000));
    expect(await cursorOf(open())).to.deep.equal(tip());
    expect(log.join('')).to.include('the index is made anew').and.to.include('damaged');
    expect(troubles).to.deep.equal([]);
  });

  /** Takes away what the next block has to find. */
  function damage(): void {
    const database = new Database(path);
    database.exec('DELETE FROM coins');
    database.close();
  }

  it('makes an index anew that turns out to be wrong; the second time it is trouble', async () => {
    const shell = open();
    await cursorOf(shell);
    damage();
    give(right);
    shell.onEvent(newTip());
    expect(await cursorOf(shell)).to.deep.equal(tip());
    expect(log.join('')).to.include('the index is made anew');
    expect(troubles).to.deep.equal([]);
    damage();
    const last = right.at(-1) ?? first;
    give([nextBlock(network, last, { transactions: [spendGenesis(network, 1)] })]);
    shell.onEvent(newTip());
    expect(await cursorOf(shell)).to.equal(undefined);
    expect(troubles).to.have.length(1);
  });

  it('gives what its reader throws to who reads, and goes on', async () => {
    give(left);
    const shell = open();
    await cursorOf(shell);
    const mistake = new Error('a mistake of the reader');
    const thrown = await shell
      .read(() => {
        throw mistake;
      })
      .catch((error: unknown) => error);
    expect(thrown).to.equal(mistake);
    expect(await cursorOf(shell)).to.deep.equal(tip());
    expect([troubles, log]).to.deep.equal([[], []]);
  });

  it('makes an index anew whose damage a reader meets', async () => {
    give(left);
    const shell = open();
    await cursorOf(shell);
    const database = new Database(path);
    database.exec('DROP TABLE history');
    database.close();
    const { address } = owner(0);
    const historyOf = (): Promise<number | undefined> =>
      shell.read((index) => index.history(address, { count: 9, before: undefined }).length);
    expect(await historyOf()).to.equal(undefined);
    expect(await historyOf()).to.equal(1);
    expect(log.join('')).to.include('the index is made anew');
    expect(troubles).to.deep.equal([]);
  });

  it('waits for a lost block, answers with what it has, and tries again', async function () {
    this.timeout(10_000);
    give(left);
    const lost = new Set([chain.active(20)?.hash]);
    const shell = open({
      tip: chain.tip,
      entry: (hash) => chain.entry(hash),
      block: (hash) => (lost.has(hash) ? undefined : chain.block(hash)),
    });
    expect(await cursorOf(shell)).to.include({ height: 19 });
    lost.clear();
    expect(await cursorOf(shell)).to.deep.equal(tip());
  });

  it('reads nothing once it is closed, and holds no file', async () => {
    give(left);
    const shell = open();
    const reading = cursorOf(shell);
    shell.close();
    expect(await reading).to.equal(undefined);
    shell.onEvent(newTip());
    expect(await cursorOf(shell)).to.equal(undefined);
    expect(existsSync(`${path}-wal`)).to.equal(false);
  });
});
