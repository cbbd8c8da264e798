import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packPlaces, packShortIds } from '../../../peer/net/shortIds.js';
import { IN_FLIGHT_MAX } from '../../../peer/net/txRequests.js';
import type { BlockHash, Wtxid } from '../../../shared/units.js';
import {
  BLOCK_BYTES_CEILING,
  HEADERS_MAX,
  INV_MAX,
  peerProtocol,
  type PeerMessage,
} from '../../../shared/wire/peerMessages.js';
import { NETWORKS_MAX, SAMPLE_MAX } from '../../../shared/wire/trackerMessages.js';
import type { TrackerMessage } from '../../../shared/wire/trackerMessages.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { addTracker, TRACKER_ADDRESS } from '../../../lab/sim/worldTracker.js';
import {
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  type MadeBlock,
} from '../../support/blocks.js';
import { genesisEnd, headerBranch } from '../../support/headers.js';
import { letProve } from '../../support/lightWorld.js';
import { payGenesis } from '../../support/mempools.js';
import { projectRoot } from '../../support/paths.js';
import { headersOf, Stranger, type StrangerOptions } from '../../support/stranger.js';
import { NETWORK, TestPeer, World as TrackerWorld } from '../../tracker/world.js';

const network = makeNetwork();
const ZEROS = '0'.repeat(64) as BlockHash;
/** So much that nobody asks a stranger without work for headers. */
const HEIGHT = 300;
/** The largest parameters that `networks` has room for. */
const PARAMS_BYTES = 32_768;
/** Longer than one answer to `getHeaders`. */
const LONG = HEADERS_MAX + 10;
/** What a name of 64 characters takes more than that of the tracker in a `World`. */
const AGENT_BYTES_MORE = 64 - 'test tracker'.length + 1;

/** Of transactions that nobody has. */
const wtxids = (count: number): Wtxid[] =>
  Array.from({ length: count }, (_, i) => (i + 1).toString(16).padStart(64, '0') as Wtxid);

interface DocsRow {
  readonly bytesIn: number;
  /** The first number. */
  readonly bytesOut: number;
  /** All that the column says. */
  readonly words: string;
}

/** The table of docs/protocol.md: by message, the least bytes in and what goes out. */
function tableOfDocs(): Map<string, DocsRow> {
  const text = readFileSync(join(projectRoot, 'docs/protocol.md'), 'utf8');
  const table = text.slice(text.indexOf('**Bytes out for bytes in.**'));
  const rows = table.matchAll(
    /^\| `(\w+)`[^|]*\| (\d+) \| (([\d,]+|a block|a transaction)[^|]*)/gmu,
  );
  return new Map(
    Array.from(rows, ([, name = '', bytesIn, words = '', out = '']) => {
      const bytesOut = out.startsWith('a ') ? Number.NaN : Number(out.replaceAll(',', ''));
      return [name, { bytesIn: Number(bytesIn), bytesOut, words }];
    }),
  );
}

interface Traffic {
  readonly bytesIn: number;
  readonly out: number;
}

const WANTS_NOTHING = { type: 'compactWanted', key: undefined } as const;

/** The coinbase of `made` whole, and a short id that nobody has for each other transaction. */
const compactOf = ({ block, bytes }: MadeBlock): PeerMessage => ({
  type: 'compactBlock',
  header: bytes.slice(0, 80),
  shortIds: packShortIds(block.transactions.slice(1).map((_, i) => i)),
  places: packPlaces([0]),
  whole: block.transactions.slice(0, 1).map((coinbase) => coinbase.bytes),
});

interface Scene {
  readonly world: World;
  readonly node: WorldNode;
  readonly stranger: Stranger;
}

/** A node with `blocks` and a second peer, and one who called it. */
function sceneWith(blocks: readonly MadeBlock[], options: StrangerOptions = {}): Scene {
  const world = new World();
  const node = addNode(world, network);
  node.give(blocks);
  const stranger = new Stranger(world, network, options).call(node);
  const other = addNode(world, network);
  other.give(blocks);
  other.connectTo(node);
  world.run(2_000);
  return { world, node, stranger };
}

/** The stranger says `message`; all that the node says then, within a second. */
function traffic({ world, node, stranger }: Scene, message: PeerMessage): Traffic {
  let [bytesIn, out] = [0, 0];
  world.watch({
    onInput: (host, input) => {
      const isTold = host === node.host && input.type === 'received';
      if (isTold && bytesIn === 0) bytesIn = (input['bytes'] as Uint8Array).length;
    },
    onStep: (host, effects) => {
      if (host !== node.host) return;
      for (const { type, ...send } of effects) {
        if (type === 'send') out += (send['bytes'] as Uint8Array).length;
      }
    },
  });
  stranger.say(message);
  world.run(1_000);
  return { bytesIn, out };
}

