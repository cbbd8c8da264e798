import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import {
  packPlaces,
  packShortIds,
  shortIdsUnder,
  unpackPlaces,
} from '../../../peer/net/shortIds.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import type { Wtxid } from '../../../shared/units.js';
import type { PeerMessage } from '../../../shared/wire/peerMessages.js';
import {
  coinOf,
  genesisOf,
  makeNetwork,
  nextBlock,
  owner,
  pay,
  spend,
  type MadeBlock,
} from '../../support/blocks.js';
import { payGenesis } from '../../support/mempools.js';
import { Stranger } from '../../support/stranger.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const TXS = [0, 1, 2].map((i) => payGenesis(network, i));
const [first = expect.fail(), second = expect.fail()] = TXS;
const block = nextBlock(network, genesis, { transactions: TXS });

type Compact = Extract<PeerMessage, { type: 'compactBlock' }>;

interface Scene {
  readonly world: World;
  readonly node: WorldNode;
  readonly stranger: Stranger;
}

/** A node where `waiting` waits, and a stranger whom it asked for compact blocks. */
function scene(waiting: readonly DecodedTransaction[]): Scene {
  const world = new World();
  const node = addNode(world, network);
  const transactions = waiting.map(({ bytes }) => bytes);
  if (waiting.length > 0) node.command({ type: 'submit-transactions', transactions });
  const stranger = new Stranger(world, network, { number: 101 }).call(node);
  world.run(500);
  expect(node.node.queries.mempool(world.now).count).to.equal(waiting.length);
  return { world, node, stranger };
}

/** `made` as a compact block for the node; `swapped`: wtxids to name in place of others. */
function compactOf(
  { stranger }: Scene,
  made: MadeBlock,
  swapped: ReadonlyMap<Wtxid, Wtxid> = new Map(),
): Compact {
  const key = stranger.all('compactWanted')[0]?.key ?? expect.fail('it wants compact blocks');
  const [coinbase = expect.fail(), ...others] = made.block.transactions;
  const shortId = shortIdsUnder(key);
  return {
    type: 'compactBlock',
    header: made.bytes.slice(0, 80),
    shortIds: packShortIds(others.map(({ wtxid }) => shortId(swapped.get(wtxid) ?? wtxid))),
    places: packPlaces([0]),
    whole: [coinbase.bytes],
  };
}

function say({ world, stranger }: Scene, message: PeerMessage): void {
  stranger.say(message);
  world.run(200);
}

/** What the stranger was asked for of a block: places in it. */
const asked = ({ stranger }: Scene): number[][] =>
  stranger.all('getBlockTransactions').map(({ places }) => unpackPlaces(places));

/** The short id of `tx`, again and again. */
function sameIds({ stranger }: Scene, { wtxid }: DecodedTransaction, count: number): Uint8Array {
  const key = stranger.all('compactWanted')[0]?.key ?? expect.fail('it wants compact blocks');
  return packShortIds(Array.from({ length: count }, () => shortIdsUnder(key)(wtxid)));
}

/** One more who called the node. */
const calledBy = ({ world, node }: Scene, number: number): Scene => ({
  ...{ world, node },
  stranger: new Stranger(world, network, { number }).call(node),
});

const rest = (...transactions: readonly DecodedTransaction[]): PeerMessage => ({
  type: 'blockTransactions',
  hash: block.block.hash,
  transactions: transactions.map(({ bytes }) => bytes),
});

