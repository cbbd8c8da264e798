import { expect } from 'chai';
import { encodeBlock } from '../../../shared/consensus/block.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  type MadeBlock,
} from '../../support/blocks.js';
import { headersOf, Stranger, type StrangerOptions } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { DownloadsWorld, type Seen } from './downloadsWorld.js';

const network = makeNetwork();
const genesis = genesisOf(network);

/** Strangers from 101 that have `blocks`, told `node` so, and serve those that `serves` says. */
function swarm(
  world: World,
  node: WorldNode,
  blocks: readonly MadeBlock[],
  serves: readonly StrangerOptions[],
): Stranger[] {
  const tipHeight = blocks.length;
  const hello = { tipHeight, tipWork: BigInt(2 * tipHeight) };
  const strangers = serves.map((options, i) => {
    const stranger = new Stranger(world, network, { number: 101 + i, hello, ...options });
    stranger.onMessage = ({ type }) => {
      if (type === 'getHeaders') stranger.say({ type: 'headers', headers: headersOf(blocks) });
    };
    return stranger;
  });
  for (const stranger of strangers) stranger.call(node);
  return strangers;
}

/** `block` with other transactions than its header says. */
function mutated({ block }: MadeBlock): Uint8Array {
  const other = nextBlock(network, genesis, { extraNonce: 77 });
  return encodeBlock({ ...block, transactions: other.block.transactions });
}

