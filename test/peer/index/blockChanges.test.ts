import { expect } from 'chai';
import { changesOf } from '../../../peer/index/blockChanges.js';
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

describe('index/blockChanges', () => {
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
  const changes = changesOf(block, 1);

  it('names the block and its transactions by position', () => {
    const [coinbase] = block.transactions;
    expect(changes).to.include({ height: 1, hash: block.hash });
    expect(changes.txids).to.deep.equal([coinbase?.txid, first.txid, second.txid]);
  });

  it('leaves out a coin that the block itself makes and spends', () => {
    const coinbase = block.transactions[0] ?? expect.fail('a coinbase');
    expect([...changes.made.keys()].sort()).to.deep.equal(
      [
        outpointKey(coinbase.txid, 0),
        outpointKey(first.txid, 0),
        outpointKey(first.txid, 1),
        outpointKey(second.txid, 0),
      ].sort(),
    );
    const spentKeys = coins.map(({ txid, index }) => outpointKey(txid, index));
    expect([...changes.spent.keys()].sort()).to.deep.equal(spentKeys.sort());
  });

  it('says whose each coin is, from the key of the input or from the output', () => {
    const spentBy = coins.map(({ txid, index }) => changes.spent.get(outpointKey(txid, index)));
    expect(spentBy.map((coin) => coin?.address)).to.deep.equal([alice.address, bob.address]);
    expect(changes.made.get(outpointKey(first.txid, 1))).to.deep.equal({
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
});
