import { expect } from 'chai';
import { readFileSync, writeFileSync } from 'node:fs';
import type { BenchReport } from '../../cli/benchReport.js';
import { KERNEL_NAMES } from '../../peer/workers/kernel/kernels.js';
import type { MiningJson, StatusJson } from '../../shared/http/nodeSchemas.js';
import { skip } from '../support/skip.js';
import { until } from '../support/programs.js';
import { freePorts, Sandbox, stop, untilPrinted } from '../support/sandbox.js';

/** The kernels: chosen, shown, measured. */
describe('e2e: mining', function () {
  this.timeout(60_000);

  let sandbox: Sandbox;
  beforeEach(() => {
    sandbox = new Sandbox();
  });
  afterEach(() => sandbox.close());

  /**
   * On a network of its own, whose first difficulty fits the slowest kernel: any other has its
   * first blocks within a second or two. Returns where its API is.
   */
  async function startMiner(...flags: string[]): Promise<string> {
    const genesis = sandbox.path('red.json');
    await sandbox.json('genesis', '--name', 'red', '--kernel', 'node', '--out', genesis);
    const { running, url } = await startPeer(genesis, '--mine', ...flags);
    const [, kernel = ''] = await untilPrinted(
      running,
      /the kernel that hashes works .*kernel=(\w+)/,
    );
    expect(KERNEL_NAMES).to.include(kernel);
    return url;
  }

  async function startPeer(genesis: string, ...flags: string[]) {
    const [tcp = 0, http = 0] = await freePorts(2);
    const running = sandbox.start(
      ...['peer', '--name', 'Alice', '--genesis', genesis, ...flags],
      ...['--listen', `127.0.0.1:${String(tcp)}`, '--http', String(http)],
    );
    await untilPrinted(running, /the peer is up/);
    return { running, url: `http://127.0.0.1:${String(http)}` };
  }

  it('mines with the fastest kernel, and tells it in log, status and metrics', async () => {
    const url = await startMiner('--kernel', 'fastest');
    const metric = async (name: string): Promise<string | undefined> => {
      const text = await (await fetch(`${url}/metrics`)).text();
      return text.split('\n').find((line) => line.startsWith(name));
    };
    const { kernel } = await sandbox.json<StatusJson>('status');
    expect(KERNEL_NAMES).to.include(kernel);
    const mining = (await (await fetch(`${url}/api/mining`)).json()) as MiningJson;
    expect(mining.kernel).to.equal(kernel);
    expect(await metric('cairn_mining_kernel_info')).to.include(`kernel="${String(kernel)}"`);
    await until('a block and a second job', 30_000, async () => {
      const found = await metric('cairn_mining_blocks_found_total');
      const jobs = await metric('cairn_mining_interrupt_seconds_count');
      return found?.endsWith(' 0') || jobs?.endsWith(' 0') ? undefined : true;
    });
    expect(Number((await metric('cairn_mining_hashes_total'))?.split(' ')[1])).to.be.greaterThan(0);

    const report = await sandbox.json<BenchReport>('bench', '--seconds', '0.1');
    expect(report.difficulty.from).to.deep.equal({ type: 'node', url, network: 'red' });
    expect((await sandbox.run('status')).output).to.match(
      new RegExp(`^mining +on, .*\\(kernel ${String(kernel)}`, 'm'),
    );
  });

  it('measures all kernels without a node, and says what difficulty it counts with', async () => {
    const { code, output } = await sandbox.run('bench', '--seconds', '0.1');
    expect(code).to.equal(0);
    expect(output).to.match(/^KERNEL +THREADS +HASH RATE +A BLOCK EVERY$/m);
    for (const name of KERNEL_NAMES)
      expect(output).to.match(new RegExp(`^(Kernel )?${name} `, 'm'));
    expect(output).to.include('A block takes 65,536 hashes in the mean: the easiest target of');
  });

  it('answers who waits for a block when it is told to stop', async () => {
    const genesis = sandbox.path('slow.json');
    await sandbox.json('genesis', '--template', 'dev', '--name', 'slow', '--out', genesis);
    const params = JSON.parse(readFileSync(genesis, 'utf8')) as object;
    // 2^64 hashes a block: nobody finds one.
    writeFileSync(genesis, JSON.stringify({ ...params, genesisBits: '19010000' }));
    const { running, url } = await startPeer(genesis);
    const waiting = sandbox.run('mine', '1');
    await until('work on it', 20_000, async () => {
      const mining = (await (await fetch(`${url}/api/mining`)).json()) as MiningJson;
      return mining.resting === null ? true : undefined;
    });
    expect((await stop(running)).code).to.equal(0);
    const { code, output } = await waiting;
    expect(code).to.equal(1);
    expect(output).to.match(
      /^The node stopped before this was done\. .* Ask again when it is up\.\n$/,
    );
  });

  it('refuses what it cannot measure in one line', async () => {
    const refusals = [
      [['--seconds', '0'], /^--seconds: expected a number from 0\.1 to 600, found "0"\.\n$/],
      [
        ['--kernel', 'fast'],
        /^--kernel: expected one of node, wasm, native, fastest, found "fast"/,
      ],
      [['--node', 'Nobody'], /^There is no node Nobody\./],
      [['twice'], /^Unexpected twice\./],
    ] as const;
    for (const [flags, expected] of refusals) {
      const { code, output } = await sandbox.run('bench', ...flags);
      expect(code).to.equal(flags[0] === '--node' ? 2 : 1);
      expect(output).to.match(expected);
    }
    const { code, output } = await sandbox.run('peer', '--kernel', 'fast');
    expect([code, output]).to.deep.equal([
      1,
      '--kernel: expected one of node, wasm, native, fastest, found "fast".\n',
    ]);
  });

  it('ends a measurement at Ctrl-C with what it has', async function () {
    if (process.platform !== 'linux') skip(this, 'the time of a process is read from /proc');
    const running = sandbox.start('bench', '--seconds', '600', '--json');
    await until('hashing', 50_000, () => (cpuSeconds(running.child.pid) > 2 ? true : undefined));
    const { code, stdout } = await stop(running, 'SIGINT');
    expect(code).to.equal(130);
    expect(JSON.parse(stdout)).to.include({ isComplete: false });
  });
});

/** What a process used so far; its start takes less than a second. Linux only. */
function cpuSeconds(pid: number | undefined): number {
  const fields =
    readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
      .split(') ')[1]
      ?.split(' ') ?? [];
  const TICKS_A_SECOND = 100;
  return (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}
