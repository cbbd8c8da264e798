import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { encodeAddress } from '../../shared/consensus/address.js';
import type { AccountsJson, BalanceJson, HistoryRowJson } from '../../shared/http/walletSchemas.js';
import { owner } from '../support/blocks.js';
import { until, type Running } from '../support/programs.js';
import { freePorts, Sandbox, stop, untilPrinted } from '../support/sandbox.js';

const SUBSIDY = 5_000_000_000;

interface DocumentJson {
  readonly accounts: readonly {
    readonly addresses: { readonly receive: { given: number; readonly keys: readonly string[] } };
  }[];
}

interface RestoredJson {
  readonly synced: boolean;
  readonly height: number;
  readonly found: AccountsJson['accounts'];
}

const networkIdOf = (document: string): string =>
  (JSON.parse(document) as { networkId: string }).networkId;

/** The wallet by its commands, over a real peer. */
describe('e2e: the wallet', function () {
  this.timeout(180_000);

  let sandbox: Sandbox;
  let genesis: string;
  let pass: string[];
  let ports: number[];
  let peer: Running;

  before(async () => {
    sandbox = new Sandbox();
    genesis = sandbox.path('red.json');
    await sandbox.json('genesis', '--template', 'dev', '--name', 'red', '--out', genesis);
    const file = sandbox.path('pass');
    writeFileSync(file, 'correct horse\n');
    pass = ['--passphrase-file', file];
    ports = await freePorts(2);
  });
  beforeEach(() => startPeer());
  afterEach(() => stop(peer));
  after(() => sandbox.close());

  async function startPeer(): Promise<void> {
    const [tcp = 0, http = 0] = ports;
    peer = sandbox.start(
      ...['peer', '--genesis', genesis, '--name', 'one', '--data', sandbox.path('one')],
      ...['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)],
    );
    await untilPrinted(peer, /the peer is up/);
  }

  const json = <T>(...words: string[]): Promise<T> => sandbox.json<T>(...words);
  const history = (account: string) => json<HistoryRowJson[]>('history', account);
  const confirmed = async (account: string): Promise<number> =>
    (await json<BalanceJson>('balance', account)).confirmed;

  /** The line on standard error of a command that must fail. */
  async function failure(...words: string[]): Promise<string> {
    const { code, output } = await sandbox.run(...words);
    expect(code, output).to.equal(1);
    return output.trimEnd();
  }

  /** By a peer that is started anew with that address. */
  async function mineTo(address: string, blocks: number): Promise<void> {
    await stop(peer);
    const [tcp = 0, http = 0] = ports;
    peer = sandbox.start(
      ...['peer', '--name', 'one', '--data', sandbox.path('one'), '--pay-to', address],
      ...['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)],
    );
    await untilPrinted(peer, /the peer is up/);
    await json('mine', String(blocks));
  }

  let words: string;

  it('is made with words, gives addresses, and shows what was mined to them', async () => {
    expect(await failure('balance')).to.match(/^This node has no wallet\. Make one with/);
    const { output } = await sandbox.run('wallet', 'create', ...pass);
    [words = ''] = output.split('\n');
    expect(words.split(' ')).to.have.length(12);
    expect(output).to.match(/\n\nWrite these words down, .*\n.*\nThe wallet is open for ten /);
    expect(peer.output()).to.not.include(words);
    expect(await failure('wallet', 'create', ...pass)).to.match(/^This node has a wallet already/);
    await json('account', 'create', 'Alice');
    await json('account', 'create', 'Bob');
    const { address } = await json<{ address: string }>('receive', 'Alice');
    await mineTo(address, 10);
    const maturity = 1;
    expect(await confirmed('Alice')).to.be.at.least((10 - maturity) * SUBSIDY);
    expect(await failure('receive')).to.equal(
      'Accounts: main, Alice, Bob. Choose one: cairn receive ACCOUNT.',
    );
  });

  it('sends what its preview showed, once it is unlocked and told to', async () => {
    const send = ['send', 'Bob', '2500', '--from', 'Alice'];
    // It says so before it shows anything, and asks nobody.
    expect(await failure(...send)).to.match(/^The wallet is locked\. Unlock it/);
    writeFileSync(sandbox.path('guess'), 'guess\n');
    const guess = ['--passphrase-file', sandbox.path('guess')];
    expect(await failure('wallet', 'unlock', ...guess)).to.match(/This passphrase does not open/);
    await json('wallet', 'unlock', ...pass);
    expect(await failure(...send)).to.match(/Standard input ended before the answer/);
    expect(await failure(...send, '--json')).to.match(/^--json shows nothing to agree to/);
    expect(await history('Bob')).to.deep.equal([]);
    const sent = await json<{ txid: string; fee: number }>(...send, '--memo', 'rent', '--yes');
    const [row] = await history('Bob');
    expect(row).to.include({ txid: sent.txid, amount: 2_500, state: 'waiting' });
    await json('mine', '1');
    expect(await confirmed('Bob')).to.equal(2_500);
    expect((await history('Alice'))[0]).to.include({
      ...{ txid: sent.txid, state: 'confirmed', amount: -2_500 - sent.fee, confirmations: 1 },
    });
    const { output } = await sandbox.run('balance', 'Bob');
    expect(output).to.match(/^confirmed +2500\npending +0\nimmature +0\nspendable +2500\n$/);
  });

  it('says what is wrong with a wish', async () => {
    expect(await failure('send', 'Bob', '1.5', '--from', 'Alice')).to.match(/is no amount/);
    expect(await failure('send', 'Carol', '5', '--from', 'Alice')).to.match(/Carol is no address/);
    expect(await failure('send', 'Bob', '5', '--from', 'Carol')).to.match(/no account Carol/);
    expect(await failure('send', 'Alice', '5000', '--from', 'Bob')).to.match(/2500 to spend/);
    await json('wallet', 'unlock', ...pass);
    const cheap = await failure('send', 'Alice', '5', '--from', 'Bob', '--fee-rate', '0', '--yes');
    expect(cheap).to.match(/fee-too-low: .*\(needed 213, found 0\) Nothing was sent\.$/);
    expect(await history('Bob')).to.have.length(1);
  });

  it('plans, signs and sends a payment in three steps; signing needs no node', async () => {
    const [file, signed] = [sandbox.path('p.json'), sandbox.path('p.signed.json')];
    const create = ['tx', 'create', 'Bob', '700', '--from', 'Alice', '--out', file];
    const plan = await json<{ txid: string; fee: number }>(...create);
    expect(await failure(...create)).to.match(/exists\. Move it away/);
    await stop(peer);
    const vault = ['--wallet', sandbox.path('one', 'wallet.vault')];
    const { output } = await sandbox.run('tx', 'sign', file, ...vault, ...pass, '--yes');
    expect(output).to.match(/^inputs +\d+ {2}1 coin\n/);
    expect(output).to.match(/\nto +700 {2}cairndev1/);
    expect(output).to.match(new RegExp(`\nfee +${plan.fee} .*\ntotal +${700 + plan.fee} `));
    const read = await json<{ isSigned: boolean; txid: string }>('tx', 'read', signed);
    expect([read.isSigned, read.txid]).to.deep.equal([true, plan.txid]);
    expect((await json<{ isSigned: boolean }>('tx', 'read', file)).isSigned).to.equal(false);
    await startPeer();
    // Nobody was shown what it pays: also an open wallet does not sign it here.
    await json('wallet', 'unlock', ...pass);
    expect(await failure('tx', 'send', file)).to.match(/is not signed\. Sign it first/);
    await json('wallet', 'lock');
    const sent = await json<{ txid: string; isOwn: boolean }>('tx', 'send', signed);
    expect(sent).to.deep.equal({ txid: plan.txid, isOwn: true, isInChain: false });
    await json('mine', '1');
    const again = await sandbox.run('tx', 'send', signed);
    expect(again.output).to.equal(`It is in the chain already: ${plan.txid}\n`);
    expect(await confirmed('Bob')).to.equal(3_200);
  });

  it('stamps a file; its proof needs no node', async () => {
    const deed = sandbox.path('deed.txt');
    writeFileSync(deed, 'We were here first.\n');
    await json('wallet', 'unlock', ...pass);
    const before = await confirmed('Alice');
    const stamp = ['stamp', deed, '--from', 'Alice', '--fee-rate', '2000'];
    expect(await failure(...stamp)).to.match(/Standard input ended before the answer/);
    const made = await json<{ txid: string; fee: number }>(...stamp, '--yes');
    expect(await failure('proof', deed)).to.match(/^No block stamps/);
    expect(await failure('proof', made.txid)).to.match(/waits for a block\./);
    const pool = await json<{ count: number }>('mempool');
    expect(pool.count).to.equal(1);
    await json('mine', '1');
    // All but the fee comes back.
    expect(await confirmed('Alice')).to.equal(before - made.fee);
    const proof = await json<{ txid: string; file: string }>('proof', deed);
    expect(proof).to.include({ txid: made.txid, file: `${deed}.proof` });
    await json('headers', 'export', sandbox.path('headers'));
    await stop(peer);
    const offline = ['--network', genesis, '--headers', sandbox.path('headers')];
    const verified = await json<{ txid: string }>('verify', deed, proof.file, ...offline);
    expect(verified).to.include({ valid: true, txid: made.txid });
    writeFileSync(deed, 'They were here first.\n');
    const { code, output } = await sandbox.run('verify', deed, proof.file, ...offline);
    expect(code).to.equal(3);
    expect(output).to.match(/not the file that was/);
  });

  it('signs nothing for another network, and nothing that was changed', async () => {
    const other = sandbox.path('blue.json');
    await json('genesis', '--template', 'dev', '--name', 'blue', '--out', other);
    const folder = sandbox.path();
    await json('wallet', 'create', '--offline', folder, '--genesis', other, ...pass);
    const file = sandbox.path('p.json');
    const vault = ['--wallet', sandbox.path('wallet.vault')];
    const foreign = await failure('tx', 'sign', file, ...vault, ...pass, '--out', `${file}.x`);
    expect(foreign).to.match(/The payment is for network red, the wallet for blue/);
    const blue = networkIdOf(readFileSync(sandbox.path('wallet.json'), 'utf8'));
    const claimed = JSON.parse(readFileSync(file, 'utf8')) as { network: object };
    const theirs = { ...claimed, network: { ...claimed.network, name: 'blue', id: blue } };
    writeFileSync(`${file}.blue`, JSON.stringify(theirs));
    const nothing = await failure('tx', 'sign', `${file}.blue`, ...vault, ...pass, '--yes');
    expect(nothing).to.match(/no key of the payment/);
    const content = readFileSync(sandbox.path('p.signed.json'), 'utf8');
    const changed = JSON.parse(content) as { transaction: string };
    const { length } = changed.transaction;
    // The lock height stands before the memo’s length and the signature.
    const at = length - 2 * (64 + 2 + 4);
    const bent = `${changed.transaction.slice(0, at)}01${changed.transaction.slice(at + 2)}`;
    writeFileSync(sandbox.path('bent.json'), JSON.stringify({ ...changed, transaction: bent }));
    const read = await json<{ isSigned: boolean; lockHeight: number }>(
      ...['tx', 'read', sandbox.path('bent.json')],
    );
    expect(read.isSigned).to.equal(false);
    expect(read.lockHeight).to.equal(1);
  });

  it('makes keys for more addresses where the words are', async () => {
    const path = sandbox.path('wallet.json');
    const given = JSON.parse(readFileSync(path, 'utf8')) as DocumentJson;
    const [account] = given.accounts;
    if (account === undefined) return expect.fail();
    account.addresses.receive.given = 90;
    writeFileSync(path, JSON.stringify(given));
    const offline = ['--offline', sandbox.path(), '--genesis', sandbox.path('blue.json')];
    await json('wallet', 'keys', ...offline, ...pass);
    const made = JSON.parse(readFileSync(path, 'utf8')) as DocumentJson;
    const { receive } = made.accounts[0]?.addresses ?? account.addresses;
    expect([receive.given, receive.keys.length]).to.deep.equal([90, 190]);
    expect(receive.keys.slice(0, 100)).to.deep.equal(account.addresses.receive.keys);
  });

  it('gets what its peer mines, where nobody said to whom', async () => {
    await json('mine', '1');
    const [row] = await history('main');
    expect(row).to.include({ state: 'confirmed', amount: SUBSIDY, confirmations: 1 });
  });

  it('watches an address whose key is elsewhere', async () => {
    const { address } = await json<{ address: string }>('receive', 'Bob');
    expect(await failure('watch', address)).to.match(/is in this wallet already/);
    expect(await failure('watch', 'cairndev1x')).to.match(/no address of this network/);
    const other = encodeAddress('cairndev', owner(1).address);
    await json('watch', other, 'the till');
    const { watched } = await json<AccountsJson>('account', 'list');
    expect(watched.map((one) => [one.address, one.label])).to.deep.equal([[other, 'the till']]);
  });

  it('asks everybody for the token, on loopback, too', async () => {
    const [, http = 0] = ports;
    const token = readFileSync(sandbox.path('one', 'api.token'), 'utf8').trim();
    const get = (headers: Record<string, string>) =>
      fetch(`http://127.0.0.1:${String(http)}/api/wallet/accounts`, { headers });
    const bearer = { authorization: `Bearer ${token}` };
    expect((await get({})).status).to.equal(401);
    expect((await get(bearer)).status).to.equal(200);
    expect((await get({ ...bearer, origin: 'http://evil.example' })).status).to.equal(403);
  });

  it('is found again from its words by another peer', async () => {
    const before = await json<AccountsJson>('account', 'list');
    const [tcp = 0, http = 0] = await freePorts(2);
    const two = sandbox.start(
      ...['peer', '--genesis', genesis, '--name', 'two', '--data', sandbox.path('two')],
      ...['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)],
      ...['--connect', `127.0.0.1:${String(ports[0])}`],
    );
    await untilPrinted(two, /synced/);
    const node = ['--node', 'two'];
    const height = (await json<{ height: number }>('status')).height;
    await until('the same height', 20_000, async () => {
      const status = await json<{ height: number }>('status', ...node);
      return status.height === height || undefined;
    });
    writeFileSync(sandbox.path('words'), `${words}\n`);
    const file = ['--words-file', sandbox.path('words')];
    const restored = await json<RestoredJson>('wallet', 'restore', ...node, ...file, ...pass);
    expect(restored).to.include({ synced: true, height });
    expect(restored.found.map(({ name }) => name)).to.deep.equal([
      ...['main', 'account-2', 'account-3'],
    ]);
    const after = await json<AccountsJson>('account', 'list', ...node);
    const balances = ({ accounts }: AccountsJson) => accounts.map(({ balance }) => balance);
    expect(balances(after)).to.deep.equal(balances(before).slice(0, after.accounts.length));
    expect(after.accounts[0]?.name).to.equal('main');
    await stop(two);
  });

  it('loses no payment that somebody was told of, however it is killed', async () => {
    for (let round = 0; round < 2; round++) {
      await json('wallet', 'unlock', ...pass, '--minutes', '0');
      const before = new Set((await history('Alice')).map(({ txid }) => txid));
      const sending = sandbox.run('send', 'Bob', '11', '--from', 'Alice', '--yes', '--json');
      await delay(600 + Math.random() * 1_500);
      peer.child.kill('SIGKILL');
      await peer.ended;
      const { code, stdout } = await sending;
      const told = code === 0 ? (JSON.parse(stdout) as { txid: string }).txid : undefined;
      await startPeer();
      const made = await until('the payment', 10_000, async () => {
        const rows = (await history('Alice')).filter(({ txid }) => !before.has(txid));
        return rows.every(({ state }) => state === 'waiting') ? rows : undefined;
      });
      expect(made.length).to.be.at.most(1);
      if (told !== undefined) expect(made[0]?.txid).to.equal(told);
      await json('mine', '1');
      for (const row of (await history('Alice')).slice(0, made.length)) {
        expect(row.state).to.equal('confirmed');
      }
    }
  });
});