describe('net/compactBlocks', () => {
  it('builds a block from what waits, and asks for nothing', () => {
    const at = scene(TXS);
    say(at, compactOf(at, block));
    expect([at.node.tip, at.stranger.askedFor, asked(at)]).to.deep.equal([
      block.block.hash,
      [],
      [],
    ]);
    expect(at.node.node.queries.block(block.block.hash)).to.deep.equal(block.bytes);
  });

  it('asks for what it lacks, and for nothing else', () => {
    const at = scene([second]);
    say(at, compactOf(at, block));
    expect([at.node.height, asked(at)]).to.deep.equal([0, [[1, 3]]]);
    say(at, rest(first, TXS[2] ?? first));
    expect([at.node.tip, at.stranger.askedFor]).to.deep.equal([block.block.hash, []]);
    expect(at.node.reasons).to.deep.equal([]);
  });

  it('takes what comes whole beside the coinbase', () => {
    const at = scene([second]);
    const { whole, ...others } = compactOf(at, block);
    const more = [...whole, first.bytes, TXS[2]?.bytes ?? first.bytes];
    const shortIds = others.shortIds.slice(6, 12);
    say(at, { ...others, shortIds, places: packPlaces([0, 1, 3]), whole: more });
    expect([at.node.tip, asked(at)]).to.deep.equal([block.block.hash, []]);
  });

  it('takes the whole block as well', () => {
    const at = scene([second]);
    say(at, compactOf(at, block));
    say(at, { type: 'block', block: block.bytes });
    expect([at.node.height, at.node.reasons]).to.deep.equal([1, []]);
    say(at, rest(first));
    expect(at.node.reasons).to.deep.equal(['message-unexpected']);
  });

  it('asks for the whole where short ids meet, and blames nobody', () => {
    const at = scene(TXS);
    say(at, compactOf(at, block, new Map([[first.wtxid, second.wtxid]])));
    expect([at.node.height, at.stranger.askedFor]).to.deep.equal([0, [block.block.hash]]);
    say(at, { type: 'block', block: block.bytes });
    expect([at.node.height, at.node.reasons]).to.deep.equal([1, []]);
  });

  it('builds nothing where one id stands for many places, and looks at that once', () => {
    const at = scene(TXS);
    const repeated = { ...compactOf(at, block), shortIds: sameIds(at, first, 1_000) };
    say(at, repeated);
    say(at, repeated);
    expect([at.node.height, at.stranger.askedFor]).to.deep.equal([0, [block.block.hash]]);
    // The right one comes too late: each block has one look.
    say(at, compactOf(at, block));
    expect([at.node.height, at.node.reasons]).to.deep.equal([0, []]);
    say(at, { type: 'block', block: block.bytes });
    expect(at.node.height).to.equal(1);
  });

  it('asks for the whole where the rest does not fit, and blames nobody', () => {
    const at = scene([second]);
    say(at, compactOf(at, block));
    say(at, rest(second, first));
    expect([at.node.height, at.stranger.askedFor]).to.deep.equal([0, [block.block.hash]]);
    expect(at.node.reasons).to.deep.equal([]);
  });

  it('asks somebody else for the whole when the rest does not come', () => {
    const at = scene([]);
    const other = new Stranger(at.world, network, { number: 102, blocks: [block] }).call(at.node);
    say(at, compactOf(at, block));
    other.push(block);
    at.world.run(1_000);
    expect(other.askedFor).to.deep.equal([]);
    at.world.run(4_000);
    expect([other.askedFor, at.node.height]).to.deep.equal([[block.block.hash], 1]);
  });

  it('is not held up by one who promised it first', () => {
    const at = scene([second]);
    const [slow, lacking, quick] = [at, calledBy(at, 102), calledBy(at, 103)];
    for (const one of [slow, lacking]) {
      say(one, compactOf(at, block));
      expect(asked(one)).to.deep.equal([[1, 3]]);
    }
    say(lacking, rest(first, TXS[2] ?? first));
    expect(at.node.tip).to.equal(block.block.hash);
    const next = nextBlock(network, block, { transactions: [] });
    slow.stranger.push(next);
    say(quick, compactOf(at, next));
    expect(at.node.tip).to.equal(next.block.hash);
    say(slow, rest(first, TXS[2] ?? first));
    expect(at.node.reasons).to.deep.equal([]);
  });

  it('blames nobody for a block that turns out wrong', () => {
    const at = scene(TXS);
    const coin = coinOf(first, 0, owner(5));
    const twice = [1, 2].map((fee) =>
      spend(network, { coins: [coin], outputs: [pay(owner(6), coin.amount - fee)] }),
    );
    const wrong = nextBlock(network, genesis, { transactions: [first, ...twice] });
    say(at, compactOf(at, wrong));
    say(at, { ...rest(...twice), hash: wrong.block.hash } as PeerMessage);
    expect([at.node.height, at.node.reasons]).to.deep.equal([0, []]);
    expect(at.node.told('rejected').map(({ what }) => what)).to.deep.equal(['block']);
    say(at, compactOf(at, block));
    expect(at.node.tip).to.equal(block.block.hash);
  });

  it('ends a session that says what cannot be', () => {
    const [coinbase = expect.fail()] = block.block.transactions;
    const twice = [coinbase.bytes, coinbase.bytes];
    const wrong: readonly Partial<Compact>[] = [
      { places: packPlaces([4]) },
      { places: packPlaces([1, 0]), whole: twice },
      { places: packPlaces([0, 0]), whole: twice },
      { places: packPlaces([0, 1]) },
      { whole: twice },
      { whole: [new Uint8Array(13)] },
    ];
    for (const [i, change] of wrong.entries()) {
      const at = scene(TXS);
      say(at, { ...compactOf(at, block), ...change });
      expect([i, at.node.reasons]).to.deep.equal([i, ['message-malformed']]);
    }
    for (const answer of [rest(first), { ...rest(first, first), hash: genesis.block.hash }]) {
      const at = scene([second]);
      say(at, compactOf(at, block));
      say(at, answer);
      expect(at.node.reasons).to.have.length(1);
    }
  });

  it('takes only the header of one whom it did not ask', () => {
    const at = scene(TXS);
    const others = [102, 103, 104].map((number) =>
      new Stranger(at.world, network, { number }).call(at.node),
    );
    const [, , last = expect.fail()] = others;
    expect(last.all('compactWanted')).to.deep.equal([]);
    last.say(compactOf(at, block));
    at.world.run(200);
    expect([at.node.height, last.askedFor]).to.deep.equal([0, [block.block.hash]]);
  });

  it('asks for the whole of a block whose parent it lacks', () => {
    const at = scene(TXS);
    const next = nextBlock(network, block, { transactions: [] });
    at.stranger.push(block);
    say(at, compactOf(at, next));
    expect(at.stranger.askedFor).to.deep.equal([block.block.hash, next.block.hash]);
  });

  it('crosses a row of nodes without a question for a block', () => {
    const world = new World();
    const nodes = Array.from({ length: 4 }, () => addNode(world, network));
    nodes.slice(1).forEach((node, i) => {
      node.connectTo(nodes[i] as WorldNode);
    });
    world.run(2_000);
    const [miner = expect.fail()] = nodes;
    miner.command({ type: 'submit-transactions', transactions: TXS.map(({ bytes }) => bytes) });
    world.run(2_000);
    const types: (number | undefined)[] = [];
    world.watch({
      onStep: (_, effects) => {
        for (const effect of effects) {
          if ('bytes' in effect) types.push((effect.bytes as Uint8Array)[4]);
        }
      },
    });
    miner.command({ type: 'generate', count: 1 });
    world.until(() => nodes.every(({ height }) => height === 1), 1_000);
    expect(types.filter((type) => type === 0x17)).to.have.length(3);
    expect(types).to.not.include(0x12);
    expect(types).to.not.include(0x18);
  });
});
