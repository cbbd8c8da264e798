import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { genesisOf, makeNetwork, nextBlock, type MadeBlock } from '../../support/blocks.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork();
const genesis = genesisOf(network);

interface Scene {
  readonly world: World;
  readonly node: WorldNode;
  readonly strangers: readonly Stranger[];
}

/** A node that `count` strangers called, one after the other. */
function calledBy(count: number, protocolMax?: number): Scene {
  const world = new World();
  const node = addNode(world, network);
  const hello = protocolMax === undefined ? {} : { protocolMax };
  const strangers = Array.from({ length: count }, (_, i) =>
    new Stranger(world, network, { number: 101 + i, hello }).call(node),
  );
  return { world, node, strangers };
}

/** Whether each was asked to push compact blocks, the last thing that it heard of that. */
const asked = ({ strangers }: Scene): boolean[] =>
  strangers.map((one) => one.all('compactWanted').at(-1)?.key !== undefined);

function push({ world }: Scene, stranger: Stranger | undefined, block: MadeBlock): void {
  stranger?.push(block);
  world.run(50);
}

describe('net/compactSuppliers', () => {
  it('asks three peers, and under one key', () => {
    const scene = calledBy(5);
    expect(asked(scene)).to.deep.equal([true, true, true, false, false]);
    const keys = scene.strangers.flatMap((one) => one.all('compactWanted').map(({ key }) => key));
    expect(keys).to.have.length(3);
    expect(new Set(keys.map(String)).size).to.equal(1);
    const other = calledBy(1).strangers[0]?.all('compactWanted')[0]?.key;
    expect(other).to.have.length(16);
  });

  it('asks another when one is gone', () => {
    const scene = calledBy(4);
    scene.strangers[1]?.hangUp();
    scene.world.run(50);
    expect(asked(scene)).to.deep.equal([true, true, true, true]);
  });

  it('asks who was first with a tip in place of who was first least lately', () => {
    const scene = calledBy(4);
    const [a, b, c, d] = scene.strangers;
    const first = nextBlock(network, genesis);
    const second = nextBlock(network, first);
    const third = nextBlock(network, second);
    push(scene, a, first);
    push(scene, c, second);
    push(scene, d, third);
    expect(asked(scene)).to.deep.equal([true, false, true, true]);
    // Told before: nobody is first with it.
    push(scene, b, third);
    expect(asked(scene)).to.deep.equal([true, false, true, true]);
  });

  it('keeps one place for a peer that we called', () => {
    const scene = calledBy(3);
    const called = new Stranger(scene.world, network, { number: 120 });
    scene.node.connectTo(called);
    scene.world.run(200);
    const all = { ...scene, strangers: [...scene.strangers, called] };
    expect(asked(all)).to.deep.equal([true, true, false, true]);
    let parent = genesis;
    for (const stranger of [...scene.strangers, ...scene.strangers]) {
      parent = nextBlock(network, parent);
      push(scene, stranger, parent);
    }
    expect(asked(all)).to.deep.equal([false, true, true, true]);
  });

  it('asks nobody who does not know of it', () => {
    expect(asked(calledBy(2, 2))).to.deep.equal([false, false]);
  });
});
