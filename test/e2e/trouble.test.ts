import { expect } from 'chai';
import { mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { freePorts, Sandbox, stop, untilPrinted } from '../support/sandbox.js';
import { within, type Ended, type Running } from '../support/programs.js';

/** What an operator sees when something is not right: one line, what to do, exit code 1. */
describe('e2e: trouble', function () {
  this.timeout(30_000);

  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(() => sandbox.close());

  it('names an unknown key of the configuration and the one that was meant', async () => {
    writeFileSync(sandbox.path('config.json'), '{ "peer": { "minInterval": 5 } }');
    for (const command of ['peer', 'tracker', 'config', 'status']) {
      const { code, output } = await sandbox.run(command);
      expect(code, output).to.equal(1);
      expect(lines(output)).to.deep.equal([
        `Unknown key peer.minInterval in ${sandbox.path('config.json')}. ` +
          'Did you mean peer.mineInterval? cairn config lists the keys.',
      ]);
    }
  });

  it('says what is wrong with a configuration that is missing or no JSON', async () => {
    writeFileSync(sandbox.path('broken.json'), '{');
    const broken = await sandbox.run('config', '--config', sandbox.path('broken.json'));
    expectTrouble(broken, /broken\.json is not JSON: .+ Compare it with config\.example\.json\.$/);
    const missing = await sandbox.run('config', '--config', sandbox.path('none.json'));
    expectTrouble(missing, /none\.json cannot be read \(ENOENT\)\. Check the path/);
  });

  it('refuses unknown flags, values and commands', async () => {
    expectTrouble(await sandbox.run('peer', '--trakcer', 'x:1'), /Did you mean --tracker\?/);
    expectTrouble(await sandbox.run('peer', '--cpu', '0'), /--cpu: expected a whole number from 1/);
    expectTrouble(await sandbox.run('peer', 'Alice'), /Unexpected Alice\./);
    expectTrouble(await sandbox.run('netwrok', 'up'), /Did you mean network up\?/);
  });

  it('says what --fee-rate takes, before it asks a node', async () => {
    const takes = '--fee-rate: expected a whole number from 0 to 1000000000, found';
    const send = ['send', 'Bob', '5', '--fee-rate'];
    expectTrouble(await sandbox.run(...send, 'nonsense'), new RegExp(`^${takes} "nonsense"\\.$`));
    expectTrouble(await sandbox.run(...send, '-1'), new RegExp(`^${takes} "-1"\\.$`));
    const create = ['tx', 'create', 'Bob', '5', '--fee-rate=1.5'];
    expectTrouble(await sandbox.run(...create), new RegExp(`^${takes} "1\\.5"\\.$`));
    const stamp = ['stamp', 'deed.txt', '--fee-rate'];
    expectTrouble(await sandbox.run(...stamp), /^--fee-rate needs a value: --fee-rate=VALUE\.$/);
  });

  it('refuses flags that contradict each other or do nothing', async () => {
    const genesis = await makeNetwork(sandbox);
    const peer = ['peer', '--genesis', genesis];
    expectTrouble(
      await sandbox.run(...peer, '--network', 'blue'),
      /red\.json is network red, not blue\. Leave --network out, or name another file/,
    );
    for (const address of ['0.0.0.0:6000', '224.0.0.1:6000', '127.0.0.1:1', '[::]:6000']) {
      const { code, output } = await sandbox.run(...peer, '--advertise', address);
      expect([code, lines(output)], address).to.deep.equal([
        1,
        [
          `--advertise ${address} is no address that others can call. ` +
            'Name one of this computer as others see it, with a port from 1024 on.',
        ],
      ]);
    }
    const [port = 0] = await freePorts(1);
    const same = ['--listen', String(port), '--http', String(port)];
    const one = new RegExp(`--listen and --http both ask for port ${String(port)}\\. Choose`);
    expectTrouble(await sandbox.run(...peer, ...same), one);
    expectTrouble(await sandbox.run('tracker', ...same), one);
    const onlyStart = /^--(interval|cpu) works with mine start only\. Leave it out\.$/;
    expectTrouble(await sandbox.run('mine', 'stop', '--interval', '5'), onlyStart);
    expectTrouble(await sandbox.run('mine', '2', '--interval', '5'), onlyStart);
    expectTrouble(await sandbox.run('mine', '2', '--cpu', '5'), onlyStart);
  });

  it('warns of a variable that is mistyped, once, and goes on', async () => {
    const { code, stdout, output } = await sandbox.runWith({ CAIRN_HOEM: 'x' }, 'config', '--json');
    expect(code).to.equal(0);
    expect(output.replace(stdout, '')).to.equal(
      'Unknown variable CAIRN_HOEM is ignored. Did you mean CAIRN_HOME?\n',
    );
  });

  it('reads a configuration as some editors write it, with a mark in front', async () => {
    writeFileSync(sandbox.path('config.json'), '\uFEFF{ "peer": { "cpu": 7 } }');
    const rows = await sandbox.json<{ key: string; value: unknown }[]>('config', 'peer');
    expect(rows.find(({ key }) => key === 'peer.cpu')?.value).to.equal(7);
  });

  it('names who holds a port, and the flag that chooses another', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const [free = 0] = await freePorts(1);
    const genesis = await makeNetwork(sandbox);
    const taken = `127.0.0.1:${String(port)}`;
    const other = String(free);
    const peer = ['peer', '--genesis', genesis];
    const tcp = await sandbox.run(...peer, '--listen', taken, '--http', other);
    const http = await sandbox.run(...peer, '--listen', `127.0.0.1:${other}`, '--http', taken);
    const holder = `is in use by .*\\(pid ${String(process.pid)}\\)`;
    expectTrouble(tcp, new RegExp(`^Port ${String(port)} on 127.0.0.1 ${holder}.*--listen`));
    expectTrouble(http, new RegExp(`^Port ${String(port)} on 127.0.0.1 ${holder}.*--http`));
    const tracker = ['tracker', '--template', 'dev'];
    const page = await sandbox.run(...tracker, '--listen', `127.0.0.1:${other}`, '--http', taken);
    const registry = await sandbox.run(...tracker, '--listen', taken, '--http', other);
    expectTrouble(page, /--http\.$/);
    expectTrouble(registry, /--listen\.$/);
    await new Promise((resolve) => server.close(resolve));
  });

  it('names who holds a data directory', async () => {
    const [tcp = 0, http = 0, tcp2 = 0, http2 = 0] = await freePorts(4);
    const genesis = await makeNetwork(sandbox);
    const start = (listen: number, api: number): string[] => [
      ...['peer', '--genesis', genesis, '--data', sandbox.path('data')],
      ...['--listen', `127.0.0.1:${String(listen)}`, '--http', String(api)],
    ];
    const first = sandbox.start(...start(tcp, http));
    await untilPrinted(first, /the peer is up/);
    const second = await sandbox.run(...start(tcp2, http2));
    const holder = `process ${String(first.child.pid)} \\(http://localhost:${String(http)}\\)`;
    expectTrouble(second, new RegExp(`is in use by ${holder}`));
    await stop(first);
    const third = sandbox.start(...start(tcp2, http2));
    await untilPrinted(third, /the peer is up/);
    await stop(third);
  });

  it('says so when the data directory cannot be made', async () => {
    const genesis = await makeNetwork(sandbox);
    writeFileSync(sandbox.path('file'), 'in the way');
    const data = sandbox.path('file', 'data');
    const peer = await sandbox.run('peer', '--genesis', genesis, '--data', data);
    expectTrouble(peer, /data cannot be a data directory: a file stands in its way/);
  });

  it('says what is wrong with a nonsense network file', async () => {
    const genesis = sandbox.path('nonsense.json');
    for (const text of ['', '[]', '{"name":"x"}', '\u0000\u0001', '{"rulesVersion":1e999}']) {
      writeFileSync(genesis, text);
      const peer = await sandbox.run('peer', '--genesis', genesis);
      expectTrouble(peer, /nonsense\.json is not a network: .+ Make a new file with cairn genesis/);
    }
    expectTrouble(await sandbox.run('tracker', '--genesis', genesis), /is not a network/);
    expectTrouble(
      await sandbox.run('peer', '--genesis', sandbox.path('none')),
      /The network file .*none cannot be read/,
    );
  });

  it('refuses a second network in the data directory of a first', async () => {
    const [tcp = 0, http = 0] = await freePorts(2);
    const ports = ['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)];
    const data = ['--data', sandbox.path('data')];
    const red = await makeNetwork(sandbox, 'red');
    const first = sandbox.start('peer', '--genesis', red, ...data, ...ports);
    await untilPrinted(first, /the peer is up/);
    await stop(first);
    const blue = await makeNetwork(sandbox, 'blue');
    const second = await sandbox.run('peer', '--genesis', blue, ...data, ...ports);
    expectTrouble(second, /belongs to network "red" .* not to "blue"/);
  });

  it('says that a database is damaged, and leaves it as it is', async () => {
    const [tcp = 0, http = 0] = await freePorts(2);
    const genesis = await makeNetwork(sandbox);
    const chain = sandbox.path('data', 'chain.sqlite');
    mkdirSync(sandbox.path('data'));
    writeFileSync(chain, 'no database at all '.repeat(500));
    const peer = await sandbox.run(
      ...['peer', '--genesis', genesis, '--data', sandbox.path('data')],
      ...['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)],
    );
    expectTrouble(peer, /chain\.sqlite/);
    expect(readFileSync(chain, 'utf8')).to.match(/^no database at all/);
  });

  it('says what is lost with a damaged node key: coins of a peer', async () => {
    const genesis = await makeNetwork(sandbox);
    const data = sandbox.path('data');
    mkdirSync(data);
    writeFileSync(sandbox.path('data', 'node.key'), 'no key');
    const newKey = 'Restore it from a copy, or move it away: .* gets a new key, new to all others';
    expectTrouble(
      await sandbox.run('peer', '--genesis', genesis, '--data', data),
      new RegExp(`node\\.key is damaged\\. ${newKey}, and coins mined to the old one are lost\\.$`),
    );
    const tracker = await sandbox.run('tracker', '--genesis', genesis, '--data', data);
    expectTrouble(tracker, new RegExp(`node\\.key is damaged\\. ${newKey}\\.$`));
  });

  it('says that a chain was emptied, and begins it anew', async () => {
    const [tcp = 0, http = 0] = await freePorts(2);
    const genesis = await makeNetwork(sandbox);
    const data = ['--data', sandbox.path('data')];
    const ports = ['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)];
    const start = (): Running => sandbox.start('peer', '--genesis', genesis, ...data, ...ports);
    const first = start();
    await untilPrinted(first, /the peer is up/);
    expect((await stop(first)).output).not.to.contain('empty');
    truncateSync(sandbox.path('data', 'chain.sqlite'));
    expectTrouble(
      await sandbox.run('peer', ...data, ...ports),
      /^The chain in .*chain\.sqlite is empty: .* Name a tracker \(--tracker HOST:PORT\)/,
    );
    const again = start();
    await untilPrinted(again, /the peer is up/);
    expect((await stop(again)).output).to.match(
      /warn .*the chain was empty: its blocks come again/,
    );
  });

  it('refuses the data directory of another program', async () => {
    const ports = async (): Promise<string[]> => {
      const [tcp = 0, http = 0] = await freePorts(2);
      return ['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)];
    };
    const [trackers, peers] = [sandbox.path('tracker'), sandbox.path('peer')];
    const tracker = sandbox.start('tracker', '--template', 'dev', ...(await ports()));
    await untilPrinted(tracker, /the tracker takes peers/);
    await stop(tracker);
    const genesis = await makeNetwork(sandbox);
    const peer = ['peer', '--genesis', genesis, ...(await ports()), '--data'];
    expectTrouble(
      await sandbox.run(...peer, trackers),
      /tracker is that of a tracker, not of a peer\. Choose another with --data\.$/,
    );
    const running = sandbox.start(...peer, peers);
    await untilPrinted(running, /the peer is up/);
    await stop(running);
    expectTrouble(
      await sandbox.run('tracker', '--data', peers, ...(await ports())),
      /peer is that of a peer, not of a tracker\. Choose another with --data\.$/,
    );
  });

  it('waits for a tracker that is not there, says so once, and stops when asked', async () => {
    const [tracker = 0] = await freePorts(1);
    const peer = sandbox.start('peer', '--tracker', `127.0.0.1:${String(tracker)}`);
    await untilPrinted(peer, /no tracker answers; waiting for it/);
    const { code, output } = await stop(peer);
    expect(code, output).to.equal(0);
    expect(output.match(/no tracker answers/g)).to.have.length(1);
  });

  it('says what a first start needs', async () => {
    expectTrouble(
      await sandbox.run('peer'),
      /^This peer knows no network yet\. Name a tracker \(--tracker HOST:PORT\) or a network file/,
    );
  });

  it('never replaces a network file', async () => {
    const genesis = await makeNetwork(sandbox);
    const again = await sandbox.run('genesis', '--template', 'dev', '--out', genesis);
    expectTrouble(again, /exists\. Move it away, or name another with --out\.$/);
  });

  it('tells apart that nothing runs from other trouble by the exit code', async () => {
    const [port = 0] = await freePorts(1);
    const commands = [
      ['status', '--node', `http://127.0.0.1:${String(port)}`],
      ['peers', '--node', 'Alice'],
      ['network', 'status'],
      ['network', 'down'],
    ];
    for (const command of commands) {
      const { code, output } = await sandbox.run(...command);
      expect([command.join(' '), code]).to.deep.equal([command.join(' '), 2]);
      expect(lines(output)).to.have.length(1);
    }
  });

  it('ends within a second of SIGTERM also while it starts', async () => {
    mkdirSync(sandbox.path('data'));
    const peer = sandbox.start('peer', '--tracker', '127.0.0.1:9');
    await untilPrinted(peer, /no tracker answers/);
    peer.child.kill('SIGTERM');
    await within('the end', 3_000, peer.ended);
  });
});

const lines = (output: string): string[] => output.trimEnd().split('\n');

function expectTrouble({ code, output }: Ended, pattern: RegExp): void {
  expect(code, output).to.equal(1);
  expect(lines(output), 'one line and no stack').to.have.length(1);
  expect(output.trimEnd()).to.match(pattern);
}

async function makeNetwork(sandbox: Sandbox, name = 'red'): Promise<string> {
  const file = sandbox.path(`${name}.json`);
  await sandbox.json('genesis', '--template', 'dev', '--name', name, '--out', file);
  return file;
}
