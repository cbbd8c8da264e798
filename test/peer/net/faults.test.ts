import { expect } from 'chai';
import { onFault } from '../../../peer/net/faults.js';
import { Outbox } from '../../../peer/net/outbox.js';
import { REJECTS, type Reject } from '../../../shared/consensus/reject.js';
import { genesisOf, makeNetwork, nextBlock, nextBlocks } from '../../support/blocks.js';
import { Stranger } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();
const genesis = genesisOf(network);

describe('net/faults', () => {
  it('does nothing where the table finds no fault', () => {
    const outbox = new Outbox();
    const parent = network.id;
    const blameless: Reject[] = [
      { code: 'unknown-parent', parent },
      { code: 'invalid-parent', parent },
    ];
    for (const reject of blameless) {
      expect(REJECTS[reject.code].fault).to.equal('none');
      onFault({} as never, 'header', reject, outbox);
    }
    expect(outbox.take()).to.deep.equal([]);
  });

  it('does not blame who pushes a header on a branch that only we know to be invalid', () => {
    const world = new World();
    const node = addNode(world, network);
    const bad = nextBlock(network, genesis, { reward: 2 ** 52 });
    const [on] = nextBlocks(network, bad, 1);
    const liar = new Stranger(world, network, { number: 101, blocks: [bad] }).call(node);
    liar.push(bad);
    world.run(100);
    expect(node.reasons).to.deep.equal(['invalid-block']);
    const honest = new Stranger(world, network, { number: 102 }).call(node);
    honest.push(bad, on ?? bad);
    world.run(100);
    expect(node.reasons).to.deep.equal(['invalid-block']);
    expect(honest.isClosed).to.equal(false);
  });
});
