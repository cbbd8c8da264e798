import { expect } from 'chai';
import { makeNetwork } from '../../support/blocks.js';
import { Stranger } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();

describe('net/neighbours', () => {
  it('keeps those that it dialed, then those that dialed it, then those of earlier times', () => {
    const world = new World();
    const gone = { host: '10.0.7.7', port: 6_000 };
    const dialed = addNode(world, network);
    const node = addNode(world, network, { neighbours: [gone] });
    const inbound = new Stranger(world, network).call(node);
    node.connectTo(dialed);
    world.run(30_000);
    expect(node.neighbours).to.deep.equal([dialed.address, inbound.address, gone]);
  });

  it('writes when they change, and not more than once in ten seconds', () => {
    const world = new World();
    const node = addNode(world, network);
    let writes = 0;
    let last = node.neighbours;
    for (let number = 100; number < 110; number++) {
      new Stranger(world, network, { number }).call(node);
      if (node.neighbours !== last) writes++;
      last = node.neighbours;
    }
    expect(writes).to.equal(1);
    world.run(20_000);
    expect(node.neighbours).to.have.length(10);
    last = node.neighbours;
    world.run(600_000);
    expect(node.neighbours).to.equal(last);
  });

  it('keeps sixteen at most', () => {
    const world = new World();
    const node = addNode(world, network);
    for (let number = 100; number < 130; number++) {
      new Stranger(world, network, { number }).call(node);
    }
    world.run(20_000);
    expect(node.neighbours).to.have.length(16);
  });

  it('does not forget the last good ones when they leave', () => {
    const world = new World();
    const node = addNode(world, network);
    const other = addNode(world, network);
    node.connectTo(other);
    world.run(1_000);
    other.kill();
    world.run(60_000);
    expect(node.neighbours).to.deep.equal([other.address]);
  });

  it('writes what waits for its time when the program stops', () => {
    const world = new World();
    const node = addNode(world, network);
    for (let number = 100; number < 103; number++) {
      new Stranger(world, network, { number }).call(node);
    }
    expect(node.neighbours).to.have.length(1);
    node.stop();
    expect(node.neighbours).to.have.length(3);
  });
});
