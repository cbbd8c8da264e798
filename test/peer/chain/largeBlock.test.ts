import { expect } from 'chai';
import { Chain } from '../../../peer/chain/chain.js';
import { answersTo } from '../../../peer/chain/signatures.js';
import { genesisCoin, genesisOf, makeNetwork, nextBlock } from '../../support/blocks.js';
import { accept, memoryStore, settle } from '../../support/chains.js';
import { payOn } from '../../support/mempools.js';

const network = makeNetwork();
const genesis = genesisOf(network);

describe('chain/mover: a large block', () => {
  it('has its coins written a step later; a restart before that connects it again', () => {
    const many = payOn(network, genesisCoin(network, 0), { count: 250 });
    const large = nextBlock(network, genesis, { transactions: [many] });
    const store = memoryStore(network);
    const chain = new Chain(network, store);
    chain.expectMore(false);
    accept(chain, store, large.bytes);
    const { verify } = store.atomically(() => chain.advance(0));
    chain.onVerified(verify.flatMap((batch) => answersTo(network.idBytes, batch)));
    const { more } = store.atomically(() => chain.advance());
    const tip = large.block.hash;
    expect([chain.tip.hash, more]).to.deep.equal([tip, true]);
    expect(store.state()).to.deep.equal({ tip, position: network.id, target: undefined });
    const copy = new Chain(network, store);
    expect(copy.tip.hash).to.equal(tip);
    expect(settle(copy, store).events).to.deep.equal([]);
    expect(store.state()?.position).to.equal(tip);
    expect([...store.coins()]).to.have.length(network.params.allocations.length + 250);
  });
});
