import { expect } from 'chai';
import { Liar } from '../../../lab/sim/liar.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import type { BlockHash } from '../../../shared/units.js';
import { genesisOf, makeNetwork, nextBlocks } from '../../support/blocks.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork();
/** 144 blocks that any branch may be below the tip, and the longest branch of the liar. */
const HEIGHT = 144 + 100 + 1;

describe('sim/liar', () => {
  it('shows blocks and keeps them back', () => {
    const world = new World();
    const blocks = nextBlocks(network, genesisOf(network), 20);
    const lie = 'withheld bodies';
    const liar = addNode(world, network, {
      mouth: (speaker) => new Liar(speaker, { network, lie, rng: world.rng }),
    });
    const [node, honest] = [addNode(world, network), addNode(world, network)];
    for (const one of [liar, honest]) one.give(blocks);
    node.connectTo(liar);
    world.run(5_000);
    expect(node.node.queries.entry(blocks[19]?.block.hash ?? network.id)?.height).to.equal(20);
    expect(node.height).to.equal(0);
    node.connectTo(honest);
    world.run(5_000);
    expect(node.height).to.equal(20);
    // Nor does it push one whole.
    const stranger = new Stranger(world, network).call(liar);
    stranger.say({ type: 'compactWanted', key: new Uint8Array(16) });
    world.run(1_000);
    liar.command({ type: 'generate', count: 1 });
    world.until(() => liar.height === 21, 5_000);
    world.run(5_000);
    expect(stranger.all('compactBlock')).to.deep.equal([]);
    expect(stranger.all('newHeaders')).to.have.length(1);
    expect(node.height).to.equal(20);
    expect(node.node.queries.entry(liar.tip as BlockHash)?.height).to.equal(21);
  });

  it('shows a branch of so low work that a chain of 245 blocks is enough to refuse it', () => {
    const blocks = nextBlocks(network, genesisOf(network), HEIGHT);
    for (let seed = 1; seed <= 8; seed++) {
      const world = new World({ seed });
      const { rng } = world;
      const shown: BlockHash[] = [];
      const liar = addNode(world, network, {
        mouth: (speaker) =>
          new Liar(speaker, {
            ...{ network, lie: 'low work', rng },
            onLowWork: (_message, last) => shown.push(last),
          }),
      });
      const node = addNode(world, network);
      for (const one of [liar, node]) one.give(blocks);
      node.connectTo(liar);
      world.run(5_000);
      expect(shown).to.have.length.above(0);
      for (const last of shown) expect(node.node.queries.entry(last)).to.equal(undefined);
      expect([node.peerCount, node.reasons]).to.deep.equal([1, []]);
    }
  });
});
