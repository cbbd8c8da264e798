import { expect } from 'chai';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { packPlaces, packShortIds, shortIdsUnder } from '../../../peer/net/shortIds.js';
import { decodeBlock } from '../../../shared/consensus/block.js';
import type { BlockHash } from '../../../shared/units.js';
import { FRAME_PREFIX_BYTES } from '../../../shared/wire/frame.js';
import { ALLOCATION, makeNetwork, owner, pay } from '../../support/blocks.js';
import { payGenesis } from '../../support/mempools.js';
import { Stranger } from '../../support/stranger.js';

const PAYERS = 60;
const allocations = Array.from({ length: PAYERS }, (_, i) => pay(owner(i), ALLOCATION));
const network = makeNetwork({ allocations });
const KEY = Uint8Array.from({ length: 16 }, (_, i) => 7 * i);

interface Scene {
  readonly world: World;
  readonly node: WorldNode;
  readonly stranger: Stranger;
}

/** A node where `count` payments wait, and a stranger who wants its blocks compact. */
function scene(count: number): Scene {
  const world = new World();
  const node = addNode(world, network);
  const transactions = Array.from({ length: count }, (_, i) => payGenesis(network, i).bytes);
  if (count > 0) node.command({ type: 'submit-transactions', transactions });
  world.run(2_000);
  const stranger = new Stranger(world, network).call(node);
  stranger.say({ type: 'compactWanted', key: KEY });
  world.run(100);
  return { world, node, stranger };
}

function mine({ world, node }: Scene): BlockHash {
  const height = node.height + 1;
  node.command({ type: 'generate', count: 1 });
  world.until(() => node.height === height, 5_000);
  world.run(100);
  return node.tip as BlockHash;
}

const blockAt = ({ node }: Scene, hash: BlockHash) => {
  const bytes = node.node.queries.block(hash);
  const block = bytes && decodeBlock(bytes);
  if (bytes === undefined || block?.ok !== true) return expect.fail('it has that block');
  return { bytes, ...block.value };
};

describe('net/compactPush', () => {
  it('pushes the coinbase whole and a short id under the key of who wants it for all else', () => {
    const at = scene(3);
    const { bytes, transactions } = blockAt(at, mine(at));
    const [coinbase = expect.fail(), ...others] = transactions;
    expect(others).to.have.length(3);
    expect(at.stranger.all('compactBlock')).to.deep.equal([
      {
        type: 'compactBlock',
        header: bytes.slice(0, 80),
        shortIds: packShortIds(others.map(({ wtxid }) => shortIdsUnder(KEY)(wtxid))),
        places: packPlaces([0]),
        whole: [coinbase.bytes],
      },
    ]);
    expect(at.stranger.all('newHeaders')).to.deep.equal([]);
  });

  it('is told before the header is told to those who came earlier', () => {
    const world = new World();
    const node = addNode(world, network);
    new Stranger(world, network).call(node);
    world.run(100);
    new Stranger(world, network).call(node).say({ type: 'compactWanted', key: KEY });
    world.run(100);
    const types: number[] = [];
    world.watch({
      onStep: (host, effects) => {
        if (host !== node.host) return;
        for (const { type, bytes } of effects) {
          if (type === 'send') types.push((bytes as Uint8Array)[FRAME_PREFIX_BYTES - 1] ?? 0);
        }
      },
    });
    node.command({ type: 'generate', count: 1 });
    world.until(() => node.height === 1, 5_000);
    expect(types).to.deep.equal([0x17, 0x15]);
  });

  it('names payments to each under its own key, and an empty block to all alike', () => {
    const at = scene(2);
    const otherKey = KEY.map((byte) => 255 - byte);
    const other = new Stranger(at.world, network).call(at.node);
    other.say({ type: 'compactWanted', key: otherKey });
    at.world.run(100);
    const { transactions } = blockAt(at, mine(at));
    const idsUnder = (key: Uint8Array): Uint8Array =>
      packShortIds(transactions.slice(1).map(({ wtxid }) => shortIdsUnder(key)(wtxid)));
    mine(at);
    for (const [stranger, key] of [
      [at.stranger, KEY],
      [other, otherKey],
    ] as const) {
      const [full, empty] = stranger.all('compactBlock');
      expect(full?.shortIds).to.deep.equal(idsUnder(key));
      expect(empty?.shortIds).to.have.length(0);
    }
    expect(at.stranger.all('compactBlock')[1]).to.deep.equal(other.all('compactBlock')[1]);
  });

  it('gives what is asked for of the last block, and the whole of an older one', () => {
    const at = scene(3);
    const first = mine(at);
    const { transactions } = blockAt(at, first);
    const ask = (hash: BlockHash, ...places: readonly number[]): void => {
      at.stranger.say({ type: 'getBlockTransactions', hash, places: packPlaces(places) });
      at.world.run(100);
    };
    ask(first, 1, 3);
    expect(at.stranger.all('blockTransactions')).to.deep.equal([
      {
        type: 'blockTransactions',
        hash: first,
        transactions: [transactions[1]?.bytes, transactions[3]?.bytes],
      },
    ]);
    ask(first, 4);
    mine(at);
    ask(first, 1);
    expect(at.stranger.all('blockTransactions')).to.have.length(1);
    const whole = { type: 'block', block: blockAt(at, first).bytes };
    expect(at.stranger.all('block')).to.deep.equal([whole, whole]);
    ask('ab'.repeat(32) as BlockHash, 1);
    expect(at.stranger.all('notFound')).to.have.length(1);
  });

  it('ends a session that asks for what cannot be, and goes on', () => {
    for (const places of [[0], [2, 1], [1, 1]]) {
      const at = scene(3);
      const hash = mine(at);
      at.stranger.say({ type: 'getBlockTransactions', hash, places: packPlaces(places) });
      at.world.run(100);
      expect(at.node.reasons).to.deep.equal(['message-malformed']);
      mine(at);
    }
  });

  it('pushes headers to who does not want it any more', () => {
    const at = scene(0);
    at.stranger.say({ type: 'compactWanted', key: undefined });
    at.world.run(100);
    mine(at);
    expect(at.stranger.all('compactBlock')).to.deep.equal([]);
    expect(at.stranger.all('newHeaders')).to.have.length(1);
  });

  it('pushes compact to eight of those who called', () => {
    const at = scene(0);
    const others = Array.from({ length: 9 }, (_, i) =>
      new Stranger(at.world, network, { number: 101 + i }).call(at.node),
    );
    for (const one of others) one.say({ type: 'compactWanted', key: KEY });
    at.world.run(100);
    mine(at);
    const all = [at.stranger, ...others];
    expect(all.filter((one) => one.all('compactBlock').length === 1)).to.have.length(8);
    expect(all.filter((one) => one.all('newHeaders').length === 1)).to.have.length(2);
  });

  it('pushes a large block before it is connected', () => {
    const at = scene(40);
    let heightThen = -1;
    at.world.watch({
      onStep: (host, effects) => {
        if (host !== at.node.host) return;
        const sends = effects.filter(({ type }) => type === 'send') as unknown as {
          readonly bytes: Uint8Array;
        }[];
        if (sends.some(({ bytes }) => bytes[4] === 0x17)) heightThen = at.node.height;
      },
    });
    const { transactions } = blockAt(at, mine(at));
    expect(transactions).to.have.length(41);
    expect(heightThen).to.equal(0);
  });
});