/** Bytes that a tracker with the longest name says to a node that it dials back. */
function dialBackBytes(): number {
  const world = new World();
  const tracker = addTracker(world, [network]);
  const dialed = new Set<unknown>();
  let out = 0;
  world.watch({
    onInput: (host, input) => {
      if (host !== tracker.host || input.type !== 'connected') return;
      if (input['dialed'] !== undefined) dialed.add(input['peer']);
    },
    onStep: (host, effects) => {
      if (host !== tracker.host) return;
      for (const { type, ...send } of effects) {
        if (type !== 'send' || !dialed.has(send['peer'])) continue;
        out += (send['bytes'] as Uint8Array).length;
      }
    },
  });
  addNode(world, network, { trackers: [TRACKER_ADDRESS] });
  world.until(() => tracker.liveCount === 1);
  expect(dialed.size).to.equal(1);
  return out + AGENT_BYTES_MORE;
}

/** A tracker gets `message` from `peer`. */
function trackerTraffic(world: TrackerWorld, message: TrackerMessage): Traffic {
  const connection = world.connect(new TestPeer({ host: '10.9.0.1' }));
  world.ask(connection, message);
  const { link, received } = connection;
  const out = received.reduce((sum, one) => sum + link.encode(one).length, 0);
  return { bytesIn: link.encode(message).length, out };
}

