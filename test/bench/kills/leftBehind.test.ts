import Database from 'better-sqlite3';
import { expect } from 'chai';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchBlocks, benchNetwork, fillDirectory } from '../../../bench/chains.js';
import { compare } from '../../../bench/kills/held.js';
import { copyChain, readChain, removeChain, stateIn } from '../../../bench/kills/leftBehind.js';
import { temporaryFolders } from '../../support/folders.js';

describe('kills/leftBehind', () => {
  const folder = temporaryFolders();
  const plan = { blockCount: 9, transactionCount: 1 };
  const network = benchNetwork(plan);
  const blocks = [...benchBlocks(network, plan)];
  const hashAt = (height: number) => blocks[height - 1]?.block.header.previous ?? '';
  const told = { height: 8, tip: hashAt(9), work: 18n };

  function filled(count: number): string {
    const directory = folder();
    fillDirectory(directory, network, blocks.slice(0, count));
    return directory;
  }

  function found(directory: string) {
    const left = readChain(directory);
    if (typeof left === 'string') return expect.fail(left);
    return left;
  }

  it('finds what was told of where it is stored, and misses it where it is not', () => {
    expect(compare(told, found(filled(9)).found(8))).to.equal('held');
    expect(compare(told, found(filled(8)).found(8))).to.equal('held');
    expect(compare(told, found(filled(7)).found(8))).to.equal('lost');
  });

  it('reads a copy, and says why a chain cannot be read', () => {
    const [from, to] = [filled(9), join(folder(), 'copy')];
    copyChain(from, to);
    expect(found(to)).to.include({ isMoving: false, coinsAway: 0 });
    removeChain(to);
    expect(existsSync(join(from, 'chain.sqlite'))).to.equal(true);
    expect(readChain(to)).to.match(/^There is no chain at /);
    mkdirSync(to, { recursive: true });
    writeFileSync(join(to, 'chain.sqlite'), '');
    expect(readChain(to)).to.include('empty');
  });

  it('sees a reorganisation and coins that wait', () => {
    const directory = filled(9);
    const database = new Database(join(directory, 'chain.sqlite'));
    const reversed = (hash: string) => Buffer.from(hash, 'hex').reverse();
    database
      .prepare('UPDATE state SET position = ?, target = ?')
      .run(reversed(hashAt(7)), reversed(hashAt(8)));
    database.close();
    expect(stateIn(directory)?.target).to.equal(hashAt(8));
    expect(found(directory)).to.include({ isMoving: true, coinsAway: 3 });
  });
});
