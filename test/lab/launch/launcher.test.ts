import { expect } from 'chai';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { Launcher } from '../../../lab/launch/launcher.js';
import type { NodePorts, PortOptions } from '../../../lab/launch/networkPorts.js';
import { temporaryFolders } from '../../support/folders.js';
import { freePorts } from '../../support/sandbox.js';
import { expectTrouble, troubleOf } from '../../support/troubles.js';

const HOST = '127.0.0.1';

/** Real programs, whose ports somebody takes after they were chosen. */
describe('launch/launcher', function () {
  this.timeout(60_000);

  const folder = temporaryFolders();
  const servers: Server[] = [];
  let launcher: Launcher | undefined;
  afterEach(async () => {
    await launcher?.stop();
    for (const server of servers.splice(0)) server.close();
  });

  async function takenPort(): Promise<number> {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return (server.address() as AddressInfo).port;
  }

  async function nodePorts(tcp?: number): Promise<NodePorts> {
    const [tcpPort = 0, httpPort = 0] = await freePorts(2);
    return { tcpPort: tcp ?? tcpPort, httpPort };
  }

  /** A launcher of a tracker and two peers at ports that were chosen some time ago. */
  async function launch(
    ports: { readonly tracker?: number; readonly bob?: number },
    wish: Partial<PortOptions>,
  ): Promise<{ launcher: Launcher; lines: readonly string[] }> {
    const [tcpFrom = 0, httpFrom = 0, port = 0, page = 0] = await freePorts(4);
    const lines: string[] = [];
    const seen: string[] = [];
    const note = (): void => {
      seen.push(...(launcher?.view().nodes ?? []).map(({ state }) => state));
    };
    launcher = new Launcher(
      {
        network: {
          ...{ name: 'x', template: 'dev', isTemplateChosen: false, host: HOST, peers: 2 },
          ...{
            mine: false,
            cpuPercent: 10,
            kernel: 'node',
            log: { format: 'text', level: 'info' },
          },
        },
        ports: {
          tracker: await nodePorts(ports.tracker),
          peers: [await nodePorts(), await nodePorts(ports.bob)],
          skipped: [],
        },
        portWish: {
          ...{ host: HOST, peers: 2, tcpFrom, httpFrom },
          trackerPort: { port, isChosen: false },
          trackerHttp: { port: page, isChosen: false },
          ...wish,
        },
        folder: folder(),
        runningFolder: folder(),
        hasPayments: false,
        environment: process.env,
      },
      { onLine: (line) => lines.push(line), onChange: note, onAccounts: () => undefined },
    );
    await launcher.start();
    expect(seen, 'nobody is shown as failed meanwhile').not.to.contain('failed');
    return { launcher, lines };
  }

  it('starts the tracker again at another port when the first was taken meanwhile', async () => {
    const tracker = await takenPort();
    const trackerPort = { port: tracker, isChosen: false };
    const { launcher, lines } = await launch({ tracker }, { trackerPort });
    const { nodes } = launcher.view();
    expect(nodes.map(({ state }) => state)).to.deep.equal(['running', 'running', 'running']);
    expect(nodes[0]?.tcp).not.to.equal(`${HOST}:${String(tracker)}`);
    expect(lines).to.include(
      'tracker: another program took the port meanwhile; starting again with others.',
    );
  });

  it('starts a peer again at other ports, and leaves those of the others', async () => {
    const bob = await takenPort();
    const { launcher, lines } = await launch({ bob }, {});
    const { nodes } = launcher.view();
    expect(nodes.map(({ name, state }) => [name, state])).to.deep.equal([
      ['tracker', 'running'],
      ['Alice', 'running'],
      ['Bob', 'running'],
    ]);
    expect(nodes[2]?.tcp).not.to.equal(`${HOST}:${String(bob)}`);
    expect(lines.filter((line) => line.includes('meanwhile'))).to.deep.equal([
      'Bob: another program took the port meanwhile; starting again with others.',
    ]);
  });

  it('gives no other port to a tracker whose port the user chose, and names the flag', async () => {
    const tracker = await takenPort();
    const trackerPort = { port: tracker, isChosen: true };
    const trouble = await troubleOf(launch({ tracker }, { trackerPort }));
    expectTrouble(trouble, 'port-in-use', `Port ${String(tracker)}, meant for the tracker, is`);
    expect(trouble.advice).to.contain('--tracker-port');
  });
});
