import { expect } from 'chai';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import type { MiningJson, PeersJson, StatusJson } from '../../shared/http/nodeSchemas.js';
import { until, type Running } from '../support/programs.js';
import { freePorts, Sandbox, statusAt, stop, untilPrinted } from '../support/sandbox.js';

const COPY_AGAIN = 'Copy or export it again; what came before the damage was good.';

interface Peer {
  readonly running: Running;
  readonly http: number;
}

/** A tracker and peers, each started by its own command. */
describe('e2e: tracker and peers', function () {
  this.timeout(60_000);

  let sandbox: Sandbox;
  let ports: number[];
  let trackerPort: number;

  beforeEach(async () => {
    sandbox = new Sandbox();
    ports = await freePorts(12);
    trackerPort = ports.pop() ?? 0;
  });
  afterEach(() => sandbox.close());

  async function startTracker(): Promise<Running> {
    const tracker = sandbox.start(
      ...['tracker', '--template', 'dev', '--http', '0'],
      ...['--listen', `127.0.0.1:${String(trackerPort)}`],
    );
    await untilPrinted(tracker, /the tracker takes peers/);
    return tracker;
  }

  /** Knows nothing but its tracker's address, unless `flags` say more. */
  async function startPeer(name: string, ...flags: string[]): Promise<Peer> {
    const [tcp = 0, http = 0] = [ports.pop(), ports.pop()];
    const running = sandbox.start(
      ...['peer', '--name', name, '--data', sandbox.path(name)],
      ...['--tracker', `127.0.0.1:${String(trackerPort)}`],
      ...['--listen', `127.0.0.1:${String(tcp)}`],
      ...(flags.includes('--http') ? flags : ['--http', String(http), ...flags]),
    );
    const [, url = ''] = await untilPrinted(running, /the peer is up .* api=(http:\S+)/);
    return { running, http: Number(new URL(url).port) };
  }

  const urlOf = ({ http }: Peer): string => `http://127.0.0.1:${String(http)}`;

  const mine = (peer: Peer, count: number): Promise<{ hashes: string[] }> =>
    sandbox.json('mine', String(count), '--node', urlOf(peer));

  function untilSameTip(peers: readonly Peer[], height: number): Promise<StatusJson> {
    const found = until(`one tip at ${String(height)}`, 20_000, async () => {
      const all = await Promise.all(peers.map(({ http }) => statusAt(http)));
      const isOne = all.every((one) => one?.tip === all[0]?.tip && one?.height === height);
      return isOne ? all[0] : undefined;
    });
    return found.catch((error: unknown) => {
      const outputs = peers.map(({ running }) => running.output()).join('\n---\n');
      throw new Error(`${String(error)}\n${outputs}`, { cause: error });
    });
  }

  it('find each other by the tracker, agree, survive kill -9 and a lost tracker', async () => {
    const tracker = await startTracker();
    const alice = await startPeer('Alice');
    const bob = await startPeer('Bob');
    const carol = await startPeer('Carol');
    const { hashes } = await mine(alice, 20);
    const agreed = await untilSameTip([alice, bob, carol], 20);
    expect(agreed.tip).to.equal(hashes.at(-1));
    expect(agreed).to.include({ synced: true, mining: false, tracker: 'answered' });
    const { peers } = (await (await fetch(`${urlOf(alice)}/api/peers`)).json()) as PeersJson;
    expect(peers.filter(({ state }) => state === 'ready')).to.have.length.of.at.least(2);

    bob.running.child.kill('SIGKILL');
    await bob.running.ended;
    await mine(carol, 5);
    await untilSameTip([alice, carol], 25);
    const again = await startPeer('Bob');
    await untilSameTip([alice, again, carol], 25);

    tracker.child.kill('SIGKILL');
    await tracker.ended;
    await mine(again, 1);
    await untilSameTip([alice, again, carol], 26);
    await stop(carol.running);
    const carolAgain = await startPeer('Carol');
    await mine(alice, 1);
    await untilSameTip([alice, again, carolAgain], 27);
  });

  it('resolve a fork when they meet: the longer branch wins on both', async () => {
    await startTracker();
    const alice = await startPeer('Alice');
    await mine(alice, 3);
    await stop(alice.running);
    const bob = await startPeer('Bob');
    await mine(bob, 5);
    const aliceAgain = await startPeer('Alice');
    const { height, tip } = await untilSameTip([aliceAgain, bob], 5);
    expect(height).to.equal(5);
    const blocks = await fetch(`${urlOf(aliceAgain)}/api/blocks/5`);
    expect(((await blocks.json()) as { hash: string }).hash).to.equal(tip);
  });

  it('verify, export and import a chain, beside its running peer and without', async () => {
    await startTracker();
    const alice = await startPeer('Alice');
    await mine(alice, 12);
    const file = sandbox.path('chain.cairn');
    const verified = await sandbox.json('chain', 'verify', '--data', sandbox.path('Alice'));
    expect(verified).to.include({ valid: true, height: 12, transactionCount: 12 });
    const exported = await sandbox.json('chain', 'export', file, '--data', sandbox.path('Alice'));
    expect(exported).to.include({ blocks: 12 });

    const own = ['--data', sandbox.path('copy')];
    const imported = await sandbox.json('chain', 'import', file, ...own);
    expect(imported).to.include({ readCount: 12, newCount: 12, problem: null });
    const copy = await sandbox.json('chain', 'verify', ...own);
    expect(copy).to.include({ valid: true, height: 12 });

    const bob = await startPeer('Bob', '--connect', '127.0.0.1:1');
    const known = await sandbox.json('chain', 'import', file, '--data', sandbox.path('Bob'));
    expect(known).to.include({ into: `http://localhost:${String(bob.http)}`, readCount: 12 });
    await untilSameTip([alice, bob], 12);
    truncateSync(file, 900);
    const cut = await sandbox.run('chain', 'import', file, '--node', urlOf(bob));
    expect(cut.code).to.equal(1);
    expect(cut.stdout).to.match(/^Imported into http.*: [1-9] blocks, 0 of them new\.\n$/);
    expect(cut.output).to.equal(`${cut.stdout}${file} ends too early. ${COPY_AGAIN}\n`);
  });

  it('mine as their flags and commands say', async () => {
    await startTracker();
    const alice = await startPeer('Alice', '--mine=1', '--threads', '1', '--cpu', '5');
    await until('some blocks', 20_000, async () =>
      ((await statusAt(alice.http))?.height ?? 0) > 2 ? true : undefined,
    );
    const off = await sandbox.json<MiningJson>('mine', 'stop', '--node', urlOf(alice));
    expect(off.mode).to.deep.equal({ type: 'off' });
    const on = await sandbox.json<MiningJson>(
      ...['mine', 'start', '--interval', '60', '--cpu', '7', '--node', urlOf(alice)],
    );
    expect(on).to.deep.include({ mode: { type: 'interval', seconds: 60 }, cpuPercent: 7 });
  });

  it('take writes from elsewhere only with the token, which commands here find', async () => {
    await startTracker();
    const alice = await startPeer('Alice');
    await stop(alice.running);
    const open = await startPeer('Alice', '--http', '0.0.0.0:0');
    const body = JSON.stringify({ count: 1 });
    const headers = { 'content-type': 'application/json' };
    const refused = await fetch(`${urlOf(open)}/api/mining/generate`, {
      method: 'POST',
      headers,
      body,
    });
    expect([refused.status, ((await refused.json()) as { code: string }).code]).to.deep.equal([
      401,
      'token-required',
    ]);
    expect(await sandbox.json('mine', '1', '--node', 'alice')).to.have.property('hashes');
    expect(statSync(sandbox.path('Alice', 'api.token')).mode & 0o777).to.equal(0o600);
  });

  it('read settings from a file and say where each came from', async () => {
    const config = sandbox.path('own.json');
    writeFileSync(config, '{ "peer": { "cpu": 9, "mine": true } }');
    const rows = await sandbox.json<{ key: string; value: unknown; type: string; from: string }[]>(
      ...['config', 'peer', '--config', config],
    );
    const shown = rows.find(({ key }) => key === 'peer.cpu');
    expect(shown).to.include({ value: 9, type: 'file', from: config });
    expect(rows.find(({ key }) => key === 'peer.listen')).to.include({ type: 'default' });
  });
});
