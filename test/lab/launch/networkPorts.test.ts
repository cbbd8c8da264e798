import { expect } from 'chai';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { chooseNetworkPorts, type PortOptions } from '../../../lab/launch/networkPorts.js';
import { Trouble } from '../../../shared/io/trouble.js';
import { freePorts } from '../../support/sandbox.js';

const HOST = '127.0.0.1';

describe('launch/networkPorts', () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });

  /** A port that is in use. */
  async function usedPort(): Promise<number> {
    const server = createServer();
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, HOST, resolve));
    return (server.address() as AddressInfo).port;
  }

  async function options(change: Partial<PortOptions>): Promise<PortOptions> {
    const [tcpFrom = 0, httpFrom = 0, tracker = 0, page = 0] = await freePorts(4);
    const trackerPort = { port: tracker, isChosen: true };
    const trackerHttp = { port: page, isChosen: true };
    return { host: HOST, peers: 1, tcpFrom, httpFrom, trackerPort, trackerHttp, ...change };
  }

  async function troubleOf(change: Partial<PortOptions>): Promise<Trouble> {
    const asked = await options(change);
    const error: unknown = await chooseNetworkPorts(asked).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(Trouble).with.property('code', 'port-in-use');
    return error as Trouble;
  }

  it('takes what was chosen for the tracker, and the first free ports for peers', async () => {
    const asked = await options({});
    const { tracker, peers, skipped } = await chooseNetworkPorts(asked);
    expect(tracker.tcpPort).to.equal(asked.trackerPort.port);
    expect(tracker.httpPort).to.equal(asked.trackerHttp.port);
    expect(peers).to.deep.equal([{ tcpPort: asked.tcpFrom, httpPort: asked.httpFrom }]);
    expect(skipped).to.deep.equal([]);
  });

  it('passes over used ports of the tracker that nobody chose, and says so', async () => {
    const port = await usedPort();
    const nobodys = { port, isChosen: false };
    const asked = await options({ trackerPort: nobodys, trackerHttp: nobodys });
    const { tracker, skipped } = await chooseNetworkPorts(asked);
    expect(tracker.tcpPort).to.be.above(port);
    expect(tracker.httpPort).to.be.above(port).and.not.equal(tracker.tcpPort);
    expect(skipped).to.include(`Tracker TCP port ${String(port)} is the tracker’s page; skipped.`);
    expect(skipped).to.include(`Tracker HTTP port ${String(port)} is in use; skipped.`);
  });

  it('refuses a used port that was chosen', async () => {
    const port = await usedPort();
    const { message, advice } = await troubleOf({ trackerHttp: { port, isChosen: true } });
    expect(message).to.equal(`Port ${String(port)}, meant for the tracker, is in use.`);
    expect(advice).to.match(/Stop the program .* choose another with --tracker-http\.$/);
  });

  it('names both when both are in use', async () => {
    const [tcp, http] = [await usedPort(), await usedPort()];
    const { message, advice } = await troubleOf({
      trackerPort: { port: tcp, isChosen: true },
      trackerHttp: { port: http, isChosen: true },
    });
    const ports = `${String(tcp)} and ${String(http)}`;
    expect(message).to.equal(`Ports ${ports}, meant for the tracker, are in use.`);
    expect(advice).to.match(/choose others with --tracker-port and --tracker-http\.$/);
  });
});
