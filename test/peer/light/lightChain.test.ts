import { expect } from 'chai';
import { openLightStore } from '../../../peer/storage/openLight.js';
import { IN_MEMORY } from '../../../peer/storage/openStore.js';
import { genesisOf, makeNetwork, nextBlock, nextBlocks } from '../../support/blocks.js';
import { addHeaders, lightChainOf } from '../../support/lightWorld.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const blocks = nextBlocks(network, genesis, 5);
const hashes = blocks.map(({ block }) => block.hash);

describe('light/lightChain', () => {
  it('is the branch of headers with the most work', () => {
    const chain = lightChainOf(network, blocks);
    expect(chain.tip.hash).to.equal(hashes[4]);
    expect([1, 2, 3, 4, 5].map((height) => chain.active(height)?.hash)).to.deep.equal(hashes);
    expect([chain.active(-1), chain.active(6)]).to.deep.equal([undefined, undefined]);
    const stale = nextBlock(network, genesis, { time: genesis.point.time + 3 });
    addHeaders(chain, [stale]);
    const entry = chain.entry(stale.block.hash);
    expect(entry && chain.isActive(entry)).to.equal(false);
    expect(chain.tip.hash).to.equal(hashes[4]);
  });

  it('tells how the tip moved, once', () => {
    const chain = lightChainOf(network, blocks.slice(0, 2));
    expect(chain.takeEvents().map(({ type }) => type)).to.deep.equal(['tip-changed']);
    expect(chain.takeEvents()).to.deep.equal([]);
    const other = nextBlock(network, genesis, { time: genesis.point.time + 3 });
    const better = [other, ...nextBlocks(network, other, 2)];
    addHeaders(chain, better);
    const [moved, changed] = chain.takeEvents();
    expect(moved).to.include({ type: 'reorganised', fork: network.id, depth: 2 });
    expect(changed).to.include({ type: 'tip-changed', height: 3 });
  });

  it('is the same after a restart', () => {
    const { store } = openLightStore(IN_MEMORY, network);
    lightChainOf(network, blocks, store);
    const again = lightChainOf(network, [], store);
    expect(again.tip.hash).to.equal(hashes[4]);
    expect(again.takeEvents()).to.deep.equal([]);
    expect(again.headerBytes(again.tip)).to.deep.equal(blocks[4]?.bytes.subarray(0, 80));
    expect(again.locator(again.tip)[0]).to.equal(hashes[4]);
  });
});