describe('net/downloads', () => {
  const blocks = nextBlocks(network, genesis, 60);

  it('has at most 16 blocks in flight from one peer', () => {
    const world = new World();
    const node = addNode(world, network);
    const [stranger] = swarm(world, node, blocks, [{}]);
    world.run(100);
    expect(stranger?.askedFor).to.deep.equal(blocks.slice(0, 16).map(({ block }) => block.hash));
  });

  it('fetches from all peers at once, each block once', () => {
    const world = new World();
    const node = addNode(world, network);
    const all = nextBlocks(network, genesis, 400);
    const strangers = swarm(world, node, all, [{ blocks: all }, { blocks: all }, { blocks: all }]);
    world.until(() => node.height === 400);
    const asked = strangers.map(({ askedFor }) => askedFor.length);
    expect(asked.reduce((a, b) => a + b)).to.equal(400);
    expect(Math.min(...asked)).to.be.at.least(50);
  });

  it('passes over a peer that stalls for 2 s, when another can deliver, and keeps it', () => {
    const world = new World();
    const node = addNode(world, network);
    const [silent, good] = swarm(world, node, blocks, [{}, { blocks }]) as [Stranger, Stranger];
    world.run(1_500);
    expect(node.height).to.equal(0);
    world.until(() => node.height === 60, 2_000);
    expect(node.reasons).to.deep.equal([]);
    expect([silent.isClosed, good.isClosed]).to.deep.equal([false, false]);
    expect(silent.askedFor).to.have.length(16);
  });

  it('has the same 2 s for each of several that withhold a block they showed', () => {
    const world = new World({ latencyMs: 1 });
    const node = addNode(world, network);
    const one = blocks.slice(0, 1);
    const strangers = swarm(world, node, one, [{}, {}, {}, {}]);
    for (const stranger of strangers) stranger.push(...one);
    world.run(6_500);
    expect(strangers.map(({ askedFor }) => askedFor.length)).to.deep.equal([1, 1, 1, 1]);
  });

  it('asks first who is late with nothing', () => {
    const world = new World({ latencyMs: 1 });
    const node = addNode(world, network);
    const [late, other, slow, good] = swarm(world, node, [], [{}, {}, {}, {}]) as [
      Stranger,
      Stranger,
      Stranger,
      Stranger,
    ];
    const [x, y] = [1, 2].map((extraNonce) => nextBlock(network, genesis, { extraNonce })) as [
      MadeBlock,
      MadeBlock,
    ];
    for (const stranger of [late, other]) stranger.push(x);
    world.run(2_500);
    for (const stranger of [slow, late, good]) stranger.push(y);
    world.run(3_500);
    expect(slow.askedFor).to.deep.equal([y.block.hash]);
    expect([late.askedFor, good.askedFor]).to.deep.equal([[x.block.hash], [y.block.hash]]);
  });

  it('fetches what one shows whom it dialed, whoever dials it to show other branches', () => {
    const world = new World({ latencyMs: 1 });
    const node = addNode(world, network);
    const sibling = (extraNonce: number): MadeBlock => nextBlock(network, genesis, { extraNonce });
    for (let number = 110; number < 150; number++) {
      new Stranger(world, network, { number }).call(node).push(sibling(number));
    }
    const good = new Stranger(world, network, { number: 101 });
    node.connectTo(good);
    world.run(100);
    const block = sibling(1);
    good.push(block);
    world.run(100);
    expect(good.askedFor).to.deep.equal([block.block.hash]);
  });

  it('does not pass over a peer for what others owe for longer', () => {
    const world = new World({ latencyMs: 1 });
    const node = addNode(world, network);
    const [other, slow] = swarm(world, node, [], [{}, {}]) as [Stranger, Stranger];
    other.push(...blocks.slice(0, 1));
    slow.push(...blocks.slice(0, 2));
    world.run(15_000);
    expect([other, slow].map(({ askedFor }) => askedFor.length)).to.deep.equal([1, 2]);
    slow.push(...blocks.slice(2, 3));
    world.run(10);
    expect(slow.askedFor).to.have.length(3);
  });

  it('waits for a slow peer when no other has the blocks', () => {
    const world = new World();
    const node = addNode(world, network);
    const [slow] = swarm(world, node, blocks, [{}]);
    world.run(600_000);
    for (const { bytes } of blocks.slice(0, 16)) slow?.say({ type: 'block', block: bytes });
    world.run(100);
    expect(node.height).to.equal(16);
    expect(node.reasons).to.deep.equal([]);
  });

  it('disconnects a peer for which the whole window waits', function () {
    this.timeout(30_000);
    const many = nextBlocks(network, genesis, 1_100);
    const world = new World();
    const node = addNode(world, network);
    const [silent] = swarm(world, node, many, [{}, { blocks: many }, { blocks: many }]);
    world.until(() => node.height === 1_100, 10_000);
    expect(node.reasons).to.deep.equal(['stalled']);
    expect(silent?.isClosed).to.equal(true);
  });

  it('disconnects a peer that owes an answer for two minutes', () => {
    const world = new World();
    const node = addNode(world, network);
    const [silent, good] = swarm(world, node, blocks, [{}, { blocks }]) as [Stranger, Stranger];
    world.run(10_000);
    expect(node.height).to.equal(60);
    const more = nextBlocks(network, blocks[59] ?? genesis, 1);
    silent.push(...more);
    good.push(...more);
    world.run(120_000);
    expect(node.reasons).to.deep.equal(['stalled']);
    expect([silent.isClosed, good.isClosed]).to.deep.equal([true, false]);
  });

  it('asks another peer for what one does not have', () => {
    const world = new World();
    const node = addNode(world, network);
    const [poor] = swarm(world, node, blocks, [{}, { blocks }]) as [Stranger, Stranger];
    poor.onMessage = (message) => {
      if (message.type !== 'getBlocks') return;
      for (const hash of message.hashes) poor.say({ type: 'notFound', hash });
    };
    for (const hash of poor.askedFor) poor.say({ type: 'notFound', hash });
    world.run(200);
    expect(node.height).to.equal(60);
    expect(node.reasons).to.deep.equal([]);
  });

  it('asks who comes for what nobody else has, also when its own chain is not better', () => {
    const other = nextBlock(network, blocks[1] ?? genesis, { extraNonce: 9 });
    const ours = [...blocks.slice(0, 2), other, ...nextBlocks(network, other, 2)];
    const theirs = blocks.slice(0, 6);
    const low = blocks.slice(0, 4);
    const world = new DownloadsWorld([ours, theirs, low]);
    const answer = (peer: Seen, without?: MadeBlock): void => {
      for (const hash of peer.owed) {
        world.answer(peer, hash, hash === without?.block.hash ? 'not-found' : 'block');
      }
      world.advance();
      world.settle();
    };
    for (const branch of [ours, theirs]) {
      const peer = world.join('outbound');
      world.show(peer, branch);
      world.settle();
      answer(peer, theirs[2]);
    }
    expect([world.chain.tip.height, world.downloads.inFlightCount]).to.deep.equal([5, 0]);
    const late = world.join('outbound');
    world.show(late, low);
    world.settle();
    expect([...late.owed]).to.deep.equal([theirs[2]?.block.hash]);
    answer(late);
    expect(world.chain.tip.height).to.equal(6);
  });

  it('bans who sends a mutated block, and fetches it from another (CVE-2012-2459)', () => {
    const world = new World();
    const node = addNode(world, network);
    const short = blocks.slice(0, 3);
    const [bad, good] = swarm(world, node, short, [{}, {}]) as [Stranger, Stranger];
    expect([bad.askedFor.length, good.askedFor.length]).to.deep.equal([3, 0]);
    bad.say({ type: 'block', block: mutated(short[0] as MadeBlock) });
    world.run(50);
    expect(node.reasons).to.deep.equal(['invalid-block']);
    expect(node.told('rejected')[0]?.reject.code).to.equal('bad-merkle-root');
    expect(good.askedFor).to.have.length(3);
    for (const { bytes } of short) good.say({ type: 'block', block: bytes });
    world.run(50);
    expect(node.height).to.equal(3);
    bad.call(node);
    expect(node.reasons[1]).to.equal('banned');
  });

  it('leaves the download of one peer alone when another sends its block mutated', () => {
    const world = new World();
    const node = addNode(world, network);
    const short = blocks.slice(0, 1);
    const [slow, bad] = swarm(world, node, short, [{}, {}]) as [Stranger, Stranger];
    world.run(2_500);
    expect(bad.askedFor).to.have.length(1);
    bad.say({ type: 'block', block: mutated(short[0] as MadeBlock) });
    world.run(50);
    slow.say({ type: 'block', block: (short[0] as MadeBlock).bytes });
    world.run(50);
    expect(node.height).to.equal(1);
    expect(node.reasons).to.deep.equal(['invalid-block']);
  });

  it('lets go of who sends a block that fails its last checks, and does not fetch it again', () => {
    const world = new World();
    const node = addNode(world, network);
    const bad = [nextBlock(network, genesis, { reward: 2 ** 52 })];
    const [sender, other] = swarm(world, node, bad, [{ blocks: bad }, {}]) as [Stranger, Stranger];
    expect(node.reasons).to.deep.equal(['invalid-block']);
    expect(node.told('rejected')[0]?.reject.code).to.equal('bad-coinbase-amount');
    expect(node.node.queries.bestHeader.height).to.equal(0);
    expect(other.askedFor).to.deep.equal([]);
    expect(sender.call(node).isClosed).to.equal(false);
  });

  it('takes a block that it asked for once, and no second time', () => {
    const world = new World();
    const node = addNode(world, network);
    const [stranger] = swarm(world, node, blocks.slice(0, 1), [{}]);
    const block = (blocks[0] as MadeBlock).bytes;
    stranger?.say({ type: 'block', block });
    world.run(20);
    expect(node.reasons).to.deep.equal([]);
    stranger?.say({ type: 'block', block });
    world.run(20);
    expect(node.reasons).to.deep.equal(['message-unexpected']);
  });

  it('counts a large block on a slow link as progress', () => {
    const world = new World();
    const node = addNode(world, network);
    const one = blocks.slice(0, 1);
    const [slow, other] = swarm(world, node, one, [{}, {}]) as [Stranger, Stranger];
    // A frame of 600 kB that comes with 20 kB a second.
    const bytes = new Uint8Array(600_000);
    new DataView(bytes.buffer).setUint32(0, bytes.length - 4);
    bytes[4] = 0x13;
    for (let i = 0; i < 20; i++) {
      slow.sayBytes(bytes.subarray(i * 20_000, (i + 1) * 20_000));
      world.run(1_000);
    }
    expect(node.reasons).to.deep.equal([]);
    expect(other.askedFor).to.deep.equal([]);
  });
});
