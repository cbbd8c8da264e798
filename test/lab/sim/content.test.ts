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

/** A disk with these blocks, after `sql`. */
function disk(of = blocks, sql = ''): Disk {
  const made = new Disk(network);
  const store = made.open();
  feed(new Chain(network, store), store, of);
  spoil({ disk: made }, sql);
  return made;
}

describe('sim/content', () => {
  it('is the same of the same chain, whatever else is on the disk', () => {
    const right = contentOf(disk().look());
    expect(right).to.be.a('string');
    const stale = nextBlock(network, first, { extraNonce: 9 });
    expect(contentOf(disk([first, stale, ...blocks.slice(1)]).look())).to.equal(right);
    expect(contentOf(disk(blocks.slice(0, -1)).look())).to.not.equal(right);
  });

  it('is another, or none, where a row of it is another', () => {
    const right = contentOf(disk().look());
    const undo = '(SELECT id FROM undo WHERE length(bytes) > 0)';
    for (const sql of [
      'DELETE FROM coins WHERE outpoint = (SELECT max(outpoint) FROM coins)',
      "UPDATE coins SET coin = CAST(X'01' || substr(coin, 2) AS BLOB)",
      'UPDATE bodies SET bytes = zeroblob(length(bytes)), checksum = 0 WHERE id = 3',
      'DELETE FROM bodies WHERE id = 3',
      `UPDATE undo SET bytes = X'' , checksum = 0 WHERE id IN ${undo}`,
      'DELETE FROM undo WHERE id = 3',
    ]) {
      expect(contentOf(disk(blocks, sql).look()), sql).to.not.equal(right);
    }
  });
});
