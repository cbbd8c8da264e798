/** Whole nodes that talk to each other: sync, relay, reorganisation, restart. */

import { expect } from 'chai';
import { genesisOf, makeNetwork, nextBlocks } from '../support/blocks.js';
import { World } from '../support/world.js';

describe('node', () => {
  const network = makeNetwork();

  it('syncs from a peer that has 300 blocks', () => {
    const world = new World();
    const [a, b] = [world.node(network), world.node(network)];
    const blocks = nextBlocks(network, genesisOf(network), 300);
    a.give(blocks);
    b.connectTo(a);
    world.until(() => b.height === 300, 10_000);
    expect(b.tip).to.equal(a.tip);
    expect(a.reasons).to.deep.equal([]);
    expect(b.reasons).to.deep.equal([]);
  });
});
