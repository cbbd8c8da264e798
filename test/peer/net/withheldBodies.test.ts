/** Headers whose blocks nobody gives must cost others nothing: docs/decisions/0013. */

import { expect } from 'chai';
import { encodeBlock } from '../../../shared/consensus/block.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  type MadeBlock,
} from '../../support/blocks.js';
import { genesisEnd, headerBranch } from '../../support/headers.js';
import { headersOf, Stranger, type StrangerOptions } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();
const genesis = genesisOf(network);
/** Bodies of which the sender is remembered, and branches that hold more. */
const SENDERS_MAX = 4_096;
const [BRANCHES, BRANCH_BLOCKS] = [5, 1_024];
const MUCH = { tipHeight: 1_000_000, tipWork: 1n << 60n };
const NOTHING = { type: 'headers', headers: new Uint8Array() } as const;

/** A stranger that called `node` and answered that it has no headers. */
function caller(world: World, node: WorldNode, options: StrangerOptions): Stranger {
  const stranger = new Stranger(world, network, options).call(node);
  if (stranger.all('getHeaders').length > 0) stranger.say(NOTHING);
  world.run(20);
  return stranger;
}

/** Answers the questions of `node` for headers with `pages`, one each, and then with nothing. */
function answerWith(stranger: Stranger, ...pages: readonly Uint8Array[]): Stranger {
  let next = 0;
  stranger.onMessage = ({ type }) => {
    if (type !== 'getHeaders') return;
    stranger.say({ type: 'headers', headers: pages[next++] ?? new Uint8Array() });
  };
  return stranger;
}

/** 80 bytes a header, `from` to `to`. */
const page = (bytes: Uint8Array, from: number, to: number): Uint8Array =>
  bytes.slice(80 * from, 80 * to);

/** A node with `height` blocks. */
function nodeAt(world: World, height: number): { node: WorldNode; blocks: MadeBlock[] } {
  const node = addNode(world, network);
  const blocks = nextBlocks(network, genesis, height);
  node.give(blocks);
  return { node, blocks };
}

