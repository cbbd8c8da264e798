import { Ajv } from 'ajv';
import { expect } from 'chai';
import { WalletWorld } from '../../support/walletWorld.js';
import type { FastifyInstance } from 'fastify';
import type { IndexDesk } from '../../../peer/api/indexHandlers.js';
import { createHandlers } from '../../../peer/api/handlers.js';
import { createServer } from '../../../peer/api/server.js';
import { Follower } from '../../../peer/index/follower.js';
import { openIndexInMemory } from '../../../peer/storage/openIndex.js';
import { sha256 } from '#crypto';
import { fromHex, toHex, utf8 } from '../../../shared/bytes.js';
import { encodeAddress } from '../../../shared/consensus/address.js';
import { checkProof, decodeProof } from '../../../shared/consensus/proof.js';
import { errorBody } from '../../../shared/http/errors.js';
import { ROUTES, type RouteName } from '../../../shared/http/routes.js';
import type { DecodedTransaction } from '../../../shared/consensus/transaction.js';
import { stampMemo } from '../../../shared/stamp.js';
import { World } from '../../../lab/sim/world.js';
import { addNode, type WorldNode } from '../../../lab/sim/worldNode.js';
import {
  ALLOCATION,
  genesisCoin,
  genesisOf,
  makeNetwork,
  nextBlock,
  nextBlocks,
  owner,
  pay,
  spend,
} from '../../support/blocks.js';
import { payGenesis } from '../../support/mempools.js';

const ajv = new Ajv({ allowUnionTypes: true });
const network = makeNetwork({ maturity: 4 });
const { prefix, maturity, subsidy } = network.params;