describe('net: bytes out for bytes in', () => {
  const chain = nextBlocks(network, genesisOf(network), HEIGHT + 8);
  const blocks = chain.slice(0, HEIGHT);
  const fresh = chain.slice(HEIGHT);
  const [next] = fresh as [MadeBlock];
  const lacked = nextBlock(network, blocks.at(-1) ?? next, {
    transactions: [payGenesis(network, 0)],
  });
  const table = tableOfDocs();

  /** The row of a message, and how many bytes more go out for what the row says in words. */
  const expectRow = (name: string, { bytesIn, out }: Traffic, more = 0): void => {
    const row = table.get(name);
    expect(bytesIn, 'in').to.equal(row?.bytesIn);
    expect(out, 'out').to.be.at.most((row?.bytesOut ?? 0) + more);
  };

  /** By row of the table. */
  const tests: Readonly<Record<string, () => void>> = {
    ping() {
      const told = traffic(sceneWith(blocks), { type: 'ping', nonce: '00'.repeat(8) });
      expectRow('ping', told);
      expect(told.out).to.equal(table.get('ping')?.bytesOut);
    },
    pong() {
      expectRow('pong', traffic(sceneWith(blocks), { type: 'pong', nonce: '00'.repeat(8) }));
    },
    getHeaders() {
      const long = nextBlocks(network, genesisOf(network), LONG);
      const question = { type: 'getHeaders', locator: [network.id], stop: ZEROS } as const;
      const told = traffic(sceneWith(long), question);
      expectRow('getHeaders', told);
      expect(told.out).to.equal(table.get('getHeaders')?.bytesOut);
    },
    getBlocks() {
      const asked = blocks.slice(4, 6).map(({ block }) => block.hash);
      const one = traffic(sceneWith(blocks), { type: 'getBlocks', hashes: asked.slice(1) });
      const two = traffic(sceneWith(blocks), { type: 'getBlocks', hashes: asked });
      expect(two.bytesIn - one.bytesIn).to.equal(table.get('getBlocks')?.bytesIn);
      const size = blocks[5]?.bytes.length ?? 0;
      expect(one.out).to.be.within(size + 1, size + 11);
    },
    notFound() {
      const scene = sceneWith(blocks);
      scene.stranger.push(...fresh);
      new Stranger(scene.world, network, { number: 202 }).call(scene.node).push(...fresh);
      scene.world.run(100);
      const [hash = ZEROS] = scene.stranger.askedFor;
      expect(hash).to.not.equal(ZEROS);
      const told = traffic(scene, { type: 'notFound', hash });
      expectRow('notFound', told);
      expect(told.out, 'asks somebody else').to.be.above(0);
    },
    headers() {
      const hello = { tipHeight: 1_000_000, tipWork: 1n << 60n };
      const empty = sceneWith([], { hello });
      expect(empty.stranger.all('getHeaders')).to.have.length(1);
      expectRow('headers', traffic(empty, { type: 'headers', headers: new Uint8Array() }));
      const { bytes: headers } = headerBranch(network, genesisEnd(network), HEADERS_MAX);
      const { out } = traffic(sceneWith([], { hello }), { type: 'headers', headers });
      expect(out, 'asks on').to.be.within(1, table.get('headers')?.bytesOut ?? 0);
    },
    block() {
      const scene = sceneWith(blocks);
      const [, second = next] = fresh;
      scene.stranger.push(next, second);
      scene.world.run(100);
      expect(scene.stranger.askedFor).to.include(second.block.hash);
      scene.stranger.say({ type: 'block', block: next.bytes });
      const { bytesIn, out } = traffic(scene, { type: 'block', block: second.bytes });
      expect(scene.node.tip).to.equal(second.block.hash);
      const row = table.get('block');
      expect(bytesIn).to.be.at.least(row?.bytesIn ?? Infinity);
      // Their headers go to the other peer, who was not told before they were connected.
      const headers = (table.get('newHeaders')?.bytesIn ?? 0) + 80;
      expect(out, 'tells it').to.be.within(1, (row?.bytesOut ?? 0) + headers);
    },
    newHeaders() {
      const told = traffic(sceneWith(blocks), { type: 'newHeaders', headers: headersOf([next]) });
      expectRow('newHeaders', told, told.bytesIn);
      expect(told.out, 'tells it, and asks').to.be.above(told.bytesIn);
    },
    compactWanted() {
      expectRow('compactWanted', traffic(sceneWith(blocks), WANTS_NOTHING));
    },
    compactBlock() {
      const { bytesIn, out } = traffic(sceneWith(blocks), compactOf(lacked));
      expect(bytesIn).to.be.at.least(table.get('compactBlock')?.bytesIn ?? Infinity);
      expect(out, 'tells it, and asks').to.be.within(
        (table.get('newHeaders')?.bytesIn ?? 0) + 1,
        table.get('compactBlock')?.bytesOut ?? 0,
      );
    },
    getBlockTransactions() {
      const hash = blocks[5]?.block.hash ?? ZEROS;
      const places = packPlaces([1]);
      const told = traffic(sceneWith(blocks), { type: 'getBlockTransactions', hash, places });
      expect(told.bytesIn).to.equal(table.get('getBlockTransactions')?.bytesIn);
      const size = blocks[5]?.bytes.length ?? 0;
      expect(told.out).to.be.within(size + 1, size + 11);
    },
    blockTransactions() {
      const scene = sceneWith(blocks);
      scene.stranger.say(compactOf(lacked));
      scene.world.run(100);
      expect(scene.stranger.all('getBlockTransactions')).to.have.length(1);
      const told = traffic(scene, {
        ...{ type: 'blockTransactions', hash: lacked.block.hash },
        transactions: [payGenesis(network, 1).bytes],
      });
      expectRow('blockTransactions', { ...told, bytesIn: 227 });
      expect(told.bytesIn).to.be.at.least(227);
      expect(told.out, 'it does not fit: asks for the whole').to.be.above(0);
    },
    inv() {
      const scene = sceneWith(blocks);
      const told = traffic(scene, { type: 'inv', wtxids: wtxids(1) });
      expectRow('inv', told);
      expect(told.out, 'asks').to.equal(table.get('inv')?.bytesOut);
      const flood = traffic(sceneWith(blocks), { type: 'inv', wtxids: wtxids(INV_MAX) });
      expect(flood.out).to.be.within(32 * IN_FLIGHT_MAX, 40 * IN_FLIGHT_MAX);
    },
    getTransactions() {
      const scene = sceneWith(blocks);
      const tx = payGenesis(network, 0);
      scene.node.command({ type: 'submit-transactions', transactions: [tx.bytes] });
      scene.world.run(1_000);
      const ask = (...asked: readonly Wtxid[]): Traffic =>
        traffic(scene, { type: 'getTransactions', wtxids: asked });
      const [none, one] = [ask(...wtxids(1)), ask(tx.wtxid)];
      const two = ask(tx.wtxid, ...wtxids(1));
      expect(two.bytesIn - one.bytesIn).to.equal(table.get('getTransactions')?.bytesIn);
      expect(one.out).to.be.within(tx.bytes.length + 1, tx.bytes.length + 15);
      expect(none.out, 'says what it lacks').to.be.below(one.bytesIn + 4);
    },
    transactions() {
      const lacking = sceneWith(blocks);
      const second = new Stranger(lacking.world, network, { number: 202 }).call(lacking.node);
      for (const who of [lacking.stranger, second]) who.say({ type: 'inv', wtxids: wtxids(1) });
      lacking.world.run(100);
      const missing = wtxids(1);
      const told = traffic(lacking, { type: 'transactions', transactions: [], missing });
      expectRow('transactions', told);
      expect(told.out, 'asks somebody else').to.be.above(0);
      const scene = sceneWith(blocks);
      const tx = payGenesis(network, 0);
      scene.stranger.say({ type: 'inv', wtxids: [tx.wtxid] });
      scene.world.run(100);
      const { out } = traffic(scene, {
        ...{ type: 'transactions', transactions: [tx.bytes], missing: [] },
      });
      // Two others: one is told, and that one asks for it and gets it.
      const asked = tx.bytes.length + 15;
      expect(out, 'tells it').to.be.within(1, (table.get('transactions')?.bytesOut ?? 0) + asked);
    },
    getProofs() {
      const asked = ({ height }: { height: number }): Traffic => {
        const client = { service: 'client', listenPort: 0 } as const;
        const scene = sceneWith(blocks, { hello: client });
        letProve(scene.node);
        const addresses = [owner(0).address];
        return traffic(scene, { type: 'getProofs', addresses, height, position: 0 });
      };
      const none = asked({ height: 1 });
      expectRow('getProofs', none);
      expect(none.out, 'nothing to prove').to.equal(42);
      expect(asked({ height: 0 }).out, 'a proof').to.be.above(none.out + 100);
      // No message is larger than its limit.
      const most = peerProtocol(BLOCK_BYTES_CEILING).limit(0x31, 3);
      expect(table.get('getProofs')?.bytesOut).to.equal(Number(most) + 5);
    },
    getPeers() {
      const world = new TrackerWorld();
      for (let i = 1; i <= SAMPLE_MAX + 1; i++) {
        world.register(new TestPeer({ host: `10.0.0.${String(i)}` }));
      }
      const told = trackerTraffic(world, { type: 'getPeers', wanted: SAMPLE_MAX });
      expectRow('getPeers', told);
      expect(told.out, 'a full sample').to.be.above(56 * SAMPLE_MAX - 100);
    },
    getNetworks() {
      const networks = Array.from({ length: NETWORKS_MAX }, (_, i) => ({
        id: i === 0 ? NETWORK : (i.toString(16).padStart(64, '0') as BlockHash),
        params: new Uint8Array(PARAMS_BYTES),
      }));
      const told = trackerTraffic(new TrackerWorld({ networks }), { type: 'getNetworks' });
      expectRow('getNetworks', told);
      expect(told.out).to.equal(table.get('getNetworks')?.bytesOut);
    },
    announce() {
      const world = new TrackerWorld();
      for (let i = 1; i <= SAMPLE_MAX + 1; i++) {
        world.register(new TestPeer({ host: `10.0.0.${String(i)}` }));
      }
      world.pass(30);
      const told = trackerTraffic(world, {
        ...{ type: 'announce', event: 'alive', port: 1, claimed: undefined },
        wanted: SAMPLE_MAX,
      });
      expectRow('announce', told);
      expect(table.get('announce')?.words).to.include(`a dial-back of ${String(dialBackBytes())}`);
      expect(told.out, 'a full sample').to.be.above(56 * SAMPLE_MAX - 100);
    },
  };

  for (const [name, test] of Object.entries(tests)) {
    it(`are for ${name} what the table says`, test);
  }

  it('are tested for each row of the table', () => {
    expect([...table.keys()]).to.have.members(Object.keys(tests));
  });

  it('are none for what nobody asked for', () => {
    const unasked: readonly PeerMessage[] = [
      { type: 'notFound', hash: ZEROS },
      { type: 'headers', headers: new Uint8Array() },
      { type: 'block', block: next.bytes },
      { type: 'transactions', transactions: [], missing: wtxids(1) },
      {
        ...{ type: 'blockTransactions', hash: ZEROS },
        transactions: [payGenesis(network, 0).bytes],
      },
    ];
    for (const message of unasked) {
      const { bytesIn, out } = traffic(sceneWith(blocks), message);
      expect(out, message.type).to.equal(0);
      expect(bytesIn, message.type).to.be.at.least(table.get(message.type)?.bytesIn ?? Infinity);
    }
  });
});
