import { Ajv } from 'ajv';
import { expect } from 'chai';
import type { FastifyInstance } from 'fastify';
import { World } from '../../../lab/sim/world.js';
import { addNode } from '../../../lab/sim/worldNode.js';
import { createLightHandlers } from '../../../peer/api/lightHandlers.js';
import { createServer } from '../../../peer/api/server.js';
import { fromHex } from '../../../shared/bytes.js';
import { encodeAddress } from '../../../shared/consensus/address.js';
import { checkProof, decodeProof } from '../../../shared/consensus/proof.js';
import { errorBody } from '../../../shared/http/errors.js';
import { ROUTES, type Route, type RouteName } from '../../../shared/http/routes.js';
import { genesisOf, makeNetwork, nextBlock, owner } from '../../support/blocks.js';
import { temporaryFolders } from '../../support/folders.js';
import { addLight, letProve } from '../../support/lightWorld.js';
import { payGenesis } from '../../support/mempools.js';
import { WalletWorld } from '../../support/walletWorld.js';

const network = makeNetwork();
const ajv = new Ajv({ allowUnionTypes: true });
const tx = payGenesis(network, 0);
const TOKEN = 'a'.repeat(32);

/** The API of a light peer that was proven one payment. */
describe('api/lightHandlers', () => {
  let app: FastifyInstance;
  const newFolder = temporaryFolders();

  beforeEach(async () => {
    const world = new World();
    const node = addNode(world, network);
    letProve(node);
    node.give([nextBlock(network, genesisOf(network), { transactions: [tx] })]);
    const light = addLight(world, network);
    light.want([owner(0).address]);
    light.connectTo(node);
    world.until(() => light.isCurrent && light.height === 1);
    const facts = { name: 'l', version: '1.0', protocol: 3, pid: 1, started: world.now };
    const wallet = new WalletWorld(newFolder()).shell;
    const read = { queries: light.light.queries, wallet, clock: () => world.now };
    app = await createServer(
      {
        ...{ listenHost: 'localhost', token: TOKEN, writesNeedToken: false, version: '1.0' },
        onDefect: (error) => {
          throw error;
        },
      },
      createLightHandlers(facts, read),
    );
  });
  afterEach(() => app.close());

  async function ask(name: RouteName, url: string, body?: object) {
    const { method, response } = ROUTES[name] as Route;
    const headers = { host: 'localhost', 'content-type': 'application/json' };
    const answered = await app.inject({ method, url, headers, ...(body && { body }) });
    const json = answered.json<Record<string, unknown>>();
    const schema = answered.statusCode === 200 ? response : errorBody;
    const plain = { ...(schema as Record<string, unknown>), $id: undefined };
    expect(
      ajv.validate(JSON.parse(JSON.stringify(plain)) as object, json),
      `${url}: ${ajv.errorsText()}`,
    ).to.equal(true);
    return { status: answered.statusCode, ...json };
  }

  it('says that it is light, and where it stands', async () => {
    const { mempool, ...status } = (await ask('status', '/api/status')) as Record<string, unknown>;
    expect(status).to.include({ light: true, height: 1, peers: 1, mining: false, synced: true });
    expect(status).to.include({ kernel: null, kernelDetail: null });
    expect(status).to.include({ indexHeight: null, headerHeight: 1 });
    expect(mempool).to.deep.equal({ count: 0, bytes: 0, feeRateMin: 0 });
    expect((await ask('ready', '/ready')).status).to.equal(200);
    expect((await ask('peers', '/api/peers')).status).to.equal(200);
    expect((await ask('network', '/api/network')).status).to.equal(200);
    expect(await ask('headers', '/api/headers')).to.include({ tipHeight: 1 });
  });

  it('gives a transaction that was proven to it, and its proof', async () => {
    const found = await ask('transaction', `/api/transactions/${tx.txid}`);
    expect(found).to.include({ txid: tx.txid, height: 1, position: 1, confirmations: 1 });
    expect(await ask('transaction', `/api/transactions/${tx.txid}?format=hex`)).to.have.any.keys(
      'hex',
    );
    const { hex } = (await ask('proof', `/api/proofs/${tx.txid}`)) as { hex?: string };
    const proof = decodeProof(fromHex(hex ?? '') ?? new Uint8Array());
    expect(proof.ok && checkProof(network, proof.value).ok).to.equal(true);
  });

  it('refuses what needs blocks, and says who can', async () => {
    const hash = '0'.repeat(64);
    const address = encodeAddress(network.params.prefix, owner(0).address);
    const refused: readonly (readonly [RouteName, string, object?])[] = [
      ['block', '/api/blocks/1'],
      ['submitBlock', '/api/blocks', { hex: '00'.repeat(84) }],
      ['mempool', '/api/mempool'],
      ['submitTransactions', '/api/transactions', { transactions: ['00'] }],
      ['transaction', `/api/transactions/${hash}`],
      ['proof', `/api/proofs/${hash}`],
      ['stamp', `/api/stamps/${hash}`],
      ['address', `/api/addresses/${address}`],
      ['coins', `/api/addresses/${address}/coins`],
      ['history', `/api/addresses/${address}/history`],
      ['mining', '/api/mining'],
      ['setMining', '/api/mining', { mode: { type: 'off' } }],
      ['generate', '/api/mining/generate', { count: 1 }],
    ];
    for (const [name, url, body] of refused) {
      const answer = await ask(name, url, body);
      expect(answer, url).to.include({ status: 409, code: 'light-peer' });
      expect(answer, url)
        .to.have.property('message')
        .that.matches(/^This is a light peer: .*\.$/);
      expect(answer, url).to.have.property('hint').that.includes('full peer');
    }
  });
});
