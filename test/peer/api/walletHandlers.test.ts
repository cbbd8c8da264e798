import { Ajv } from 'ajv';
import { expect } from 'chai';
import type { FastifyInstance } from 'fastify';
import { createServer, type Handlers } from '../../../peer/api/server.js';
import { createWalletHandlers } from '../../../peer/api/walletHandlers.js';
import { encodeAddress } from '../../../shared/consensus/address.js';
import { decodeTransaction } from '../../../shared/consensus/transaction.js';
import { fromHex } from '../../../shared/bytes.js';
import { errorBody, type ErrorBody } from '../../../shared/http/errors.js';
import type { AnswerOf } from '../../../shared/http/routes.js';
import { WALLET_ROUTES } from '../../../shared/http/walletRoutes.js';
import { owner } from '../../support/blocks.js';
import { temporaryFolders } from '../../support/folders.js';
import { must, WORDS } from '../../support/purse.js';
import { PASSPHRASE, WalletWorld } from '../../support/walletWorld.js';

interface Asked {
  readonly status: number;
  readonly body: Partial<ErrorBody>;
}

type WalletRoute = keyof typeof WALLET_ROUTES;

const ajv = new Ajv({ allowUnionTypes: true });

/** The wallet's routes over a real wallet on real files. */
describe('api/walletHandlers', function () {
  this.timeout(30_000);
  const newFolder = temporaryFolders();
  let world: WalletWorld;
  let app: FastifyInstance;
  let address: string;
  let isWalletOpen: boolean;

  beforeEach(async () => {
    world = new WalletWorld(newFolder());
    const { prefix } = world.network.params;
    address = encodeAddress(prefix, owner(2).address);
    isWalletOpen = false;
    const options = {
      isWalletOpen: () => isWalletOpen,
      ...{ listenHost: 'localhost', token: 'secret', writesNeedToken: false, version: '1' },
      onDefect: (error: Error) => {
        throw error;
      },
    };
    app = await createServer(options, createWalletHandlers(world.shell, prefix) as Handlers);
  });
  afterEach(async () => {
    world.shell.close();
    await app.close();
  });

  /** The answer to `route`, which must fit the contract. */
  async function ask<N extends WalletRoute>(route: N, body?: object, query = '') {
    const { method, path, response } = WALLET_ROUTES[route];
    const url = `${path}${query}`;
    const headers = { host: 'localhost', authorization: 'Bearer secret' };
    const payload = body === undefined ? {} : { payload: body };
    const { statusCode: status, json } = await app.inject({ method, url, headers, ...payload });
    const answer = json<AnswerOf<N> & Partial<ErrorBody>>();
    const { $id, ...schema } = status === 200 ? response : errorBody;
    expect(ajv.validate(schema, answer), `${$id}: ${ajv.errorsText()}`).to.equal(true);
    return { status, body: answer };
  }

  const codeOf = async (asked: Promise<Asked>): Promise<string> => {
    const { status, body } = await asked;
    return `${status} ${String(body.code)}`;
  };

  async function funded(): Promise<void> {
    await ask('restoreWallet', { words: WORDS, passphrase: PASSPHRASE });
    const { body } = await ask('giveAddress', { account: 'main' });
    expect(body.address).to.match(/^cairn/);
    world.give(must(await world.shell.address('main')), 50_000);
  }

  it('asks for no token while the wallet is open to whoever reaches it', async () => {
    const statusOf = async (headers: Record<string, string>): Promise<number> => {
      const asked = { method: 'GET', url: '/api/wallet', headers } as const;
      return (await app.inject(asked)).statusCode;
    };
    const host = 'localhost';
    expect(await statusOf({ host })).to.equal(401);
    isWalletOpen = true;
    expect(await statusOf({ host })).to.equal(200);
    expect(await statusOf({ host, origin: 'http://evil.example' })).to.equal(403);
    expect(await statusOf({ host: 'evil.example' })).to.equal(403);
  });

  it('makes a wallet once, and tells its words to who has the passphrase', async () => {
    expect((await ask('wallet')).body.state).to.equal('none');
    expect(await codeOf(ask('accounts'))).to.equal('409 no-wallet');
    const { body } = await ask('createWallet', { passphrase: PASSPHRASE });
    expect(body.words.split(' ')).to.have.length(12);
    expect((await ask('wallet')).body).to.deep.equal({
      ...{ state: 'unlocked', locksAt: 1_800_000_600, accounts: 1, watched: 0, payments: 0 },
    });
    expect(await codeOf(ask('createWallet', { passphrase: 'x' }))).to.equal('409 wallet-exists');
    expect(await codeOf(ask('walletWords', { passphrase: 'x' }))).to.equal('403 wrong-passphrase');
    expect((await ask('walletWords', { passphrase: PASSPHRASE })).body).to.deep.equal(body);
  });

  it('refuses words that are none, with what to look at', async () => {
    const words = WORDS.replace('about', 'abuot');
    const { status, body } = await ask('restoreWallet', { words, passphrase: 'x' });
    expect([status, body.code]).to.deep.equal([422, 'bad-words']);
    expect(body.message).to.equal('Word 12, "abuot", is not in the list.');
    expect((await ask('wallet')).body.state).to.equal('none');
  });

  it('locks and unlocks', async () => {
    await ask('createWallet', { passphrase: PASSPHRASE });
    expect((await ask('lockWallet', {})).body.state).to.equal('locked');
    expect(await codeOf(ask('createAccount', { name: 'Bob' }))).to.equal('422 wallet-locked');
    const wrong = ask('unlockWallet', { passphrase: 'guess' });
    expect(await codeOf(wrong)).to.equal('403 wrong-passphrase');
    const open = await ask('unlockWallet', { passphrase: PASSPHRASE, minutes: 0 });
    expect(open.body).to.include({ state: 'unlocked', locksAt: null });
    expect((await ask('createAccount', { name: 'Bob' })).body).to.include({
      name: 'Bob',
      number: 1,
    });
  });

  it('plans a payment to look at, then sends that very one', async () => {
    await funded();
    const wish = { from: 'main', to: address, amount: 1_000, memo: 'c0ffee' };
    const { body: plan } = await ask('planPayment', wish);
    const [input] = plan.inputs;
    expect(plan.inputs).to.have.length(1);
    expect(input?.amount).to.equal(50_000);
    expect(plan.amount + plan.change + plan.fee).to.equal(50_000);
    expect([plan.fee, plan.feeRate, plan.memo]).to.deep.equal([plan.sizeBytes, 1_000, 'c0ffee']);
    expect(plan.outputs).to.deep.include({ address, amount: 1_000, isOwn: false, isChange: false });
    expect(
      plan.outputs.filter(({ isChange }) => isChange).map(({ amount }) => amount),
    ).to.deep.equal([plan.change]);
    expect(world.sentCount).to.equal(0);
    const { transaction } = plan.payment;
    expect(await codeOf(ask('sendPayment', { transaction }))).to.equal('422 not-signed');
    expect((await ask('sendPayment', { transaction, sign: true })).body).to.deep.equal({
      ...{ txid: plan.txid, isOwn: true, isInChain: false },
    });
    const read = must(decodeTransaction(fromHex(transaction) ?? new Uint8Array(0)));
    expect(world.ledger.waiting(read.txid)?.tx.outputs).to.deep.equal(read.outputs);
  });

  it('tells balance and history of an account, an address and all', async () => {
    await funded();
    await ask('createAccount', { name: 'Bob' });
    const wish = { from: 'main', to: 'Bob', amount: 2_000 };
    const { body: plan } = await ask('planPayment', wish);
    await ask('sendPayment', { transaction: plan.payment.transaction, sign: true });
    const bob = await ask('balance', undefined, '?of=bob');
    expect(bob.body).to.deep.equal({ confirmed: 0, pending: 2_000, immature: 0, spendable: 2_000 });
    world.mine();
    const all = await ask('balance');
    expect(all.body.confirmed).to.equal(50_000 - plan.fee);
    const { body } = await ask('walletHistory', undefined, '?of=main');
    expect(body.rows.map(({ amount }) => amount)).to.deep.equal([-2_000 - plan.fee, 50_000]);
    expect(body.rows[0]).to.include({ state: 'confirmed', confirmations: 1, height: 2 });
    const query = '?of=main&beforeHeight=2&beforePosition=1';
    const older = await ask('walletHistory', undefined, query);
    expect(older.body.rows.map(({ amount }) => amount)).to.deep.equal([50_000]);
    expect(await codeOf(ask('balance', undefined, '?of=Carol'))).to.equal('422 no-account');
  });

  it('watches an address, and lists it beside the accounts', async () => {
    await ask('watchAddress', { address, label: 'the till' });
    expect(await codeOf(ask('watchAddress', { address }))).to.equal('422 already-watched');
    expect(await codeOf(ask('watchAddress', { address: 'x' }))).to.equal('422 bad-address');
    await ask('createWallet', { passphrase: PASSPHRASE });
    const { body } = await ask('accounts');
    expect(body.accounts.map(({ name }) => name)).to.deep.equal(['main']);
    expect(body.watched.map(({ label }) => label)).to.deep.equal(['the till']);
  });

  it('says why a payment cannot be, and forgets one that is to be forgotten', async () => {
    await funded();
    const plan = (change: object) =>
      codeOf(ask('planPayment', { from: 'main', to: address, amount: 1_000, ...change }));
    expect(await plan({ amount: 50_000 })).to.equal('422 not-enough');
    expect(await plan({ amount: 0 })).to.equal('400 bad-request');
    expect(await plan({ amount: 1.5 })).to.equal('400 bad-request');
    expect(await plan({ memo: 'zz' })).to.equal('400 bad-request');
    expect(await codeOf(ask('sendPayment', { transaction: '00' }))).to.equal('422 bad-payment');
    world.refusal = 'fee-too-low: it pays too little.';
    const wish = { from: 'main', to: address, amount: 5 };
    const { body } = await ask('planPayment', wish);
    const sent = await ask('sendPayment', { transaction: body.payment.transaction, sign: true });
    expect(sent.body.message).to.include('fee-too-low');
    world.refusal = undefined;
    await ask('sendPayment', { transaction: body.payment.transaction, sign: true });
    const url = `/api/wallet/payments/${body.txid}/forget`;
    const headers = { host: 'localhost', authorization: 'Bearer secret' };
    const forget = () => app.inject({ method: 'POST', url, payload: {}, headers });
    expect((await forget()).json()).to.include({ payments: 0 });
    expect((await forget()).json()).to.include({ code: 'no-such-payment' });
  });
});
