import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';
import type { BalanceJson, HistoryRowJson } from '../../shared/http/walletSchemas.js';
import { until, type Running } from '../support/programs.js';
import { freePorts, Sandbox, stop, untilPrinted } from '../support/sandbox.js';

/** A light peer beside a full one that mines, found by the tracker alone. */
describe('e2e: a light peer', function () {
  this.timeout(180_000);

  let sandbox: Sandbox;
  let tracker: string;
  let ports: readonly number[];
  let pass: string[];
  let full: Running;
  let light: Running;
  let words: string;

  before(async () => {
    sandbox = new Sandbox();
    pass = ['--passphrase-file', sandbox.path('pass')];
    writeFileSync(sandbox.path('pass'), 'correct horse\n');
    const genesis = sandbox.path('red.json');
    await sandbox.json('genesis', '--template', 'dev', '--name', 'red', '--out', genesis);
    ports = await freePorts(5);
    const [listen = 0, page = 0] = ports;
    tracker = `127.0.0.1:${String(listen)}`;
    const running = sandbox.start(
      ...['tracker', '--listen', tracker, '--http', String(page)],
      ...['--genesis', genesis, '--data', sandbox.path('tracker')],
    );
    await untilPrinted(running, /the tracker takes peers/);
    await startFull();
    await json('wallet', 'create', '--node', 'full', ...pass);
    const { address } = await json<{ address: string }>('receive', '--node', 'full');
    await stop(full);
    await startFull('--pay-to', address);
    await json('mine', '5', '--node', 'full');
    await json('wallet', 'unlock', '--node', 'full', ...pass);
    await startLight('--tracker', tracker);
    ({ words } = await json<{ words: string }>('wallet', 'create', '--node', 'light', ...pass));
  });
  after(() => sandbox.close());

  async function startFull(...more: readonly string[]): Promise<void> {
    const [, , tcp = 0, http = 0] = ports;
    full = sandbox.start(
      ...['peer', '--tracker', tracker, '--name', 'full', '--data', sandbox.path('full')],
      ...['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http), ...more],
    );
    await untilPrinted(full, /the peer is up/);
  }

  async function startLight(...more: readonly string[]): Promise<void> {
    const [, , , , http = 0] = ports;
    light = sandbox.start(
      ...['peer', '--light', '--name', 'light', '--data', sandbox.path('light')],
      ...['--http', String(http), ...more],
    );
    await untilPrinted(light, /the light peer is up/);
  }

  const json = <T>(...words: string[]): Promise<T> => sandbox.json<T>(...words);
  const status = (): Promise<StatusJson> => json('status', '--node', 'light');
  const history = (): Promise<HistoryRowJson[]> => json('history', '--node', 'light');
  const confirmed = async (): Promise<number> =>
    (await json<BalanceJson>('balance', '--node', 'light')).confirmed;
  const untilHeight = (height: number) =>
    until(`height ${String(height)}`, 20_000, async () =>
      (await status()).height === height ? true : undefined,
    );

  async function failure(...words: string[]): Promise<string> {
    const { code, output } = await sandbox.run(...words);
    expect(code, output).to.equal(1);
    return output.trimEnd();
  }

  it('has the headers, a wallet, and no index', async () => {
    await untilHeight(5);
    expect(await status()).to.include({ light: true, peers: 1, synced: true, indexHeight: null });
    const { output } = await sandbox.run('status', '--node', 'light');
    expect(output)
      .to.match(/, a light peer\n/)
      .and.to.match(/\nheaders +5 \(synced\)\n/);
    expect(await confirmed()).to.equal(0);
  });

  it('is paid, and knows it once a block proves it', async () => {
    const { address } = await json<{ address: string }>('receive', '--node', 'light');
    await json('send', address, '700000', '--node', 'full', '--yes');
    expect(await confirmed()).to.equal(0);
    await json('mine', '1', '--node', 'full');
    await until('the payment', 20_000, async () =>
      (await confirmed()) === 700_000 ? true : undefined,
    );
  });

  it('pays, and sees it confirmed', async () => {
    await json('wallet', 'unlock', '--node', 'light', ...pass);
    const { address } = await json<{ address: string }>('receive', '--node', 'full');
    const send = ['send', address, '1000', '--node', 'light', '--yes'];
    const sent = await json<{ txid: string; fee: number }>(...send);
    expect((await history())[0]).to.include({ txid: sent.txid, state: 'waiting' });
    await json('mine', '1', '--node', 'full');
    await until('its block', 20_000, async () =>
      (await history())[0]?.state === 'confirmed' ? true : undefined,
    );
    expect(await confirmed()).to.equal(700_000 - 1_000 - sent.fee);
  });

  it('proves its own payments, to who has the network file and some headers', async () => {
    const [row] = await history();
    const [proof, headers] = [sandbox.path('p.proof'), sandbox.path('headers')];
    await json('proof', row?.txid ?? '', '--node', 'light', '--out', proof);
    await json('headers', 'export', headers, '--node', 'full');
    const offline = ['--network', sandbox.path('red.json'), '--headers', headers];
    const verified = await json<{ txid: string }>('verify', proof, ...offline);
    expect(verified).to.include({ valid: true, txid: row?.txid });
  });

  it('comes back after kill -9, without its tracker, and finds what came meanwhile', async () => {
    const before = await history();
    await stop(light, 'SIGKILL');
    await json('mine', '3', '--node', 'full');
    await startLight();
    await untilHeight(10);
    const after = await history();
    expect(after.map(({ txid }) => txid)).to.deep.equal(before.map(({ txid }) => txid));
    expect(after[0]?.confirmations).to.equal(4);
  });

  it('is found again from its words by another', async () => {
    const [http = 0] = await freePorts(1);
    const name = ['--node', 'again'];
    const again = sandbox.start(
      ...['peer', '--light', '--name', 'again', '--data', sandbox.path('again')],
      ...['--tracker', tracker, '--http', String(http)],
    );
    await untilPrinted(again, /the light peer is up/);
    writeFileSync(sandbox.path('words'), words);
    const file = ['--words-file', sandbox.path('words')];
    const { output } = await sandbox.run('wallet', 'restore', ...name, ...file, ...pass);
    expect(output).to.match(/^The wallet is unlocked .*\nFound:\nmain +\d+ address/);
    const { confirmed: found } = await json<BalanceJson>('balance', ...name);
    expect(found).to.equal(await confirmed());
    await stop(again);
  });

  it('says what it cannot do, and what can', async () => {
    const asks = 'Ask a full peer: --node NAME|URL.';
    expect(await failure('mine', '1', '--node', 'light')).to.equal(
      `This is a light peer: it keeps no chain to mine on. ${asks}`,
    );
    const { address } = await json<{ address: string }>('receive', '--node', 'full');
    expect(await failure('address', 'show', address, '--node', 'light')).to.equal(
      `This is a light peer: it keeps only what its own wallet holds. ${asks}`,
    );
    const data = sandbox.path('light');
    expect(await failure('chain', 'verify', '--data', data)).to.match(
      /light is the folder of a light peer: it keeps headers, and no blocks\. Name a full peer/,
    );
    expect(await failure('peer', '--light', '--mine', '--data', data)).to.equal(
      '--mine makes no sense beside --light: a light peer keeps no chain to mine on. ' +
        'Leave --mine out, or --light.',
    );
  });

  it('refuses the folder of a full peer, and a full peer its own', async () => {
    await stop(light);
    expect(await failure('peer', '--data', sandbox.path('light'))).to.match(
      /is that of a light peer, not of a peer\. Start it with --light/,
    );
    await stop(full);
    expect(await failure('peer', '--light', '--data', sandbox.path('full'))).to.match(
      /is that of a peer, not of a light peer\. Leave --light out/,
    );
    expect(existsSync(sandbox.path('full', 'light.sqlite'))).to.equal(false);
  });

  it('cannot pay while nobody is there, and keeps nothing of the attempt', async () => {
    await startLight();
    await json('wallet', 'unlock', '--node', 'light', ...pass);
    const before = await history();
    const { address: own } = await json<{ address: string }>('receive', '--node', 'light');
    expect(await failure('send', own, '1000', '--node', 'light', '--yes')).to.match(
      /There is no peer to give it to/,
    );
    expect(await history()).to.deep.equal(before);
  });

  it('keeps no bodies: its folder stays small', () => {
    const folder = sandbox.path('light');
    const names = readdirSync(folder);
    expect(names).to.include('light.sqlite').and.not.to.include('chain.sqlite');
    const bytes = names.reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(bytes).to.be.below(500_000);
  });
});
