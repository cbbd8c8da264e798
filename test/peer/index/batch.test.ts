import { expect } from 'chai';
import { Batch } from '../../../peer/index/batch.js';
import { toHex } from '../../../shared/bytes.js';
import { outpointKey } from '../../../shared/consensus/transaction.js';
import { stampMemo } from '../../../shared/stamp.js';
import {
  ALLOCATION,
  coinOf,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';

describe('index/batch', () => {
  const network = makeNetwork();
  const [alice, bob] = [owner(0), owner(1)];
  const coins = [genesisCoin(network, 0), genesisCoin(network, 1)];
  const first = spend(network, {
    coins,
    outputs: [pay(bob, 5), pay(alice, 7), pay(bob, 2 * ALLOCATION - 12)],
  });
  const hash = new Uint8Array(32).fill(7);
  const second = spend(network, {
    coins: [coinOf(first, 2, bob)],
    outputs: [pay(alice, 1)],
    memo: stampMemo(hash),
  });
  const { block } = nextBlock(network, genesisOf(network), {
    transactions: [first, second],
    payTo: owner(9),
  });
  const batch = new Batch();
  batch.add(block, 1);
  const [changes = expect.fail('a block')] = batch.blocks;

  it('names the block and its transactions by position', () => {
    const [coinbase] = block.transactions;
    expect(changes).to.include({ height: 1, hash: block.hash });
    expect(changes.txids).to.deep.equal([coinbase?.txid, first.txid, second.txid]);
  });

  it('leaves out a coin that the block itself makes and spends', () => {
    const coinbase = block.transactions[0] ?? expect.fail('a coinbase');
    expect([...batch.made.keys()].sort()).to.deep.equal(
      [
        outpointKey(coinbase.txid, 0),
        outpointKey(first.txid, 0),
        outpointKey(first.txid, 1),
        outpointKey(second.txid, 0),
      ].sort(),
    );
    const spentKeys = coins.map(({ txid, index }) => outpointKey(txid, index));
    expect([...batch.spent.keys()].sort()).to.deep.equal(spentKeys.sort());
  });

  it('says whose each coin is, from the key of the input or from the output', () => {
    const spentBy = coins.map(({ txid, index }) => batch.spent.get(outpointKey(txid, index)));
    expect(spentBy.map((coin) => coin?.address)).to.deep.equal([alice.address, bob.address]);
    expect(batch.made.get(outpointKey(first.txid, 1))).to.deep.equal({
      ...{ height: 1, position: 1, index: 1 },
      ...{ address: alice.address, amount: 7 },
    });
  });

  it('sums each transaction for each address, coins of the same block too', () => {
    expect(changes.history.get(alice.address)).to.deep.equal([
      { position: 1, received: 7, spent: ALLOCATION },
      { position: 2, received: 1, spent: 0 },
    ]);
    expect(changes.history.get(bob.address)).to.deep.equal([
      { position: 1, received: 2 * ALLOCATION - 7, spent: ALLOCATION },
      { position: 2, received: 0, spent: 2 * ALLOCATION - 12 },
    ]);
  });

  it('finds stamps', () => {
    expect(changes.stamps).to.deep.equal([{ documentHash: toHex(hash), position: 2 }]);
  });

  it('holds the net change of several blocks, and costs more with each', () => {
    const third = spend(network, {
      coins: [coinOf(second, 0, alice), genesisCoin(network, 2)],
      outputs: [pay(owner(6), 9)],
    });
    const next = nextBlock(
      network,
      { block, bytes: new Uint8Array(0), point: { ...genesisOf(network).point, height: 1 } },
      { transactions: [third] },
    );
    const both = new Batch();
    both.add(block, 1);
    const costOfOne = both.cost;
    both.add(next.block, 2);
    expect(both.blocks.map(({ height }) => height)).to.deep.equal([1, 2]);
    expect(both.made.has(outpointKey(second.txid, 0)), 'made and spent in it').to.equal(false);
    expect(both.made.get(outpointKey(third.txid, 0))).to.include({ height: 2, position: 1 });
    const spentKeys = [...coins, genesisCoin(network, 2)].map((coin) =>
      outpointKey(coin.txid, coin.index),
    );
    expect([...both.spent.keys()].sort()).to.deep.equal(spentKeys.sort());
    expect([new Batch().cost, both.cost > costOfOne]).to.deep.equal([0, true]);
  });
});
