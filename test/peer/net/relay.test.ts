import { expect } from 'chai';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  spend,
  genesisCoin,
  pay,
} from '../../support/blocks.js';
import { headersOf, Stranger } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const NOTHING = { type: 'headers', headers: new Uint8Array() } as const;

/** A stranger that called `node` and has told it that it has nothing. */
function caller(world: World, node: WorldNode, number: number): Stranger {
  const stranger = new Stranger(world, network, { number }).call(node);
  if (stranger.all('getHeaders').length > 0) stranger.say(NOTHING);
  world.run(20);
  return stranger;
}

describe('net/relay', () => {
  it('passes on a header at once, before its body is here, but not to who sent it', () => {
    const world = new World();
    const node = addNode(world, network);
    const [a, b] = [caller(world, node, 101), caller(world, node, 102)];
    const block = nextBlock(network, genesis);
    a.push(block);
    world.run(11);
    expect(b.all('newHeaders').map(({ headers }) => headers)).to.deep.equal([headersOf([block])]);
    expect(a.all('newHeaders')).to.deep.equal([]);
    expect(a.askedFor).to.deep.equal([block.block.hash]);
    expect(node.height).to.equal(0);
  });

  it('tells each peer of a block once', () => {
    const world = new World();
    const node = addNode(world, network);
    const [a, b] = [caller(world, node, 101), caller(world, node, 102)];
    const block = nextBlock(network, genesis);
    a.push(block);
    world.run(20);
    a.say({ type: 'block', block: block.bytes });
    b.push(block);
    world.run(100);
    expect(node.height).to.equal(1);
    expect(b.all('newHeaders')).to.have.length(1);
    expect(a.all('newHeaders')).to.deep.equal([]);
  });

  it('keeps a header to itself that is not better, or whose parent is not connected', () => {
    const world = new World();
    const node = addNode(world, network);
    const blocks = nextBlocks(network, genesis, 3);
    node.give(blocks);
    const [a, b] = [caller(world, node, 101), caller(world, node, 102)];
    a.push(nextBlock(network, blocks[0] ?? genesis, { extraNonce: 1 }));
    const side = nextBlocks(network, blocks[0] ?? genesis, 4, { extraNonce: 2 });
    a.say({ type: 'newHeaders', headers: headersOf(side) });
    world.run(50);
    expect(node.node.queries.bestHeader.hash).to.equal(side[3]?.block.hash);
    expect(b.all('newHeaders')).to.deep.equal([]);
  });

  it('tells of a new branch when it became the chain, from the fork on', () => {
    const world = new World();
    const node = addNode(world, network);
    const blocks = nextBlocks(network, genesis, 3);
    node.give(blocks);
    const a = caller(world, node, 101);
    const side = nextBlocks(network, blocks[0] ?? genesis, 4, { extraNonce: 2 });
    node.give(side);
    world.run(50);
    const pushed = a.all('newHeaders').map(({ headers }) => headers);
    const branch = [...blocks.slice(0, 1), ...side.slice(0, 3)];
    expect(pushed).to.deep.equal([headersOf(branch), headersOf(side.slice(3))]);
  });

  it('tells a new peer what it missed during the handshake', () => {
    const world = new World();
    const node = addNode(world, network);
    const stranger = new Stranger(world, network, { number: 101, isMute: true }).call(node);
    world.run(20);
    stranger.hangUp();
    const block = nextBlock(network, genesis);
    const late = new Stranger(world, network, { number: 102 });
    world.after(12, () => {
      node.give([block]);
    });
    late.call(node);
    world.run(50);
    expect(late.theirs?.tipHeight).to.equal(0);
    expect(late.all('newHeaders').map(({ headers }) => headers)).to.deep.equal([
      headersOf([block]),
    ]);
  });

  it('brings a block from one end of a line of nodes to the other in a few latencies', () => {
    const world = new World({ latencyMs: 10 });
    const nodes = Array.from({ length: 5 }, () => addNode(world, network));
    nodes.slice(1).forEach((node, i) => {
      node.connectTo(nodes[i] as WorldNode);
    });
    world.run(1_000);
    const tx = spend(network, { coins: [genesisCoin(network, 0)], outputs: [pay(owner(1), 999)] });
    (nodes[0] as WorldNode).give([nextBlock(network, genesis, { transactions: [tx] })]);
    const ms = world.until(() => nodes.every(({ height }) => height === 1));
    // The header takes four hops; behind it the body takes one way there and back a hop, and its
    // signatures a millisecond each.
    expect(ms).to.be.at.most(4 * 30 + 10);
    for (const node of nodes) expect(node.reasons).to.deep.equal([]);
  });
});
