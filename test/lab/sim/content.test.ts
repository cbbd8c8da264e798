import { expect } from 'chai';
import { contentOf } from '../../../lab/sim/content.js';
import { Disk } from '../../../lab/sim/disk.js';
import { Chain } from '../../../peer/chain/chain.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  spendGenesis,
} from '../../support/blocks.js';
import { feed } from '../../support/chains.js';
import { spoil } from './spoil.js';

const network = makeNetwork();
const payment = spendGenesis(network, 0);
const first = nextBlock(network, genesisOf(network), { transactions: [payment] });
const blocks = [first, ...nextBlocks(network, first, 5)];

/** Of a disk with these blocks, after `sql`, where a program knows of no change. */
function content(of = blocks, sql = ''): string | undefined {
  const disk = new Disk(network);
  const store = disk.open();
  const chain = new Chain(network, store);
  feed(chain, store, of);
  spoil({ disk }, sql);
  return contentOf(disk.database, chain.tip, (hash) => chain.entry(hash));
}

describe('sim/content', () => {
  const stale = nextBlock(network, first, { extraNonce: 9 });
  /** The stale one is the third, after genesis and the first. */
  const withStale = [first, stale, ...blocks.slice(1)];

  it('is none where a header beside the chain, or the first, is another', () => {
    expect(content(withStale)).to.be.a('string');
    for (const sql of [
      'UPDATE headers SET bytes = zeroblob(80) WHERE id = 2',
      'UPDATE headers SET bytes = (SELECT bytes FROM headers WHERE id = 3) WHERE id = 2',
      'UPDATE headers SET bytes = zeroblob(80) WHERE id = 0',
      'DELETE FROM headers WHERE id = 2',
    ]) {
      expect(content(withStale, sql), sql).to.equal(undefined);
    }
  });

  it('is the same of the same chain, whatever else is on the disk', () => {
    const right = content();
    expect(right).to.be.a('string');
    expect(content(withStale)).to.equal(right);
    expect(content(blocks.slice(0, -1))).to.not.equal(right);
  });

  it('is another, or none, where a row of it is another', () => {
    const right = content();
    for (const sql of [
      'DELETE FROM coins WHERE outpoint = (SELECT max(outpoint) FROM coins)',
      "UPDATE coins SET coin = CAST(X'01' || substr(coin, 2) AS BLOB)",
      'UPDATE bodies SET bytes = zeroblob(length(bytes)), checksum = 0 WHERE id = 3',
      'DELETE FROM bodies WHERE id = 3',
      'UPDATE bodies SET checksum = checksum + 1 WHERE id = 3',
      "UPDATE undo SET bytes = X'', checksum = 0 WHERE length(bytes) > 0",
      'UPDATE undo SET checksum = checksum + 1 WHERE id = 3',
      'DELETE FROM undo WHERE id = 3',
      'UPDATE headers SET bytes = zeroblob(80) WHERE id = 3',
      'UPDATE headers SET status = 0 WHERE id = 3',
      'UPDATE headers SET checks = checks + 1 WHERE id = 3',
      'UPDATE headers SET has_body = 0 WHERE id = 3',
      'DELETE FROM headers WHERE id = 3',
      'UPDATE state SET position = (SELECT zeroblob(32))',
      'UPDATE state SET target = tip',
    ]) {
      expect(content(blocks, sql), sql).to.not.equal(right);
    }
  });
});
