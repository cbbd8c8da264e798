import { expect } from 'chai';
import { Testimonies, TESTIMONIES_MAX } from '../../../peer/light/testimonies.js';
import { openLightStore } from '../../../peer/storage/openLight.js';
import { IN_MEMORY } from '../../../peer/storage/openStore.js';
import type { NodeKey } from '../../../shared/units.js';
import { genesisOf, makeNetwork, nextBlock, nextBlocks, owner } from '../../support/blocks.js';
import { addHeaders, lightChainOf } from '../../support/lightWorld.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const blocks = nextBlocks(network, genesis, 4);
const [a, b, c] = [0, 1, 2].map((i) => owner(i).address) as [never, never, never];
const key = (i: number): NodeKey => i.toString(16).padStart(64, '0') as NodeKey;
const ONE = key(1);

function testimonies() {
  const { store } = openLightStore(IN_MEMORY, network);
  const chain = lightChainOf(network, blocks, store);
  const at = (height: number) => chain.active(height) ?? chain.tip;
  return { store, chain, at, told: new Testimonies(chain, store) };
}

describe('light/testimonies', () => {
  it('knows of which addresses a peer was not asked, and of which nobody was', () => {
    const { told, at } = testimonies();
    expect(told.missing(ONE, [a, b])).to.deep.equal([a, b]);
    told.onTold(ONE, [a], at(4));
    expect(told.missing(ONE, [a, b])).to.deep.equal([b]);
    expect(told.missing(key(2), [a, b])).to.deep.equal([a, b]);
    expect([told.covers(a), told.covers(b)]).to.deep.equal([true, false]);
    expect(told.addressesOf(ONE)).to.deep.equal([a]);
    expect([...told.addresses]).to.deep.equal([a]);
  });

  it('is current when one peer has told all up to the tip', () => {
    const { told, at } = testimonies();
    told.onTold(ONE, [a, b], at(3));
    expect(told.isCurrent([a, b])).to.equal(false);
    told.onMore(ONE, at(4));
    expect([told.isCurrent([a, b]), told.isCurrent([a, b, c])]).to.deep.equal([true, false]);
    told.onTold(key(2), [c], at(4));
    expect(told.isCurrent([a, b, c]), 'two together').to.equal(false);
  });

  it('stands at the last block that all it told has in common, on the chain', () => {
    const { told, at, chain } = testimonies();
    told.onTold(ONE, [a], at(4));
    told.onTold(ONE, [b], at(2));
    expect(told.standing(ONE)?.height).to.equal(2);
    told.onTold(ONE, [c], at(4));
    expect(told.standing(ONE)?.height, 'of the others it told less').to.equal(2);
    told.onMore(ONE, at(4));
    const { bytes, ...fork } = nextBlock(network, blocks[0] ?? genesis, {
      time: genesis.point.time + 100,
    });
    const other = { ...fork, bytes };
    addHeaders(chain, [other, ...nextBlocks(network, other, 3)]);
    expect(told.standing(ONE)?.height).to.equal(1);
    expect(told.standing(key(9))).to.equal(undefined);
  });

  it('remembers the last eight, also over a restart', () => {
    const { told, at, chain, store } = testimonies();
    for (let i = 1; i <= TESTIMONIES_MAX; i++) told.onTold(key(i), [a], at(i % 5));
    told.onMore(ONE, at(4));
    told.onTold(key(99), [b], at(1));
    for (const one of [told, new Testimonies(chain, store)]) {
      expect(one.missing(ONE, [a, b]), 'heard again').to.deep.equal([b]);
      expect(one.standing(ONE)?.height).to.equal(4);
      expect(one.missing(key(2), [a]), 'heard longest ago').to.deep.equal([a]);
      expect(one.missing(key(3), [a])).to.deep.equal([]);
      expect(one.standing(key(99))?.height).to.equal(1);
    }
  });
});
