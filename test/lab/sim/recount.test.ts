import Database from 'better-sqlite3';
import { expect } from 'chai';
import { recount } from '../../../lab/sim/recount.js';
import { Disk } from '../../../lab/sim/disk.js';
import { outpointKey } from '../../../shared/consensus/transaction.js';
import { Chain } from '../../../peer/chain/chain.js';
import {
  coinOf,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';
import { feed } from '../../support/chains.js';

const network = makeNetwork();

/** A chain of three blocks: the second holds two payments, of which one spends the other. */
function chainOnDisk(): Disk {
  const coins = [genesisCoin(network, 0)];
  const first = spend(network, { coins, outputs: [pay(owner(7), 600), pay(owner(8), 300)] });
  const again = spend(network, {
    coins: [coinOf(first, 0, owner(7))],
    outputs: [pay(owner(9), 500)],
  });
  const one = nextBlock(network, genesisOf(network));
  const two = nextBlock(network, one, { transactions: [first, again] });
  const three = nextBlock(network, two);
  const disk = new Disk(network);
  const store = disk.open();
  const chain = new Chain(network, store);
  feed(chain, store, [one, two, three]);
  expect(chain.tip.height).to.equal(3);
  return disk;
}

/** What is wrong when `sql` was done to the file of such a chain. */
function flawAfter(sql: string): string | undefined {
  const disk = chainOnDisk();
  const database = new Database(disk.bytes());
  database.exec(sql);
  disk.replace(database.serialize());
  database.close();
  return recount(disk.look());
}

describe('sim/recount', () => {
  it('finds nothing wrong with a chain in which coins are spent', () => {
    expect(recount(chainOnDisk().look())).to.equal(undefined);
  });

  it('reads a body that is another one than that of the same block elsewhere', () => {
    expect(recount(chainOnDisk().look())).to.equal(undefined);
    expect(flawAfter("UPDATE bodies SET bytes = x'00', checksum = 3523407757")).to.match(
      /is not there/,
    );
  });

  it('finds a coin that is gone, one that should be gone, and one that is another', () => {
    const first = 'SELECT min(outpoint) FROM coins';
    expect(flawAfter(`DELETE FROM coins WHERE outpoint = (${first})`)).to.match(/coins are stored/);
    const { txid, index } = genesisCoin(network, 0);
    const spent = `x'${outpointKey(txid, index)}'`;
    const withSpent = `INSERT INTO coins SELECT ${spent}, coin FROM coins LIMIT 1`;
    expect(flawAfter(withSpent)).to.match(/should be gone/);
    const other = "UPDATE coins SET coin = CAST(substr(coin, 1, 28) || x'ff000000' AS BLOB)";
    expect(flawAfter(other)).to.match(/stored wrongly/);
  });
});
