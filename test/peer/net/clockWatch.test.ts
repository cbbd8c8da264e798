import { expect } from 'chai';
import { makeNetwork } from '../../support/blocks.js';
import { Stranger } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();

/** A peer whose clock is `seconds` ahead calls. */
function call(world: World, node: WorldNode, number: number, seconds: number): void {
  const hello = { unixTime: world.now.unix + seconds };
  new Stranger(world, network, { number, hello }).call(node);
}

describe('net/clockWatch', () => {
  it('warns when the clocks of most peers are more than 10 s off, once', () => {
    const world = new World();
    const node = addNode(world, network);
    call(world, node, 101, 10);
    expect(node.notices()).to.deep.equal([]);
    call(world, node, 102, -3_600);
    call(world, node, 103, -3_600);
    expect(node.notices()).to.deep.equal(['clock-offset']);
    expect(node.told('notice')[0]?.sentence).to.include('3600 seconds behind ours');
    call(world, node, 104, -3_600);
    expect(node.notices()).to.have.length(1);
  });

  it('moves nothing: our blocks have the time of our clock, whatever the peers say', () => {
    const world = new World();
    const node = addNode(world, network);
    for (const number of [101, 102, 103]) call(world, node, number, 86_400);
    expect(node.notices()).to.deep.equal(['clock-offset']);
    node.command({ type: 'generate', count: 1 });
    world.until(() => node.height === 1);
    expect(node.node.queries.tip.time).to.be.at.most(world.now.unix);
  });
});