/** The API over a real node and a real index, by HTTP as far as that goes without sockets. */
describe('api/indexHandlers', () => {
  let world: World;
  let node: WorldNode;
  let app: FastifyInstance;

  const document = sha256(utf8('a document'));
  const payment = spend(network, {
    coins: [genesisCoin(network, 0)],
    outputs: [pay(owner(7), 300), pay(owner(0), ALLOCATION - 300)],
    memo: stampMemo(document),
  });
  const first = nextBlock(network, genesisOf(network), { transactions: [payment] });
  const blocks = [first, ...nextBlocks(network, first, 2)];
  const alice = encodeAddress(prefix, owner(0).address);
  const miner = encodeAddress(prefix, owner(9).address);

  beforeEach(async () => {
    world = new World();
    node = addNode(world, network);
    app = await serve(world, node, followingDesk(node));
    node.give(blocks);
    world.until(() => node.height === 3);
  });
  afterEach(() => app.close());

  /** The answer to `route`, which must fit the contract. */
  async function ask(route: RouteName, url: string): Promise<Answer> {
    const { method, response } = ROUTES[route];
    const request = { headers: { host: 'localhost' }, method, url };
    const { statusCode: status, json } = await app.inject(request);
    const body = json<Record<string, unknown>>();
    const schema = status === 200 ? response : errorBody;
    expect(ajv.validate(withoutId(schema), body), ajv.errorsText()).to.equal(true);
    return { status, body };
  }

  /** The operator hands in transactions; each is looked at then. */
  function submit(...txs: readonly (DecodedTransaction | undefined)[]): void {
    const transactions = txs.flatMap((tx) => (tx === undefined ? [] : [tx.bytes]));
    node.command({ type: 'submit-transactions', transactions });
    world.run(100);
  }

  const standing = (height = 3): object => ({
    ...{ indexHeight: height, tipHeight: height, indexHash: node.tip },
  });

  it('gives a transaction with its block, as JSON and as hex', async () => {
    const url = `/api/transactions/${payment.txid}`;
    const { body } = await ask('transaction', url);
    const place = { blockHash: first.block.hash, height: 1, position: 1, confirmations: 3 };
    expect(body).to.include({ txid: payment.txid, ...place, ...standing() });
    expect(body).to.include({ time: first.block.header.time, memo: toHex(payment.memo) });
    const hex = await ask('transaction', `${url}?format=hex`);
    expect(hex.body).to.include({ hex: toHex(payment.bytes), ...place });
    expect(hex.body).not.to.have.property('inputs');
  });

  it('says where one stands that waits, and in which block it may be', async () => {
    const [poor, rich] = [1, 2].map((i) => payGenesis(network, i, i * 1_000));
    submit(poor, rich);
    const { body } = await ask('transaction', `/api/transactions/${poor?.txid ?? ''}`);
    expect(body).to.deep.include({ blockHash: null, confirmations: 0, ...standing() });
    const size = rich?.bytes.length ?? 0;
    expect(body['waiting']).to.include({ position: 2, count: 2, bytesAhead: size, blocks: 1 });
    expect(body['waiting']).to.include({ fee: 1_000 });
    const hex = await ask('transaction', `/api/transactions/${rich?.txid ?? ''}?format=hex`);
    expect(hex.body).to.include({ hex: toHex(rich?.bytes ?? new Uint8Array(0)) });
  });

  it('says why one does not wait: refused, replaced, or in conflict with a block', async () => {
    const [cheap, first, better] = [
      payGenesis(network, 1, 1),
      payGenesis(network, 2, 1_000),
      payGenesis(network, 2, 9_000),
    ];
    submit(cheap, first);
    submit(better);
    const reasonOf = async (tx: DecodedTransaction): Promise<unknown> =>
      (await ask('transaction', `/api/transactions/${tx.txid}`)).body['message'];
    expect(await reasonOf(cheap)).to.match(/ It was refused: fee-too-low: .*needed/u);
    expect(await reasonOf(first)).to.match(/ pays more took its place\.$/u);
    const last = blocks.at(-1) ?? expect.fail();
    const other = payGenesis(network, 2, 5_000);
    node.give([nextBlock(network, last, { transactions: [other] })]);
    world.until(() => node.height === 4);
    expect(await reasonOf(better)).to.match(/ A block has another transaction/u);
  });

  it('says which transaction it does not know, and how far it looked', async () => {
    const txid = '12'.repeat(32);
    for (const route of ['transaction', 'proof'] as const) {
      const path = ROUTES[route].path.replace(':txid', txid);
      const { status, body } = await ask(route, path);
      expect(status).to.equal(404);
      expect(body).to.include({
        code: 'unknown-transaction',
        message: `No block up to height 3 holds ${txid}.`,
      });
    }
    expect((await ask('transaction', '/api/transactions/12')).body).to.include({
      code: 'bad-request',
    });
  });

  it('gives the balance of an address, what is too young apart', async () => {
    const { body } = await ask('address', `/api/addresses/${alice}`);
    const held = { confirmed: ALLOCATION - 300, immature: 0, coins: 1, transactions: 2 };
    expect(body).to.deep.equal({ address: alice, ...held, ...standing() });
    node.give(nextBlocks(network, blocks.at(-1) ?? first, maturity - 2));
    world.until(() => node.height === maturity + 1);
    const mined = await ask('address', `/api/addresses/${miner}`);
    // The next block, maturity + 2, may spend the coinbases of blocks 1 and 2.
    expect(mined.body).to.include({
      confirmed: 2 * subsidy,
      immature: (maturity - 1) * subsidy,
      coins: maturity + 1,
    });
    const coins = await ask('coins', `/api/addresses/${miner}/coins?count=1000`);
    const isMature = list(coins, 'coins').map((coin) => coin['isMature']);
    expect(isMature.filter(Boolean)).to.have.length(2);
    expect(isMature.slice(0, 2)).to.deep.equal([true, true]);
  });

  it('knows nothing of an address that was never paid', async () => {
    const stranger = encodeAddress(prefix, owner(77).address);
    const { body } = await ask('address', `/api/addresses/${stranger}`);
    expect(body).to.include({ confirmed: 0, immature: 0, coins: 0, transactions: 0 });
    const coins = await ask('coins', `/api/addresses/${stranger}/coins`);
    expect(coins.body).to.deep.include({ coins: [], next: null });
  });

  it('refuses what is no address of this network', async () => {
    const other = encodeAddress('other', owner(0).address);
    for (const address of [other, `${alice.slice(0, -1)}x`, 'nonsense']) {
      for (const tail of ['', '/coins', '/history'] as const) {
        const { status, body } = await ask('address', `/api/addresses/${address}${tail}`);
        expect(status).to.equal(400);
        expect(body).to.include({ code: 'bad-request' });
        expect(body['message']).to.include('is no address of network test');
      }
    }
  });

  it('tells in its status how far the index is, and whether there is one', async () => {
    expect((await ask('status', '/api/status')).body).to.include({ indexHeight: -1 });
    await ask('address', `/api/addresses/${alice}`);
    expect((await ask('status', '/api/status')).body).to.include({ indexHeight: 3 });
    await app.close();
    app = await serve(world, node, undefined);
    expect((await ask('status', '/api/status')).body).to.include({ indexHeight: null });
  });

  it('gives coins and history a page at a time', async () => {
    for (const [route, name, first] of [
      ['coins', 'coins', 'after'],
      ['history', 'transactions', 'before'],
    ] as const) {
      const url = `/api/addresses/${miner}/${route}`;
      const all = list(await ask(route, url), name);
      expect(all).to.have.length(3);
      const paged: object[] = [];
      for (let from: string | null | undefined; from !== null;) {
        const query = from === undefined ? '' : `&${first}=${from}`;
        const answer = await ask(route, `${url}?count=1${query}`);
        paged.push(...list(answer, name));
        from = answer.body['next'] as string | null;
      }
      expect(paged).to.deep.equal(all);
    }
    expect((await ask('coins', `/api/addresses/${miner}/coins?after=1`)).status).to.equal(400);
    expect((await ask('history', `/api/addresses/${miner}/history?count=0`)).status).to.equal(400);
  });

  it('tells a history whose confirmations follow a reorganisation', async () => {
    const url = `/api/addresses/${alice}/history`;
    const received = { txid: payment.txid, received: ALLOCATION - 300, spent: ALLOCATION };
    const before = list(await ask('history', url), 'transactions');
    expect(before[0]).to.include({ ...received, height: 1, confirmations: 3 });
    expect(before[0]).to.include({ blockHash: first.block.hash });
    const [one, ...others] = nextBlocks(network, genesisOf(network), 5, { extraNonce: 1 });
    node.give([one ?? first, ...others]);
    world.until(() => node.height === 5);
    const { body } = await ask('history', url);
    expect(body).to.include(standing(5));
    const after = body['transactions'] as Record<string, unknown>[];
    expect(after).to.have.length(1);
    expect(after[0]).to.include({ height: 0, confirmations: 6, received: ALLOCATION });
    const gone = await ask('transaction', `/api/transactions/${payment.txid}`);
    expect(gone.status).to.equal(404);
    // Mined once more, it is there once more.
    const again = nextBlock(network, others.at(-1) ?? first, { transactions: [payment] });
    node.give([again]);
    world.until(() => node.height === 6);
    const back = await ask('transaction', `/api/transactions/${payment.txid}`);
    expect(back.body).to.include({ height: 6, confirmations: 1, blockHash: again.block.hash });
  });

  it('gives a proof that holds for its block', async () => {
    const { body } = await ask('proof', `/api/proofs/${payment.txid}`);
    expect(body).to.include({ txid: payment.txid, height: 1, confirmations: 3 });
    const proof = decodeProof(fromHex(String(body['hex'])) ?? expect.fail());
    const proven = proof.ok ? checkProof(network, proof.value) : expect.fail(proof.error);
    expect(proven.ok && proven.value.tx.txid).to.equal(payment.txid);
    expect(proven.ok && proven.value.blockHash).to.equal(first.block.hash);
  });

  it('finds the transaction that stamps a document', async () => {
    const { body } = await ask('stamp', `/api/stamps/${toHex(document)}`);
    expect(body).to.include({ txid: payment.txid, document: toHex(document), height: 1 });
    const none = await ask('stamp', `/api/stamps/${'00'.repeat(32)}`);
    expect(none.body).to.include({ code: 'unknown-stamp' });
    expect(none.status).to.equal(404);
  });

  const urls = [
    ['transaction', `/api/transactions/${payment.txid}`],
    ['proof', `/api/proofs/${payment.txid}`],
    ['stamp', `/api/stamps/${toHex(document)}`],
    ['address', `/api/addresses/${alice}`],
    ['coins', `/api/addresses/${alice}/coins`],
    ['history', `/api/addresses/${alice}/history`],
  ] as const;

  it('says how to switch the index on where it is off', async () => {
    await app.close();
    app = await serve(world, node, undefined);
    for (const [route, url] of urls) {
      const { status, body } = await ask(route, url);
      expect(status).to.equal(409);
      expect(body).to.include({ code: 'index-off' });
      expect(body['hint']).to.include('--address-index');
    }
  });

  it('says so when the index cannot be read, or holds nothing yet', async () => {
    const empty = openIndexInMemory(network);
    const desks: IndexDesk[] = [
      { height: -1, read: () => Promise.resolve(undefined) },
      { height: -1, read: (use) => Promise.resolve(use(empty)) },
    ];
    for (const desk of desks) {
      await app.close();
      app = await serve(world, node, desk);
      for (const [route, url] of urls) {
        expect((await ask(route, url)).body).to.include({ code: 'index-busy' });
      }
    }
  });

  it('tells a block that the disk lost', async () => {
    const index = openIndexInMemory(network);
    const tx = spend(network, { coins: [genesisCoin(network, 1)], outputs: [pay(owner(1), 1)] });
    const unseen = nextBlock(network, blocks.at(-1) ?? first, { transactions: [tx] });
    const other = addNode(world, network);
    other.give([...blocks, unseen]);
    world.until(() => other.height === 4);
    new Follower(other.node.queries, index).followAll();
    await app.close();
    app = await serve(world, node, { height: 4, read: (use) => Promise.resolve(use(index)) });
    const { status, body } = await ask('proof', `/api/proofs/${tx.txid}`);
    expect(status).to.equal(404);
    expect(body).to.include({ code: 'body-lost' });
  });
});

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Ajv would remember a schema under its name. */
const withoutId = (schema: object): object =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== '$id'));

const list = ({ body }: Answer, name: string): Record<string, unknown>[] =>
  body[name] as Record<string, unknown>[];

/** Follows before each answer, as far as it goes. */
function followingDesk(node: WorldNode): IndexDesk {
  const index = openIndexInMemory(network);
  const follower = new Follower(node.node.queries, index);
  return {
    get height() {
      return index.height;
    },
    read: (use) => {
      follower.followAll();
      return Promise.resolve(use(index));
    },
  };
}

function serve(
  world: World,
  node: WorldNode,
  index: IndexDesk | undefined,
): Promise<FastifyInstance> {
  const facts = {
    ...{ name: 'Alice', version: '1.2.3', protocol: 1, payTo: 'x', pid: 1 },
    kernel: { name: 'node', detail: undefined },
    started: world.now,
  };
  const handlers = createHandlers(facts, {
    queries: node.node.queries,
    command: () => Promise.reject(new Error('nobody commands here')),
    index,
    wallet: new WalletWorld('none').shell,
    clock: () => world.now,
  });
  const onDefect = (error: Error): void => {
    throw error;
  };
  const options = {
    ...{ listenHost: 'localhost', token: '', writesNeedToken: false, version: '1', onDefect },
  };
  return createServer(options, handlers);
}
