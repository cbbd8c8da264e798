import { expect } from 'chai';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { askTracker } from '../../peer/askTracker.js';
import { template } from '../../shared/consensus/templates.js';
import { systemClock } from '../../shared/io/clock.js';
import { Logger } from '../../shared/io/logger.js';
import { systemEntropy } from '../../shared/io/systemEntropy.js';
import { Link } from '../../shared/wire/link.js';
import { peerProtocol } from '../../shared/wire/peerMessages.js';
import type { UnixSeconds } from '../../shared/units.js';
import { side } from '../support/hellos.js';
import { startTracker, type RunningTracker } from '../../tracker/main.js';

const ask = (port: number) =>
  askTracker(
    { tracker: { host: '127.0.0.1', port }, agent: 'test' },
    { clock: systemClock, entropy: systemEntropy },
  );

describe('peer/askTracker', () => {
  let folder: string;
  let logger: Logger;
  let tracker: RunningTracker;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-ask-'));
    const stream = new PassThrough().resume();
    logger = new Logger({ format: 'text', level: 'error', stream, hasColour: false });
    const own = { name: 'red', salt: new Uint8Array(16), time: 1 as UnixSeconds };
    tracker = await startTracker(
      {
        dataDirectory: folder,
        listen: { host: '127.0.0.1', port: 0 },
        http: { host: '127.0.0.1', port: 0 },
        genesisFiles: [],
        firstNetwork: () => template('dev', own),
      },
      { logger, onTrouble: () => undefined },
    );
  });

  after(async () => {
    await tracker.close();
    await logger.close();
    rmSync(folder, { recursive: true });
  });

  it('learns which networks a tracker serves, and derives their ids itself', async () => {
    const answer = await ask(tracker.tcp.port);
    const ids = answer.ok ? answer.value.map(({ id }) => id) : answer.error;
    expect(ids).to.deep.equal(tracker.networks.map(({ id }) => id));
  });

  it('says that nobody is there', async () => {
    const server = await listening();
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await ask(port)).to.deep.equal({
      ok: false,
      error: 'cannot be reached (ECONNREFUSED)',
    });
  });

  it('says that something else is there', async () => {
    const server = await listening((socket) =>
      socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    );
    const answer = await ask((server.address() as AddressInfo).port);
    expect(answer.ok ? '' : answer.error).to.match(/^does not speak as a tracker should/);
    await new Promise((resolve) => server.close(resolve));
  });

  it('says that a peer is there', async () => {
    const server = await listening((socket) => {
      const link = new Link(peerProtocol(1_000_000), side('called'));
      socket.on('data', (bytes) => {
        for (const event of link.receive(bytes)) {
          if (event.type === 'send') socket.write(event.frame);
          if (event.type === 'breach') socket.end();
        }
      });
    });
    const answer = await ask((server.address() as AddressInfo).port);
    expect(answer.ok ? '' : answer.error).to.match(/^is a peer and no tracker/);
    await new Promise((resolve) => server.close(resolve));
  });

  it('says that the other side hangs up', async () => {
    const server = await listening((socket) => socket.resume().end());
    const answer = await ask((server.address() as AddressInfo).port);
    expect(answer).to.deep.equal({ ok: false, error: 'closed the connection' });
    await new Promise((resolve) => server.close(resolve));
  });
});

async function listening(
  onSocket: Parameters<typeof createServer>[1] = () => undefined,
): Promise<Server> {
  const server = createServer(onSocket);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
