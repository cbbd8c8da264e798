import { join } from 'node:path';
import { Ajv } from 'ajv';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import type { FastifyInstance } from 'fastify';
import { createHandlers } from '../../../peer/api/handlers.js';
import { createServer } from '../../../peer/api/server.js';
import { openStore } from '../../../peer/storage/openStore.js';
import { toHex } from '../../../shared/bytes.js';
import { errorBody } from '../../../shared/http/errors.js';
import { ROUTES, type RouteName } from '../../../shared/http/routes.js';
import {
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
  type MadeBlock,
} from '../../support/blocks.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import { temporaryFolders } from '../../support/folders.js';
import { payGenesis } from '../../support/mempools.js';
import { Stranger } from '../../support/stranger.js';
import { WalletWorld } from '../../support/walletWorld.js';

const ajv = new Ajv({ allowUnionTypes: true });

/** The API over a real node, by HTTP as far as that goes without sockets. */
describe('api/handlers', () => {
  const network = makeNetwork();
  let world: World;
  let node: WorldNode;
  let app: FastifyInstance;

  beforeEach(async () => {
    world = new World();
    node = addNode(world, network);
    app = await serve(world, node);
  });
  afterEach(() => app.close());
  const newFolder = temporaryFolders();

  /** The answer to `route`, which must fit the contract. */
  async function ask(route: RouteName, url: string, body?: object): Promise<Answer> {
    const { method, response } = ROUTES[route];
    const headers = { host: 'localhost' };
    const request = body === undefined ? { headers, method, url } : { headers, method, url, body };
    const { statusCode: status, json } = await app.inject(request);
    const answer = json<Record<string, unknown>>();
    const schema = status === 200 ? response : errorBody;
    expect(ajv.validate(withoutId(schema), answer), ajv.errorsText()).to.equal(true);
    return { status, body: answer };
  }

  it('takes transactions, each with its own answer, and shows what waits', async () => {
    const [good, cheap] = [payGenesis(network, 0, 2_000), payGenesis(network, 1, 1)];
    const transactions = [good, cheap, good].map(({ bytes }) => toHex(bytes));
    const answered = ask('submitTransactions', '/api/transactions', {
      transactions: [...transactions, 'ab'],
    });
    await new Promise(setImmediate);
    world.run(100);
    const { status, body } = await answered;
    expect(status).to.equal(200);
    const results = body['results'] as { code: unknown; waits: unknown; txid: unknown }[];
    expect(results.map(({ code, waits }) => [code, waits])).to.deep.equal([
      [null, true],
      ['fee-too-low', false],
      ['already-waiting', true],
      ['undecodable-transaction', false],
    ]);
    expect(results.map(({ txid }) => txid)).to.deep.equal([
      ...[good.txid, cheap.txid, good.txid, null],
    ]);
    const mempool = await ask('mempool', '/api/mempool');
    expect(mempool.body).to.include({ count: 1, bytes: good.bytes.length, feeRateMin: 1_000 });
    expect(mempool.body['transactions']).to.have.length(1);
    expect(mempool.body['feeRates']).to.deep.include({ blocks: 1, rate: 1_000 });
    expect((await ask('mempool', '/api/mempool?count=0')).body['transactions']).to.deep.equal([]);
    const told = await ask('status', '/api/status');
    expect(told.body['mempool']).to.include({ count: 1 });
  });

  it('refuses transactions that are not hex, or too many', async () => {
    for (const transactions of [['abc'], [], Array.from({ length: 1_001 }, () => 'ab')]) {
      const { status } = await ask('submitTransactions', '/api/transactions', { transactions });
      expect(status).to.equal(400);
    }
  });

  it('tells where the node stands', async () => {
    node.give(nextBlocks(network, genesisOf(network), 3));
    const { body } = await ask('status', '/api/status');
    expect(body).to.include({
      name: 'Alice',
      network: 'test',
      networkId: network.id,
      height: 3,
      tip: node.tip,
      headerHeight: 3,
      peers: 0,
      mining: false,
      hashRate: 0,
      kernel: 'native',
      kernelDetail: 'AVX-512',
      tracker: 'none',
    });
    expect(BigInt(`0x${String(body['chainWork'])}`)).to.equal(node.node.queries.tip.chainWork);
  });

  it('lists its peers', async () => {
    const other = addNode(world, network);
    node.connectTo(other);
    world.run(1_000);
    const { body } = await ask('peers', '/api/peers');
    const [peer, ...rest] = body['peers'] as Record<string, unknown>[];
    expect(rest).to.deep.equal([]);
    expect(peer).to.include({ direction: 'outbound', state: 'ready', height: 0 });
    expect(peer?.['address']).to.equal(`${other.address.host}:${String(other.address.port)}`);
  });

  it('gives the parameters as a network file has them', async () => {
    const { body } = await ask('network', '/api/network');
    expect(body).to.include({ id: network.id, name: 'test' });
    expect(body['params']).to.include({ prefix: 'cairndev', fixedTarget: true });
  });

  it('gives headers by height, and the last ones when nobody says which', async () => {
    node.give(nextBlocks(network, genesisOf(network), 30));
    const some = await ask('headers', '/api/headers?from=28&count=9');
    const last = await ask('headers', '/api/headers');
    const beyond = await ask('headers', '/api/headers?from=31');
    expect(heights(some)).to.deep.equal([28, 29, 30]);
    expect(heights(last)).to.deep.equal(Array.from({ length: 20 }, (_, i) => 11 + i));
    expect(heights(beyond)).to.deep.equal([]);
    expect(beyond.body['tipHeight']).to.equal(30);
  });

  it('gives a block by height and by hash, as JSON and as hex', async () => {
    const tx = spend(network, { coins: [genesisCoin(network, 0)], outputs: [pay(owner(9), 500)] });
    const made = nextBlock(network, genesisOf(network), { transactions: [tx] });
    node.give([made]);
    world.until(() => node.height === 1);
    const byHeight = await ask('block', '/api/blocks/1');
    const byHash = await ask('block', `/api/blocks/${made.block.hash}`);
    const hex = await ask('block', '/api/blocks/1?format=hex');
    expect(byHash.body).to.deep.equal(byHeight.body);
    expect(byHeight.body).to.include({ hash: made.block.hash, isActive: true, confirmations: 1 });
    const [, second] = byHeight.body['transactions'] as { txid: string; outputs: object[] }[];
    expect(second?.txid).to.equal(tx.txid);
    expect(second?.outputs[0]).to.include({ amount: 500 });
    expect(hex.body['hex']).to.equal(toHex(made.bytes));
    expect((await ask('block', '/api/blocks/0')).status).to.equal(200);
  });

  it('says which block it does not know', async () => {
    const byHeight = await ask('block', '/api/blocks/1');
    const byHash = await ask('block', `/api/blocks/${'ab'.repeat(32)}`);
    expect([byHeight.status, byHeight.body['code']]).to.deep.equal([404, 'unknown-block']);
    expect([byHash.status, byHash.body['code']]).to.deep.equal([404, 'unknown-block']);
  });

  it('tells a block of which only the header is here', async () => {
    const made = nextBlock(network, genesisOf(network));
    new Stranger(world, network).call(node).push(made);
    world.run(1_000);
    const { status, body } = await ask('block', `/api/blocks/${made.block.hash}`);
    expect([status, body['code']]).to.deep.equal([404, 'body-missing']);
    expect(body['hint']).to.include('Only the header has arrived.');
  });

  it('tells a block that the disk lost, and gives it when it came again', async () => {
    const path = join(newFolder(), 'chain.sqlite');
    const { store } = openStore(path, network);
    const holder = addNode(world, network, { store });
    const made = nextBlock(network, genesisOf(network));
    holder.give([made]);
    node.give([made]);
    const database = new Database(path);
    database.exec('DELETE FROM bodies WHERE id = 1');
    database.close();
    await app.close();
    app = await serve(world, holder);
    const { status, body } = await ask('block', '/api/blocks/1');
    expect([status, body]).to.deep.equal([
      404,
      {
        code: 'body-lost',
        message: `The disk does not give back block ${made.block.hash}.`,
        hint: 'A block of the active chain comes again from a peer: try again in a moment.',
      },
    ]);
    holder.connectTo(node);
    world.run(60_000);
    expect((await ask('block', '/api/blocks/1')).status).to.equal(200);
    store.close();
  });

  it('marks a block that left the active chain', async () => {
    const genesis = genesisOf(network);
    const [left] = nextBlocks(network, genesis, 1);
    const branch = nextBlocks(network, nextBlock(network, genesis, { payTo: owner(3) }), 2);
    const first = nextBlock(network, genesis, { payTo: owner(3) });
    node.give([left as MadeBlock, first, ...branch]);
    const { body } = await ask('block', `/api/blocks/${left?.block.hash ?? ''}`);
    expect(body).to.include({ isActive: false, confirmations: 0, height: 1 });
  });

  it('takes a block, knows it the second time, and says which rule a bad one breaks', async () => {
    const { bytes, block } = nextBlock(network, genesisOf(network));
    const hex = toHex(bytes);
    const first = await ask('submitBlock', '/api/blocks', { hex });
    const second = await ask('submitBlock', '/api/blocks', { hex });
    expect([first.body, second.body]).to.deep.equal([
      { hash: block.hash, isNew: true },
      { hash: block.hash, isNew: false },
    ]);
    const orphan = nextBlocks(network, { ...genesisOf(network) }, 3)[2];
    const unknown = await ask('submitBlock', '/api/blocks', { hex: toHex(orphan?.bytes ?? bytes) });
    expect([unknown.status, unknown.body['code']]).to.deep.equal([422, 'unknown-parent']);
    const garbage = await ask('submitBlock', '/api/blocks', { hex: 'ff'.repeat(200) });
    expect(garbage.status).to.equal(422);
  });

  it('mines on demand, where the network lets it', async () => {
    const { body } = await ask('generate', '/api/mining/generate', { count: 4 });
    expect(body['hashes']).to.have.length(4);
    expect(node.height).to.equal(4);
  });

  it('does not mine on demand where the target moves', async () => {
    await app.close();
    app = await serve(world, addNode(world, makeNetwork({}, 'lan')));
    const { status, body } = await ask('generate', '/api/mining/generate', { count: 1 });
    expect([status, body['code']]).to.deep.equal([409, 'target-not-fixed']);
  });

  it('starts, changes and stops mining', async () => {
    const mode = { type: 'interval', seconds: 5 };
    const on = await ask('setMining', '/api/mining', { mode, threads: 2, cpuPercent: 30 });
    expect(on.body).to.deep.include({ mode, threads: 2, cpuPercent: 30, onDemand: true });
    const off = await ask('setMining', '/api/mining', { mode: { type: 'off' } });
    expect(off.body).to.include({ kernel: 'native', kernelDetail: 'AVX-512' });
    expect(off.body).to.deep.include({ mode: { type: 'off' }, threads: 2, resting: 'off' });
    expect((await ask('mining', '/api/mining')).body).to.deep.equal(off.body);
  });

  it('is alive at once, and ready when it has a peer and is synced', async () => {
    expect((await ask('health', '/health')).body).to.deep.equal({ alive: true });
    const alone = await ask('ready', '/ready');
    expect([alone.status, alone.body['code']]).to.deep.equal([503, 'not-ready']);
    node.connectTo(addNode(world, network));
    world.run(30_000);
    expect((await ask('ready', '/ready')).body).to.include({ ready: true, blocksBehind: 0 });
  });
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const heights = ({ body }: Answer): number[] =>
  (body['headers'] as { height: number }[]).map(({ height }) => height);

/** Commands are answered when the world has run on for long enough. */
function serve(world: World, node: WorldNode): Promise<FastifyInstance> {
  const facts = {
    name: 'Alice',
    version: '1.2.3',
    protocol: 1,
    payTo: 'cairndev1x',
    kernel: { name: 'native', detail: 'AVX-512' },
    pid: 1,
    started: world.now,
  };
  const handlers = createHandlers(facts, {
    queries: node.node.queries,
    command: (command) => {
      const answered = node.replies.length;
      node.command(command);
      world.until(() => node.replies.length > answered);
      const reply = node.replies[answered];
      if (reply === undefined) throw new Error('the node did not answer');
      return Promise.resolve(reply.result);
    },
    index: undefined,
    clock: () => world.now,
    wallet: new WalletWorld('none').shell,
  });
  const onDefect = (error: Error): void => {
    throw error;
  };
  return createServer(
    { listenHost: 'localhost', token: '', writesNeedToken: false, version: '1', onDefect },
    handlers,
  );
}

/** Ajv would remember a schema under its name. */
const withoutId = (schema: object): object =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$id'));
