import { expect } from 'chai';
import { concatBytes } from '../../../shared/bytes.js';
import type { BlockHash, UnixSeconds } from '../../../shared/units.js';
import { genesisOf, makeNetwork, nextBlock, nextBlocks } from '../../support/blocks.js';
import { genesisEnd, headerBranch, type Branch, type HeaderEnd } from '../../support/headers.js';
import { headersOf, Stranger, type StrangerOptions } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const MUCH = { tipHeight: 1_000_000, tipWork: 1n << 60n };
const NOTHING = { type: 'headers', headers: new Uint8Array() } as const;

/** A node with `height` blocks, and a stranger that called it. */
function scene(height = 0, options: StrangerOptions = {}) {
  const world = new World();
  const node = addNode(world, network);
  const blocks = nextBlocks(network, genesis, height);
  node.give(blocks);
  const stranger = new Stranger(world, network, { hello: MUCH, ...options }).call(node);
  return { world, node, blocks, stranger };
}

describe('net/sync', () => {
  it('asks a new peer for what comes after its best header, with a locator back to genesis', () => {
    const { blocks, stranger } = scene(20);
    const [question] = stranger.all('getHeaders');
    expect(question?.locator[0]).to.equal(blocks[19]?.block.hash);
    expect(question?.locator.at(-1)).to.equal(network.id);
    expect(question?.stop).to.equal('0'.repeat(64));
  });

  it('goes on after a full answer, and is done after one that is not', () => {
    const { world, node, stranger } = scene();
    const first = headerBranch(network, genesisEnd(network), 2_000);
    const second = headerBranch(network, first.end, 5);
    stranger.say({ type: 'headers', headers: first.bytes });
    world.run(20);
    expect(stranger.all('getHeaders').map(({ locator }) => locator[0])).to.deep.equal([
      network.id,
      first.end.hash,
    ]);
    stranger.say({ type: 'headers', headers: second.bytes });
    world.run(20);
    expect(stranger.all('getHeaders')).to.have.length(2);
    expect(node.node.queries.bestHeader.hash).to.equal(second.end.hash);
  });

  it('asks one peer at first, the one with the most work, and then each', () => {
    const world = new World();
    const node = addNode(world, network);
    const hello = { tipWork: 5n };
    const slow = new Stranger(world, network, { number: 101, hello }).call(node);
    const [low, high] = [102, 103].map((number) =>
      new Stranger(world, network, { number, hello: { tipWork: BigInt(number) } }).call(node),
    ) as [Stranger, Stranger];
    const asked = (): number[] => [slow, low, high].map((one) => one.all('getHeaders').length);
    expect(asked()).to.deep.equal([1, 0, 0]);
    world.run(5_000);
    expect(asked()).to.deep.equal([1, 0, 1]);
    high.say(NOTHING);
    world.run(20);
    expect(asked()).to.deep.equal([1, 1, 1]);
  });

  it('asks one more peer every five seconds while the first gives headers slowly', () => {
    const world = new World();
    const node = addNode(world, network);
    const { bytes } = headerBranch(network, genesisEnd(network), 6_000);
    const slow = new Stranger(world, network, { number: 101, hello: MUCH });
    let page = 0;
    slow.onMessage = ({ type }) => {
      if (type !== 'getHeaders') return;
      const headers = bytes.slice(160_000 * page, 160_000 * ++page);
      world.after(2_000, () => slow.say({ type: 'headers', headers }));
    };
    slow.call(node);
    const others = [102, 103].map((number) =>
      new Stranger(world, network, { number, hello: { tipWork: 5n } }).call(node),
    );
    const asked = (): number[] => others.map((one) => one.all('getHeaders').length);
    world.run(4_800);
    expect(asked()).to.deep.equal([0, 0]);
    world.run(400);
    expect(asked()).to.deep.equal([1, 0]);
    world.run(5_000);
    expect(asked()).to.deep.equal([1, 1]);
  });

  it('asks no more when full answers lead no higher', () => {
    const { world, node, stranger } = scene();
    const { bytes, end } = headerBranch(network, genesisEnd(network), 2_000);
    stranger.onMessage = ({ type }) => {
      if (type === 'getHeaders') stranger.say({ type: 'headers', headers: bytes });
    };
    stranger.say({ type: 'headers', headers: bytes });
    world.run(1_000);
    expect(stranger.all('getHeaders')).to.have.length(2);
    expect(node.node.queries.bestHeader.hash).to.equal(end.hash);
    expect(node.reasons).to.deep.equal([]);
  });

  it('asks no more when a full answer goes back far below the one before', () => {
    const { world, node, blocks, stranger } = scene(2_200);
    const end = { hash: blocks[2_199]?.block.hash as BlockHash, point: blocks[2_199]?.point };
    const up = headerBranch(network, end as Parameters<typeof headerBranch>[1], 2_000);
    stranger.say({ type: 'headers', headers: up.bytes });
    world.run(20);
    expect(stranger.all('getHeaders')[1]?.locator[0]).to.equal(up.end.hash);
    stranger.say({ type: 'headers', headers: headersOf(blocks.slice(0, 2_000)) });
    world.run(20);
    expect(stranger.all('getHeaders')).to.have.length(2);
    expect(node.reasons).to.deep.equal([]);
  });

  it('follows a peer upwards through headers that it knows', () => {
    const { world, node, stranger } = scene();
    const { bytes, end } = headerBranch(network, genesisEnd(network), 4_105);
    const page = (from: number, to: number): Uint8Array => bytes.slice(80 * from, 80 * to);
    for (const headers of [page(0, 2_000), page(2_000, 4_000), page(4_000, 4_100)]) {
      stranger.say({ type: 'headers', headers });
      world.run(20);
    }
    const other = new Stranger(world, network, { number: 101, hello: MUCH }).call(node);
    for (const headers of [page(0, 2_000), page(2_000, 4_000), page(4_000, 4_105)]) {
      other.say({ type: 'headers', headers });
      world.run(20);
    }
    expect(other.all('getHeaders')).to.have.length(3);
    expect(node.node.queries.bestHeader.hash).to.equal(end.hash);
    expect(node.reasons).to.deep.equal([]);
  });

  it('knows that who has nothing to add has the block with the work that it told', () => {
    const world = new World();
    const [old, node] = [addNode(world, network), addNode(world, network)];
    const blocks = nextBlocks(network, genesis, 60);
    old.give(blocks);
    const stranger = new Stranger(world, network, { hello: MUCH }).call(node);
    stranger.say({ type: 'headers', headers: headersOf(blocks) });
    world.run(100);
    stranger.hangUp();
    node.connectTo(old);
    world.until(() => node.height === 60, 1_000);
  });

  it('ends a session that leaves a question open for a minute', () => {
    const { world, node } = scene();
    world.run(59_000);
    expect(node.reasons).to.deep.equal([]);
    world.run(2_000);
    expect(node.reasons).to.deep.equal(['stalled']);
  });

  it('does not ask a peer that claims too little work to matter', () => {
    const { stranger } = scene(200, { hello: { tipWork: 100n } });
    expect(stranger.all('getHeaders')).to.deep.equal([]);
  });

  it('asks when a peer pushes a header whose parent it does not know', () => {
    const { world, stranger } = scene();
    stranger.say(NOTHING);
    const branch = nextBlocks(network, genesis, 3);
    stranger.push(branch[2] as (typeof branch)[0]);
    world.run(20);
    expect(stranger.all('getHeaders')).to.have.length(2);
  });

  it('ends a session at a header that breaks a rule, and bans', () => {
    const { world, node, stranger } = scene();
    stranger.push(nextBlock(network, genesis, { header: { version: 2 } }));
    world.run(20);
    expect(node.reasons).to.deep.equal(['invalid-header']);
    expect(node.told('rejected')[0]?.reject.code).to.equal('bad-version');
    stranger.call(node);
    expect(node.reasons[1]).to.equal('banned');
  });

  it('ends a session at headers that do not follow each other, or nothing that it named', () => {
    const answers = nextBlocks(network, genesis, 3);
    const gap = scene();
    gap.stranger.say({
      type: 'headers',
      headers: headersOf([answers[0], answers[0]] as typeof answers),
    });
    gap.world.run(20);
    expect(gap.node.reasons).to.deep.equal(['message-malformed']);
    const lost = scene();
    lost.stranger.say({ type: 'headers', headers: headersOf(answers.slice(1)) });
    lost.world.run(20);
    expect(lost.node.reasons).to.deep.equal(['message-unexpected']);
  });

  it('stores nothing of a low-work branch, and is done with the peer when that ends', () => {
    const { world, node, stranger } = scene(400);
    const branch = headerBranch(network, genesisEnd(network), 200);
    stranger.say({ type: 'headers', headers: branch.bytes });
    world.run(20);
    expect(node.node.queries.entry(branch.end.hash)).to.equal(undefined);
    expect(node.reasons).to.deep.equal([]);
    stranger.push(nextBlock(network, genesis, { extraNonce: 9 }));
    world.run(20);
    expect(node.reasons).to.deep.equal([]);
  });

  it('ignores a pushed header of a low-work branch, and takes one near the tip', () => {
    const { world, node, blocks, stranger } = scene(200);
    const low = nextBlock(network, genesis, { extraNonce: 9 });
    const near = nextBlock(network, blocks[190] ?? genesis, { extraNonce: 9 });
    stranger.push(low);
    stranger.push(near);
    world.run(20);
    expect(node.node.queries.entry(low.block.hash)).to.equal(undefined);
    expect(node.node.queries.entry(near.block.hash)).to.not.equal(undefined);
  });

  it('reads a branch of much work twice when it begins far below the tip', () => {
    const { world, node, stranger } = scene(2_200);
    const first = headerBranch(network, genesisEnd(network), 2_000);
    const second = headerBranch(network, first.end, 300);
    const answers = [first.bytes, second.bytes, first.bytes, second.bytes];
    const heads: (BlockHash | undefined)[] = [];
    for (const headers of answers) {
      heads.push(stranger.all('getHeaders').at(-1)?.locator[0]);
      stranger.say({ type: 'headers', headers });
      world.run(20);
    }
    expect(heads.slice(1)).to.deep.equal([first.end.hash, network.id, first.end.hash]);
    expect(node.node.queries.bestHeader.hash).to.equal(second.end.hash);
    expect(node.reasons).to.deep.equal([]);
  });

  it('lets go of who shows another branch at the second reading, without a ban', () => {
    const { world, node, stranger } = scene(2_200);
    const first = headerBranch(network, genesisEnd(network), 2_000);
    const second = headerBranch(network, first.end, 300);
    const other = headerBranch(network, genesisEnd(network), 2_000, 'cd');
    for (const headers of [first.bytes, second.bytes, other.bytes]) {
      stranger.say({ type: 'headers', headers });
      world.run(20);
    }
    expect(node.reasons).to.deep.equal(['invalid-header']);
    expect(node.node.queries.entry(other.end.hash)).to.equal(undefined);
    expect(stranger.call(node).isReady).to.equal(true);
  });

  it('keeps a header from the future until its time has come', () => {
    const { world, node, stranger } = scene();
    stranger.say(NOTHING);
    const { futureLimit } = network.params;
    const early = nextBlock(network, genesis, { time: world.now.unix + futureLimit + 30 });
    stranger.push(early);
    world.run(29_000);
    expect(node.node.queries.entry(early.block.hash)).to.equal(undefined);
    expect(node.reasons).to.deep.equal([]);
    world.run(2_000);
    expect(node.node.queries.entry(early.block.hash)).to.not.equal(undefined);
  });

  /** `count` headers on `from`, the first of them so far ahead that it may come in 30 s. */
  function aheadOf(from: HeaderEnd, count: number, world: World): Branch {
    const { futureLimit, targetInterval } = network.params;
    const time = (world.now.unix + futureLimit + 30 - targetInterval) as UnixSeconds;
    return headerBranch(network, { ...from, point: { ...from.point, time } }, count);
  }

  it('stores what comes before the future, of a branch far below with enough work', () => {
    const { world, node, stranger } = scene(200);
    const past = headerBranch(network, genesisEnd(network), 250);
    const ahead = aheadOf(past.end, 1, world);
    stranger.say({ type: 'headers', headers: concatBytes(past.bytes, ahead.bytes) });
    world.run(20);
    expect(node.node.queries.bestHeader.hash).to.equal(past.end.hash);
    world.run(31_000);
    expect(node.node.queries.bestHeader.hash).to.equal(ahead.end.hash);
    expect(node.reasons).to.deep.equal([]);
  });

  it('asks again for a branch that had too little work before the future', () => {
    const { world, node, stranger } = scene(400);
    const past = headerBranch(network, genesisEnd(network), 250);
    const ahead = aheadOf(past.end, 20, world);
    const answer = { type: 'headers', headers: concatBytes(past.bytes, ahead.bytes) } as const;
    stranger.say(answer);
    stranger.onMessage = ({ type }) => {
      if (type === 'getHeaders') stranger.say(answer);
    };
    world.run(29_000);
    expect(node.node.queries.entry(past.end.hash)).to.equal(undefined);
    // Of ten seconds each, six more make it as much as 144 blocks below the tip.
    world.run(72_000);
    expect(node.node.queries.entry(past.end.hash)).to.not.equal(undefined);
    expect(node.reasons).to.deep.equal([]);
  });

  it('stores nothing from the future that continues too little work', () => {
    const { world, node, stranger } = scene(200);
    const ahead = aheadOf(genesisEnd(network), 16, world);
    stranger.say({ type: 'headers', headers: ahead.bytes });
    stranger.onMessage = ({ type }) => {
      if (type === 'getHeaders') stranger.say({ type: 'headers', headers: ahead.bytes });
    };
    world.run(300_000);
    expect(node.node.queries.entry(ahead.end.hash)).to.equal(undefined);
    expect(node.node.queries.bestHeader.height).to.equal(200);
  });
});
