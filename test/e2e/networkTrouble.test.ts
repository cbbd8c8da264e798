import { expect } from 'chai';
import { existsSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { NetworkView } from '../../lab/launch/networkView.js';
import type { RunFile } from '../../lab/launch/runFile.js';
import { openStore } from '../../peer/storage/openStore.js';
import { networkOf } from '../../shared/consensus/genesis.js';
import { readNetworkFile } from '../../shared/io/networkFile.js';
import { LocalNetwork, type Up } from '../support/localNetwork.js';
import { until, within, type Ended } from '../support/programs.js';
import { freePorts, Sandbox, stop, untilPrinted } from '../support/sandbox.js';

/** `cairn network up` when its files are not as it left them, and beside another network. */
describe('e2e: a network on one computer in trouble', function () {
  this.timeout(60_000);

  let sandbox: Sandbox;
  let network: LocalNetwork;
  let second: LocalNetwork;
  beforeEach(() => {
    sandbox = new Sandbox();
    network = new LocalNetwork(sandbox);
    second = new LocalNetwork(sandbox, 'second');
  });
  afterEach(async () => {
    const ends = [network.ended(), second.ended()];
    await sandbox.close();
    await Promise.all(ends.map((end) => end()));
  });

  /** A network that ran once, and has blocks. */
  async function thatRan(peers: number): Promise<RunFile> {
    const { running, run } = await network.up('--peers', String(peers));
    await sandbox.json('mine', '3', '--node', 'Alice');
    await untilPrinted(running, /online, agree on block 3/);
    await stop(running);
    return run;
  }

  /** Starts the network, which must end by itself. */
  async function refusal(...flags: readonly string[]): Promise<Ended> {
    const { ended } = sandbox.start(...(await network.words(...flags)));
    return within('the refusal', 20_000, ended);
  }

  /** Writes the file of another network, and returns its path. */
  async function otherNetwork(): Promise<string> {
    const file = sandbox.path('other.json');
    await sandbox.json('genesis', '--template', 'dev', '--name', 'other', '--out', file);
    return file;
  }

  /** What `network status` says, and its exit code. */
  async function view(): Promise<{ code: number | null; view: NetworkView }> {
    const { code, stdout } = await sandbox.run('network', 'status', '--name', 'local', '--json');
    return { code, view: JSON.parse(stdout) as NetworkView };
  }

  const statesOf = ({ nodes }: NetworkView) => nodes.map(({ name, state }) => [name, state]);

  function damage(...names: readonly string[]): void {
    for (const name of names) {
      for (const file of readdirSync(network.path(name))) {
        if (file.startsWith('chain.sqlite-')) rmSync(network.path(name, file));
      }
      writeFileSync(network.path(name, 'chain.sqlite'), 'no database at all '.repeat(500));
    }
  }

  /** Waits until the peers that answer have one tip at `height`. */
  const untilTip = (height: number, names: readonly string[]): Promise<true> =>
    until(`height ${String(height)}`, 20_000, async () => {
      const { nodes } = (await view()).view;
      const fit = ({ name, status }: NetworkView['nodes'][number]): boolean =>
        !names.includes(name) || status?.height === height;
      return nodes.every(fit) ? true : undefined;
    });

  it('refuses a network file that is not that of the chains in its folder', async () => {
    const old = await thatRan(2);
    renameSync(await otherNetwork(), network.path('network.json'));
    const { code, output } = await refusal('--peers', '2');
    expect(code, output).to.equal(1);
    expect(output).to.match(/network\.json is of network other \([0-9a-f]{8}\), but/);
    expect(output).to.include(`${old.network} (${old.networkId.slice(0, 8)})`);
    expect(output).to.match(/or begin anew with --fresh\.$/m);
    expect(output.trimEnd().split('\n'), 'nothing was started').to.have.length(1);
  });

  it('shows a peer whose chain is of another network as failed', async () => {
    const old = await thatRan(2);
    const other = networkOf(readNetworkFile(await otherNetwork()));
    rmSync(network.path('Bob', 'chain.sqlite'));
    openStore(network.path('Bob', 'chain.sqlite'), other).store.close();
    const { running } = await network.up('--peers', '2');
    const sentence = `Bob FAILED: .*Bob.chain.sqlite belongs to network "other" .*"${old.network}"`;
    await untilPrinted(running, new RegExp(sentence));
    const status = await view();
    expect(status.view.agree).to.equal(false);
    expect(statesOf(status.view)).to.deep.include.members([
      ['Alice', 'running'],
      ['Bob', 'failed'],
    ]);
    await stop(running);
  });

  it('goes on with the network of the chains when the network file is gone', async () => {
    const old = await thatRan(2);
    rmSync(network.path('network.json'));
    const { running, run } = await network.up('--peers', '2');
    expect(run.networkId).to.equal(old.networkId);
    expect(running.output()).to.match(/network\.json was missing; made again from the chains/);
    await untilPrinted(running, /2\/2 online, agree on block 3/);
    expect((await stop(running)).code).to.equal(0);
  });

  it('makes no other network where no chain tells which one it was', async () => {
    await thatRan(1);
    rmSync(network.path('network.json'));
    damage('Alice');
    const { code, output } = await refusal('--peers', '1');
    expect(code, output).to.equal(1);
    expect(output).to.match(/network\.json is missing, and no chain .* can be read/);
    expect(existsSync(network.path('network.json'))).to.equal(false);
  });

  it('goes on without a peer whose chain is damaged, and says so', async () => {
    await thatRan(3);
    damage('Bob');
    const { running, run } = await network.up('--peers', '3');
    await untilPrinted(running, /^Bob FAILED: The chain in .*Bob.chain\.sqlite is damaged\./m);
    expect(run.nodes.map(({ name }) => name)).to.deep.equal(['tracker', 'Alice', 'Carol']);
    await sandbox.json('mine', '2', '--node', 'Alice');
    await untilTip(5, ['Alice', 'Carol']);
    const status = await view();
    expect(status.code).to.equal(3);
    expect(status.view.agree).to.equal(false);
    expect(statesOf(status.view)).to.deep.equal([
      ['tracker', 'running'],
      ['Alice', 'running'],
      ['Bob', 'failed'],
      ['Carol', 'running'],
    ]);
    const { code, output, stdout } = await stop(running);
    expect(code, output).to.equal(1);
    expect(stdout.match(/^Bob FAILED: /gm), output).to.have.length(1);
    expect(output.match(/^Bob FAILED: /gm), 'on standard error, too').to.have.length(2);
  });

  it('stops when no peer comes up, and says why', async () => {
    await thatRan(2);
    damage('Alice', 'Bob');
    const { code, output } = await refusal('--peers', '2');
    expect(code, output).to.equal(1);
    expect(output).to.match(/^No peer came up\. Alice: The chain in .* is damaged\./m);
  });

  it('goes on without a tracker that does not come up, where peers know each other', async () => {
    const words = await network.words('--peers', '3');
    const first = await network.whenUp(sandbox.start(...words));
    await sandbox.json('mine', '3', '--node', 'Alice');
    await untilPrinted(first.running, /online, agree on block 3/);
    await stop(first.running);
    writeFileSync(network.path('tracker', 'node.key'), 'no key');
    const { running } = await network.whenUp(sandbox.start(...words));
    await untilPrinted(running, /^tracker FAILED: The node key in .* is damaged/m);
    await sandbox.json('mine', '2', '--node', 'Alice');
    await untilPrinted(running, /3\/3 online, agree on block 5/);
    expect((await view()).code).to.equal(3);
    expect((await stop(running)).code).to.equal(1);
  });

  it('stops when the tracker does not come up and no peer has ever known another', async () => {
    const { running } = await network.up('--peers', '1');
    await stop(running);
    rmSync(network.path('Alice'), { recursive: true });
    writeFileSync(network.path('tracker', 'node.key'), 'no key');
    const { code, output } = await refusal('--peers', '1');
    expect(code, output).to.equal(1);
    expect(output).to.match(/^tracker: The node key in .* is damaged/m);
    expect(output, 'no chain is there').to.match(/^Stopped\.$/m);
  });

  it('takes other ports for the tracker of a second network, and says so', async () => {
    // In use by us, or by somebody else already.
    const servers = [5009, 5010].map((port) =>
      createServer()
        .on('error', () => undefined)
        .listen(port, '127.0.0.1'),
    );
    const [http = 0, tcp = 0] = await freePorts(2);
    const started = sandbox.start(
      ...['network', 'up', '--name', 'second', '--template', 'dev', '--peers', '1'],
      ...['--http-from', String(http), '--tcp-from', String(tcp)],
    );
    const { running, run } = await second.whenUp(started);
    expect(running.output()).to.match(/^Tracker TCP port 5009 is in use; skipped\.$/m);
    expect(running.output()).to.match(/^Tracker HTTP port 5010 is in use; skipped\.$/m);
    expect(run.nodes.map(({ role }) => role)).to.deep.equal(['tracker', 'peer']);
    for (const server of servers) server.close();
    await stop(running);
  });

  it('names all ports of the tracker that are in use at once, and makes no folder', async () => {
    const first = await network.up('--peers', '1');
    const [tracker] = first.run.nodes;
    const tcp = tracker?.tcpAddress.split(':').at(-1) ?? '';
    const page = tracker?.httpUrl.split(':').at(-1) ?? '';
    const { code, output } = await sandbox.run(
      ...['network', 'up', '--name', 'second', '--tracker-port', tcp, '--tracker-http', page],
    );
    expect(code, output).to.equal(1);
    expect(output).to.include(`Ports ${tcp} and ${page}, meant for the tracker, are in use.`);
    expect(output).to.include('--tracker-port and --tracker-http');
    expect(output.trimEnd().split('\n'), output).to.have.length(1);
    expect(existsSync(second.path())).to.equal(false);
    await stop(first.running);
  });

  it('never takes one of two nodes that have one name', async () => {
    const ups: Up[] = [await network.up('--peers', '1'), await second.up('--peers', '1')];
    const { code, output } = await sandbox.run('status', '--node', 'alice');
    expect(code, output).to.equal(1);
    for (const { run } of ups) {
      expect(output).to.include(`${run.nodes[1]?.httpUrl ?? ''} (network ${run.network})`);
    }
    expect(output).to.include('--node URL');
    expect(output.trimEnd().split('\n')).to.have.length(1);
    for (const { run } of ups) {
      const status = await sandbox.json('status', '--node', run.nodes[1]?.httpUrl ?? '');
      expect(status).to.include({ networkId: run.networkId });
    }
    const expectChoice = async (): Promise<void> => {
      const verify = await sandbox.run('chain', 'verify', '--node', 'alice');
      expect(verify.code, verify.output).to.equal(1);
      for (const folder of [network.path('Alice'), second.path('Alice')]) {
        expect(verify.output).to.include(folder);
      }
      expect(verify.output.trimEnd()).to.match(/--data DIR\.$/);
    };
    await expectChoice();
    for (const { running } of ups) await stop(running);
    await expectChoice();
    await sandbox.json('chain', 'verify', '--data', second.path('Alice'));
  });
});
