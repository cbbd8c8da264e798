import { expect } from 'chai';
import type { TxOutput } from '../../../shared/consensus/transaction.js';
import type { BlockHash } from '../../../shared/units.js';
import {
  genesisOf,
  makeCoinbase,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  type MadeBlock,
} from '../../support/blocks.js';
import { headersOf, Stranger } from '../../support/stranger.js';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';

const network = makeNetwork();
const genesis = genesisOf(network);
const ZEROS = '0'.repeat(64) as BlockHash;
const UNKNOWN = 'ee'.repeat(32) as BlockHash;

function scene(height: number) {
  const world = new World();
  const node = addNode(world, network);
  const blocks = nextBlocks(network, genesis, height);
  node.give(blocks);
  const stranger = new Stranger(world, network).call(node);
  stranger.say({ type: 'headers', headers: new Uint8Array() });
  const hashes = blocks.map(({ block }) => block.hash);
  return { world, node, blocks, hashes, stranger };
}

/** Blocks of about 100 kB: coinbases with thousands of outputs. */
function bigBlocks(count: number): MadeBlock[] {
  const blocks: MadeBlock[] = [];
  for (let height = 1; height <= count; height++) {
    const outputs = Array<TxOutput>(3_400).fill(pay(owner(9), 1));
    const coinbase = makeCoinbase({ height, outputs });
    blocks.push(nextBlock(network, blocks.at(-1) ?? genesis, { coinbase }));
  }
  return blocks;
}

describe('net/blockServer', () => {
  it('answers with the headers after the first hash of the locator that is on its chain', () => {
    const { world, blocks, hashes, stranger } = scene(10);
    const ask = (locator: BlockHash[], stop = ZEROS): Uint8Array | undefined => {
      stranger.say({ type: 'getHeaders', locator, stop });
      world.run(20);
      return stranger.all('headers').at(-1)?.headers;
    };
    const known = (height: number): BlockHash => hashes[height - 1] as BlockHash;
    expect(ask([UNKNOWN, known(7), known(3)])).to.deep.equal(headersOf(blocks.slice(7)));
    expect(ask([UNKNOWN])).to.deep.equal(headersOf(blocks));
    expect(ask([known(10)])).to.deep.equal(new Uint8Array());
    expect(ask([known(2)], known(4))).to.deep.equal(headersOf(blocks.slice(2, 4)));
  });

  it('answers a stale hash in a locator with the headers from the fork on', () => {
    const { world, node, blocks, stranger } = scene(5);
    const stale = nextBlock(network, blocks[2] ?? genesis, { extraNonce: 1 });
    node.give([stale]);
    const locator = [stale.block.hash, (blocks[2] ?? genesis).block.hash];
    stranger.say({ type: 'getHeaders', locator, stop: ZEROS });
    world.run(20);
    expect(stranger.all('headers')[0]?.headers).to.deep.equal(headersOf(blocks.slice(3)));
  });

  it('answers each block that it is asked for, in order, with the block or with notFound', () => {
    const { world, blocks, hashes, stranger } = scene(3);
    const [a, b] = hashes as [BlockHash, BlockHash];
    stranger.say({ type: 'getBlocks', hashes: [b, UNKNOWN, a, network.id] });
    world.run(20);
    expect(stranger.heard.slice(-4)).to.deep.equal([
      { type: 'block', block: blocks[1]?.bytes },
      { type: 'notFound', hash: UNKNOWN },
      { type: 'block', block: blocks[0]?.bytes },
      { type: 'block', block: network.genesisBytes },
    ]);
  });

  it('lets a question wait for a block that is on its way', () => {
    const { world, node, stranger } = scene(1);
    const other = new Stranger(world, network, { number: 101 }).call(node);
    const next = nextBlock(network, nextBlocks(network, genesis, 1)[0] ?? genesis);
    other.push(next);
    world.run(20);
    stranger.say({ type: 'getBlocks', hashes: [next.block.hash] });
    world.run(1_000);
    expect(stranger.all('block')).to.deep.equal([]);
    expect(stranger.all('notFound')).to.deep.equal([]);
    other.say({ type: 'block', block: next.bytes });
    world.run(20);
    expect(stranger.all('block')).to.deep.equal([{ type: 'block', block: next.bytes }]);
  });

  it('answers notFound when such a block does not come, or is invalid', () => {
    const late = scene(0);
    const bad = scene(0);
    const invalid = nextBlock(network, genesis, { reward: 2 ** 52 });
    const others = [late, bad].map(({ world, node, stranger }) => {
      const other = new Stranger(world, network, { number: 101 }).call(node);
      other.push(invalid);
      world.run(20);
      stranger.say({ type: 'getBlocks', hashes: [invalid.block.hash] });
      return other;
    });
    const missing = ({ stranger }: typeof late): string[] =>
      stranger.all('notFound').map(({ hash }) => hash);
    others[1]?.say({ type: 'block', block: invalid.bytes });
    late.world.run(10_000);
    bad.world.run(100);
    expect([missing(late), missing(bad)]).to.deep.equal([[], [invalid.block.hash]]);
    late.world.run(11_000);
    expect(missing(late)).to.deep.equal([invalid.block.hash]);
  });

  it('serves no block that it has not connected, so that nobody blames it', () => {
    const { world, node, blocks, stranger } = scene(3);
    const side = nextBlock(network, blocks[0] ?? genesis, { extraNonce: 1 });
    node.give([side]);
    stranger.say({ type: 'getBlocks', hashes: [side.block.hash] });
    world.run(20);
    expect(stranger.all('notFound')).to.have.length(1);
  });

  it('ends a session that asks for more at once than any honest node', () => {
    const blocks = { type: 'getBlocks', hashes: Array<BlockHash>(16).fill(UNKNOWN) } as const;
    const headers = { type: 'getHeaders', locator: [ZEROS], stop: ZEROS } as const;
    const reasons = (
      question: typeof blocks | typeof headers,
      count: number,
    ): readonly string[] => {
      const { world, node, stranger } = scene(3);
      stranger.sayAll(Array.from({ length: count }, () => question));
      world.run(100);
      return node.reasons;
    };
    expect(reasons(blocks, 4)).to.deep.equal([]);
    expect(reasons(blocks, 5)).to.deep.equal(['flooding']);
    expect(reasons(headers, 2)).to.deep.equal([]);
    expect(reasons(headers, 3)).to.deep.equal(['flooding']);
  });

  it('has a megabyte a peer with the sockets, and goes on when that is gone', function () {
    this.timeout(20_000);
    const world = new World();
    const node = addNode(world, network);
    const big = bigBlocks(20);
    node.give(big);
    const stranger = new Stranger(world, network).call(node);
    node.host.holdSent();
    stranger.say({ type: 'headers', headers: new Uint8Array() });
    stranger.say({ type: 'getBlocks', hashes: big.slice(0, 16).map(({ block }) => block.hash) });
    world.run(20_000);
    const bytes = stranger.all('block').reduce((sum, { block }) => sum + block.length, 0);
    expect(bytes).to.be.within(1_000_000, 1_200_000);
    node.host.releaseSent();
    world.run(1_000);
    expect(stranger.all('block')).to.have.length(16);
  });
});
