import { expect } from 'chai';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { NetworkView } from '../../lab/launch/networkView.js';
import type { RunFile } from '../../lab/launch/runFile.js';
import type { HistoryRowJson } from '../../shared/http/walletSchemas.js';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';
import { networkForEach, type LocalNetwork, type Up } from '../support/localNetwork.js';
import { isRunning, pidsNaming, until, within } from '../support/programs.js';
import { skip } from '../support/skip.js';
import { freePorts, stop, untilGone, untilPrinted, type Sandbox } from '../support/sandbox.js';

const START_TIMEOUT_MS = 40_000;

/** `cairn network up` as its user sees it, from the same and from another terminal. */
describe('e2e: a network on one computer', function () {
  this.timeout(120_000);

  let sandbox: Sandbox;
  let network: LocalNetwork;
  networkForEach((...made) => {
    [sandbox, network] = made;
  });

  const up = (...flags: string[]): Promise<Up> => network.up(...flags);

  const pidsOf = ({ nodes }: RunFile): number[] => nodes.map(({ pid }) => pid);

  const status = (node: string): Promise<StatusJson> => sandbox.json('status', '--node', node);

  async function untilHeight(height: number, names: readonly string[]): Promise<void> {
    await until(`height ${String(height)} everywhere`, 20_000, async () => {
      const all = await Promise.all(names.map(status));
      return all.every((one) => one.height === height) ? true : undefined;
    });
  }

  it('agrees on one chain, tells another terminal, goes on after a stop, begins anew', async () => {
    const first = await up('--peers', '2');
    await sandbox.json('mine', '7', '--node', 'bob');
    await untilHeight(7, ['Alice', 'Bob']);
    const view = await until('agreement', 10_000, async () => {
      const answer = await sandbox.json<NetworkView>('network', 'status');
      return answer.agree ? answer : undefined;
    });
    expect(view.nodes.map(({ name, state }) => [name, state])).to.deep.equal([
      ['tracker', 'running'],
      ['Alice', 'running'],
      ['Bob', 'running'],
    ]);
    await untilPrinted(first.running, /2\/2 online, agree on block 7/);
    const down = await sandbox.run('network', 'down');
    expect(down.output).to.match(/^Stopped local-[0-9a-f]{6}: 3 programs\.$/m);
    expect((await within('the launcher', 5_000, first.running.ended)).code).to.equal(0);
    expect(pidsOf(first.run).some(isRunning)).to.equal(false);
    expect(network.runFile()).to.equal(undefined);

    const second = await up('--peers', '2');
    expect(second.run.networkId).to.equal(first.run.networkId);
    expect((await status('Alice')).height).to.equal(7);
    await stop(second.running);

    const third = await up('--peers', '1', '--fresh');
    expect(third.running.output()).to.match(/^Removed .*Alice$/m);
    expect(third.run.networkId).not.to.equal(first.run.networkId);
    expect((await status('Alice')).height).to.equal(0);
    await stop(third.running);
  });

  it('gives each peer an account with something to spend; they pay each other', async () => {
    const { running, run } = await up('--peers', '2');
    await untilPrinted(running, /^ACCOUNT +ADDRESS +BALANCE\nAlice +cairndev1\w+ +5000000000$/m);
    const [, alice] = run.nodes;
    await until('a payment', 40_000, async () => {
      const url = `${alice?.httpUrl ?? ''}/api/wallet/history`;
      const { rows } = (await (await fetch(url)).json()) as { rows: HistoryRowJson[] };
      return rows.some(({ state }) => state === 'waiting') ? true : undefined;
    });
    await stop(running);
    const quiet = await up('--peers', '3', '--quiet');
    // The third one came after the genesis block; what the others said stands.
    expect(quiet.running.output())
      .to.match(/^Carol has no demo account: .*; --fresh makes one with all\.$/m)
      .and.not.to.include('without demo accounts');
    const carol = quiet.run.nodes.find(({ name }) => name === 'Carol');
    const { status } = await fetch(`${carol?.httpUrl ?? ''}/api/wallet`);
    expect(status).to.equal(401);
    await untilPrinted(quiet.running, /^Bob +cairndev1\w+ +(49|50)\d{8}$/m);
    const pending = (await sandbox.json<StatusJson>('status', '--node', 'Bob')).mempool.count;
    await delay(8_000);
    expect((await sandbox.json<StatusJson>('status', '--node', 'Bob')).mempool.count).to.equal(
      pending,
    );
    await stop(quiet.running);
    rmSync(network.path('demo.json'));
    const without = await up('--peers', '1');
    await untilPrinted(without.running, /It was made without demo accounts; --fresh makes/);
    await stop(without.running);
  });

  it('ends all programs at Ctrl-C', async () => {
    const { running, run } = await up('--peers', '2');
    const { code, output } = await stop(running, 'SIGINT');
    expect(code, output).to.equal(0);
    expect(output).to.include('Stopped. The data stays in');
    expect(pidsOf(run).some(isRunning)).to.equal(false);
  });

  it('ends all programs at once when Ctrl-C comes twice', async () => {
    const { running, run } = await up('--peers', '2');
    // A stopped child cannot end cleanly, so the launcher waits for it.
    const [, alice] = run.nodes;
    process.kill(alice?.pid ?? 0, 'SIGSTOP');
    running.child.kill('SIGINT');
    await untilPrinted(running, /Ctrl-C once more ends them at once/);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const started = performance.now();
    const { code } = await stop(running, 'SIGINT');
    expect(code).to.equal(130);
    expect(performance.now() - started).to.be.below(2_000);
    await untilGone(pidsOf(run));
  });

  it('leaves no program behind when it is killed', async () => {
    const { running, run } = await up('--peers', '2');
    running.child.kill('SIGKILL');
    await untilGone(pidsOf(run));
    const again = await up('--peers', '2');
    expect(again.run.networkId).to.equal(run.networkId);
    await stop(again.running);
  });

  it('leaves no program behind when it is killed while they start', async function () {
    if (process.platform !== 'linux') skip(this, 'only Linux shows the command lines of processes');
    const running = sandbox.start(...(await network.words()));
    await until('a first peer', START_TIMEOUT_MS, () =>
      existsSync(network.path('Alice', 'output.log')) ? true : undefined,
    );
    running.child.kill('SIGKILL');
    await untilGone(pidsNaming(sandbox.home));
  });

  it('shows a program that died, and why, and keeps the others', async () => {
    const { running, run } = await up('--peers', '2');
    const [, alice, bob] = run.nodes;
    process.kill(alice?.pid ?? 0, 'SIGKILL');
    await untilPrinted(running, /Alice FAILED: killed by SIGKILL; see .*output\.log/);
    const { code, stdout } = await sandbox.run('network', 'status', '--json');
    expect(code).to.equal(3);
    const view = JSON.parse(stdout) as NetworkView;
    expect(view.agree).to.equal(false);
    expect(view.nodes.find(({ name }) => name === 'Alice')?.state).to.equal('failed');
    expect(isRunning(bob?.pid ?? 0)).to.equal(true);
    expect((await stop(running)).code).to.equal(1);
  });

  it('refuses a second start of the same network, and says what to do', async () => {
    const { running } = await up('--peers', '1');
    const { code, output } = await sandbox.run('network', 'up');
    expect(code).to.equal(1);
    expect(output.trimEnd().split('\n')).to.have.length(1);
    expect(output).to.include(`process ${String(running.child.pid)}`);
    expect(output).to.include('cairn network down stops it');
    await stop(running);
  });

  it('says which program does not come up, and leaves none behind', async () => {
    const [port = 0] = await freePorts(1);
    const taken = sandbox.start(
      ...['tracker', '--listen', `127.0.0.1:${String(port)}`, '--http', '0'],
      ...['--template', 'dev'],
    );
    await untilPrinted(taken, /the tracker takes peers/);
    const { code, output } = await sandbox.run('network', 'up', '--tracker-port', String(port));
    expect(code).to.equal(1);
    expect(output).to.include(`Port ${String(port)}, meant for the tracker, is in use.`);
    await stop(taken);
  });
});