describe('net: blocks that nobody gives', function () {
  this.timeout(20_000);

  it('fetches a sibling of a header whose body is withheld, or was sent mutated', () => {
    for (const sends of ['nothing', 'a mutated body']) {
      const world = new World();
      const { node, blocks } = nodeAt(world, 5);
      const bad = caller(world, node, { number: 101 });
      const honest = caller(world, node, { number: 102 });
      const parent = blocks[4] as MadeBlock;
      const [x, y] = [1, 2].map((extraNonce) => nextBlock(network, parent, { extraNonce }));
      const { transactions } = nextBlock(network, parent, { extraNonce: 3 }).block;
      bad.push(x as MadeBlock);
      world.run(20);
      expect(bad.askedFor).to.deep.equal([x?.block.hash]);
      if (sends !== 'nothing') {
        const block = encodeBlock({ ...(x as MadeBlock).block, transactions });
        bad.say({ type: 'block', block });
      }
      honest.push(y as MadeBlock);
      world.run(20);
      expect(honest.askedFor, sends).to.deep.equal([y?.block.hash]);
      honest.say({ type: 'block', block: (y as MadeBlock).bytes });
      world.run(20);
      expect(node.tip, sends).to.equal(y?.block.hash);
      expect(node.node.queries.isSynced).to.equal(true);
    }
  });

  it('fetches what peers have beside 2,100 headers of one that left, after a restart too', () => {
    const world = new World();
    const { node, blocks } = nodeAt(world, 50);
    const withheld = headerBranch(network, genesisEnd(network), 2_100).bytes;
    const bad = new Stranger(world, network, { hello: MUCH });
    answerWith(bad, page(withheld, 0, 2_000), page(withheld, 2_000, 2_100)).call(node);
    world.run(1_000);
    bad.hangUp();
    world.run(20);
    const more = nextBlocks(network, blocks[49] as MadeBlock, 16);
    const honest = caller(world, node, { number: 101, blocks: more });
    honest.push(...more.slice(0, 8));
    world.until(() => node.height === 58, 1_000);
    expect(node.node.queries.isSynced).to.equal(true);
    expect(node.node.queries.bestHeader).to.equal(node.node.queries.tip);

    node.kill();
    const again = addNode(world, network, { number: node.number, store: node.store });
    const hello = { tipHeight: 66, tipWork: BigInt(2 * 66) };
    const other = new Stranger(world, network, { number: 102, blocks: more, hello });
    answerWith(other, headersOf(more.slice(8))).call(again);
    const [question] = other.all('getHeaders');
    expect(question?.locator).to.include(again.tip);
    world.until(() => again.height === 66, 1_000);
    expect(again.node.queries.isSynced).to.equal(true);
  });

  it('gets from a neighbour what that got after it passed on a header without a body', () => {
    const world = new World();
    const [h, b] = [addNode(world, network), addNode(world, network)];
    b.connectTo(h);
    world.run(1_000);
    const [x, y] = [1, 2].map((extraNonce) => nextBlock(network, genesis, { extraNonce }));
    const bad = caller(world, h, { number: 101 });
    const miner = caller(world, h, { number: 102, blocks: [y as MadeBlock] });
    bad.push(x as MadeBlock);
    world.run(3_000);
    miner.push(y as MadeBlock);
    world.until(() => b.height === 1, 200);
    expect([h.tip, b.tip]).to.deep.equal([y?.block.hash, y?.block.hash]);
  });

  it('asks a neighbour on, which waits for a body itself, whoever else could give that', () => {
    const world = new World();
    const [h, b] = [addNode(world, network), addNode(world, network)];
    b.connectTo(h);
    world.run(1_000);
    const [x, y] = [1, 2].map((extraNonce) => nextBlock(network, genesis, { extraNonce }));
    const bad = caller(world, h, { number: 101 });
    const miner = caller(world, h, { number: 102, blocks: [y as MadeBlock] });
    const silent = [103, 104, 105].map((number) => caller(world, b, { number }));
    bad.push(x as MadeBlock);
    for (const one of silent) one.push(x as MadeBlock);
    world.run(8_000);
    miner.push(y as MadeBlock);
    world.until(() => b.height === 1, 200);
    expect(b.reasons).to.deep.equal([]);
    expect(h.reasons).to.deep.equal([]);
  });

  it('lets go of no neighbour that waits itself for what holds up a whole window', () => {
    const world = new World({ latencyMs: 1 });
    const node = addNode(world, network);
    const blocks = nextBlocks(network, genesis, 1_100);
    const neighbour = caller(world, node, { number: 101 });
    neighbour.push(blocks[0] as MadeBlock);
    const crowd = Array.from({ length: 65 }, (_, i) =>
      answerWith(new Stranger(world, network, { number: 110 + i }), headersOf(blocks)).call(node),
    );
    world.run(100);
    expect(neighbour.askedFor).to.deep.equal([blocks[0]?.block.hash]);
    const asked = crowd.reduce((count, { askedFor }) => count + askedFor.length, 0);
    expect(asked).to.equal(1_023);
    world.run(60_000);
    expect(neighbour.isClosed).to.equal(false);
  });

  it('counts as synced, and mines, when nothing comes of them for a minute', () => {
    const world = new World();
    const { node, blocks } = nodeAt(world, 50);
    const withheld = headerBranch(network, genesisEnd(network), 100).bytes;
    const bad = new Stranger(world, network, { hello: MUCH });
    answerWith(bad, withheld).call(node);
    const { queries } = node.node;
    world.run(1_000);
    expect([queries.isSynced, queries.bestHeader.height]).to.deep.equal([false, 100]);
    // Blocks at the tip do not show that those come.
    const more = nextBlocks(network, blocks[49] as MadeBlock, 8);
    const honest = caller(world, node, { number: 101, blocks: more });
    for (const block of more.slice(0, 5)) {
      world.run(10_000);
      honest.push(block);
    }
    world.run(8_000);
    expect([node.height, queries.isSynced]).to.deep.equal([55, false]);
    world.run(2_000);
    expect([queries.isSynced, queries.bestHeader.height]).to.deep.equal([true, 55]);
  });

  it('waits for them once, and not each time that somebody shows them', () => {
    const world = new World();
    const { node } = nodeAt(world, 50);
    const withheld = headerBranch(network, genesisEnd(network), 101).bytes;
    const { queries } = node.node;
    const show = (number: number, count: number): Stranger => {
      const bad = new Stranger(world, network, { number, hello: MUCH });
      return answerWith(bad, page(withheld, 0, count)).call(node);
    };
    const first = show(101, 100);
    expect(queries.isSynced).to.equal(false);
    first.hangUp();
    world.run(100);
    expect(queries.isSynced).to.equal(true);
    world.run(60_000);
    show(102, 100);
    show(103, 101);
    world.run(100);
    expect(queries.isSynced).to.equal(true);
  });

  it('goes on telling others of its tip', () => {
    const world = new World();
    const { node, blocks } = nodeAt(world, 50);
    const withheld = headerBranch(network, genesisEnd(network), 100).bytes;
    const bad = new Stranger(world, network, { hello: MUCH });
    answerWith(bad, withheld).call(node);
    world.run(100);
    bad.hangUp();
    const more = nextBlocks(network, blocks[49] as MadeBlock, 2);
    const honest = caller(world, node, { number: 101, blocks: more });
    const listener = caller(world, node, { number: 102 });
    honest.push(...more);
    world.run(100);
    expect(node.height).to.equal(52);
    const pushed = listener.all('newHeaders').at(-1)?.headers;
    expect(pushed?.subarray(-80)).to.deep.equal(headersOf(more.slice(1)));
  });

  it('asks nobody for them who did not show them', () => {
    const world = new World();
    const [old, node] = [addNode(world, network), addNode(world, network)];
    const blocks = nextBlocks(network, genesis, 50);
    for (const one of [old, node]) one.give(blocks);
    const bad = new Stranger(world, network, { hello: MUCH });
    answerWith(bad, headerBranch(network, genesisEnd(network), 100).bytes).call(node);
    bad.hangUp();
    const hello = { tipHeight: 50, tipWork: old.node.queries.tip.chainWork };
    const honest = caller(world, node, { number: 101, hello });
    world.run(1_000);
    expect(honest.all('getHeaders')[0]?.locator).to.include(node.tip);
    expect(honest.askedFor).to.deep.equal([]);
  });

  it('fetches from others beside a peer that shows more branches than are looked at', () => {
    const world = new World();
    const node = addNode(world, network);
    const bad = caller(world, node, { number: 101 });
    for (let extraNonce = 1; extraNonce <= 60; extraNonce++) {
      bad.push(...nextBlocks(network, genesis, 2, { extraNonce }));
    }
    world.run(100);
    const honest = nextBlock(network, genesis, { extraNonce: 99 });
    const good = caller(world, node, { number: 102, blocks: [honest] });
    good.push(honest);
    world.until(() => node.height === 1, 100);
    expect(node.reasons).to.deep.equal([]);
  });

  it('remembers who sent the last 4,096 bodies that wait for others', () => {
    const world = new World();
    const node = addNode(world, network);
    let bodies = 0;
    for (let number = 1; number <= BRANCHES; number++) {
      const [, ...blocks] = nextBlocks(network, genesis, BRANCH_BLOCKS, { extraNonce: number });
      const options = { number: 100 + number, hello: MUCH, blocks };
      const all = nextBlocks(network, genesis, 1, { extraNonce: number }).concat(blocks);
      answerWith(new Stranger(world, network, options), headersOf(all)).call(node);
      bodies += blocks.length;
    }
    let most = 0;
    for (let i = 0; i < 60; i++) {
      world.run(1_000);
      most = Math.max(most, node.node.queries.queues().senders);
    }
    expect(bodies).to.be.above(SENDERS_MAX);
    expect([node.height, most]).to.deep.equal([0, SENDERS_MAX]);
  });
});
