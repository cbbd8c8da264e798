/**
 * A chain's tables with any value in any place: opening, reading and going on end in trouble or
 * not at all, and the coins, hashes and addresses that come out are what they must be.
 */

import type Database from 'better-sqlite3';
import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { StoreDamage } from '../../../peer/chain/store.js';
import { NeighbourTable } from '../../../peer/storage/neighbours.js';
import { storedNetwork, storeIn } from '../../../peer/storage/openStore.js';
import { toHex } from '../../../shared/bytes.js';
import { Trouble } from '../../../shared/io/trouble.js';
import { parseNetAddress, printNetAddress } from '../../../shared/wire/netAddress.js';
import {
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';
import { feed, LATE, settle, storeToDamage } from '../../support/chains.js';
import { rowMutants } from '../../support/rowMutants.js';

const network = makeNetwork();
const payment = spend(network, {
  coins: [genesisCoin(network, 0)],
  outputs: [pay(owner(5), 7), pay(owner(6), 8)],
});
const first = nextBlock(network, genesisOf(network), { transactions: [payment] });
const second = nextBlock(network, first);
const third = nextBlock(network, second);
const blocks = [first, second, third];
const neighbours = [1, 2, 3].map((i) => ({ host: `10.0.0.${String(i)}`, port: 6_000 + i }));

/** A database of three blocks and three neighbours. */
function goodDatabase(): Database.Database {
  const { database } = storeToDamage();
  const store = storeIn(database, 'chain', network);
  feed(new Chain(network, store), store, blocks);
  new NeighbourTable(database, 'chain').replace(neighbours);
  return database;
}

/** What a peer does with it: start, read all there is, connect one more block. */
function use(database: Database.Database): void {
  storedNetwork(database);
  const store = storeIn(database, 'chain', network);
  for (const { host, port } of new NeighbourTable(database, 'chain').read()) {
    const text = printNetAddress({ host, port });
    expect(parseNetAddress(text)).to.deep.equal({ host, port });
  }
  for (const [outpoint, { amount, address, height }] of store.coins()) {
    expect(outpoint).to.match(/^([0-9a-f]{2})*$/);
    expect(address).to.match(/^[0-9a-f]{40}$/);
    expect([amount, height].every(Number.isSafeInteger)).to.equal(true);
  }
  const chain = store.atomically(() => new Chain(network, store));
  // A checksum tells what changed in a body, not whose it is.
  const bodies = blocks.map(({ bytes }) => toHex(bytes));
  for (const { block } of blocks) {
    const found = chain.block(block.hash);
    if (found !== undefined) expect(bodies).to.include(toHex(found));
  }
  const next = nextBlock(network, third);
  store.atomically(() => chain.acceptBlock(next.bytes, LATE));
  settle(chain, store);
}

describe('storage: rows with anything in them', () => {
  it('end in trouble or not at all', function () {
    this.timeout(60_000);
    let fine = 0;
    let trials = 0;
    for (const { what, open } of rowMutants(goodDatabase())) {
      const database = open();
      trials++;
      try {
        use(database);
        fine++;
      } catch (error) {
        if (error instanceof Trouble) expect(error.code, what).to.equal('chain-damaged');
        else if (!(error instanceof StoreDamage)) throw new Error(what, { cause: error });
      } finally {
        database.close();
      }
    }
    expect(fine).to.be.within(trials / 20, trials - 100);
  });
});
