import { expect } from 'chai';
import { Batch, costOf } from '../../../peer/index/batch.js';
import { changesOf } from '../../../peer/index/blockChanges.js';
import { outpointKey } from '../../../shared/consensus/transaction.js';
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

describe('index/batch', () => {
  const network = makeNetwork();
  const coin = genesisCoin(network, 0);
  const first = spend(network, { coins: [coin], outputs: [pay(owner(5), 10)] });
  const second = spend(network, {
    coins: [coinOf(first, 0, owner(5))],
    outputs: [pay(owner(6), 9)],
  });
  const one = nextBlock(network, genesisOf(network), { transactions: [first] });
  const two = nextBlock(network, one, { transactions: [second] });
  const changes = [changesOf(one.block, 1), changesOf(two.block, 2)] as const;

  it('holds the net change of its blocks', () => {
    const batch = new Batch();
    for (const each of changes) batch.add(each);
    expect(batch.blocks).to.deep.equal(changes);
    expect([...batch.spent.keys()]).to.deep.equal([outpointKey(coin.txid, coin.index)]);
    expect(batch.made.has(outpointKey(first.txid, 0)), 'made and spent in it').to.equal(false);
    expect(batch.made.get(outpointKey(second.txid, 0))?.height).to.equal(2);
  });

  it('costs what its blocks cost', () => {
    const batch = new Batch();
    expect(batch.cost).to.equal(0);
    for (const each of changes) batch.add(each);
    expect(batch.cost).to.equal(costOf(changes[0]) + costOf(changes[1]));
  });
});
