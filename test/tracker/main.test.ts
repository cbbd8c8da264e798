import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';

import Database from 'better-sqlite3';
import { expect } from 'chai';

import { networkOf } from '../../shared/consensus/genesis.js';
import { decodeParams } from '../../shared/consensus/params.js';
import { template } from '../../shared/consensus/templates.js';
import { Logger } from '../../shared/io/logger.js';
import { Trouble } from '../../shared/io/trouble.js';
import type { UnixSeconds } from '../../shared/units.js';
import { NO_NETWORK } from '../../shared/wire/handshakeMessages.js';
import {
  type RunningTracker,
  startTracker,
  type TrackerProgramOptions,
} from '../../tracker/main.js';
import type { NetworkPeersJson } from '../../tracker/views.js';
import { until } from '../support/programs.js';
import { skip } from '../support/skip.js';
import { SocketPeer, type SocketPeerOptions } from './socketPeer.js';
import { OTHER_NETWORK } from './world.js';

const PARAMS = template('dev', {
  name: 'test',
  salt: new Uint8Array(16),
  time: 1_800_000_000 as UnixSeconds,
});
const NETWORK = networkOf(PARAMS).id;
const LOOPBACK = { host: '127.0.0.1', port: 0 };

describe('tracker/main', () => {
  let folder: string;
  const closing: { close(): Promise<void> }[] = [];
  const troubles: unknown[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cairn-tracker-'));
  });

  afterEach(async () => {
    for (const thing of closing.splice(0).reverse()) await thing.close();
    rmSync(folder, { recursive: true });
    expect(troubles.splice(0)).to.deep.equal([]);
  });

  async function start(
    changes: { [K in keyof TrackerProgramOptions]?: TrackerProgramOptions[K] | undefined } = {},
  ): Promise<RunningTracker> {
    const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
    const logger = new Logger({ format: 'text', level: 'error', stream, hasColour: false });
    closing.push(logger);
    const tracker = await startTracker(
      {
        dataDirectory: folder,
        listen: LOOPBACK,
        http: LOOPBACK,
        genesisFiles: [],
        firstNetwork: () => PARAMS,
        ...changes,
      } as TrackerProgramOptions,
      { logger, onTrouble: (error) => troubles.push(error) },
    );
    closing.push(tracker);
    return tracker;
  }

  async function peerOf(options: Partial<SocketPeerOptions> = {}): Promise<SocketPeer> {
    const peer = new SocketPeer({ network: NETWORK, ...options });
    closing.push(peer);
    await peer.listen();
    return peer;
  }

  async function refusal(promise: Promise<unknown>): Promise<Trouble> {
    try {
      await promise;
    } catch (error) {
      if (error instanceof Trouble) return error;
      throw error;
    }
    throw new Error('it did not fail');
  }

  it('lets peers find each other over real sockets', async () => {
    const tracker = await start();
    const [alice, bob] = [await peerOf(), await peerOf()];
    await alice.connect(tracker.tcp);
    expect((await alice.announce('started')).reachable).to.equal('unknown');
    await alice.announceUntil(({ reachable }) => reachable === 'yes');
    await bob.connect(tracker.tcp);
    const { peers } = await bob.announce('started');
    const { nodeKey } = alice.identity;
    expect(peers).to.deep.equal([{ host: '127.0.0.1', port: alice.port, nodeKey }]);
  });

  it('tells a peer whose port nobody can reach so', async () => {
    const tracker = await start();
    const closed = await peerOf();
    const { port } = closed;
    await closed.close();
    const peer = new SocketPeer({ network: NETWORK });
    closing.push(peer);
    await peer.connect(tracker.tcp);
    await peer.announce('started', port);
    const answer = await peer.announceUntil(({ reachable }) => reachable === 'no', port);
    expect(answer.peers).to.deep.equal([]);
  });

  it('hands the parameters of its network to whoever knows its address only', async () => {
    const tracker = await start();
    const client = await peerOf({ service: 'client', network: NO_NETWORK });
    await client.connect(tracker.tcp);
    const answer = await client.ask({ type: 'getNetworks' });
    if (typeof answer === 'string' || answer.type !== 'networks') throw new Error('no networks');
    const [bytes = new Uint8Array()] = answer.params;
    const decoded = decodeParams(bytes);
    expect(decoded.ok && networkOf(decoded.value).id).to.equal(NETWORK);
  });

  it('refuses a peer of another network, and goes on', async () => {
    const tracker = await start();
    const stranger = await peerOf({ network: OTHER_NETWORK });
    let problem = '';
    await stranger.connect(tracker.tcp).catch((error: unknown) => {
      problem = String(error);
    });
    expect(problem).to.include('wrong-network');
    const peer = await peerOf();
    await peer.connect(tracker.tcp);
    expect((await peer.announce('started')).peers).to.deep.equal([]);
  });

  it('ends a connection that sends garbage, and goes on', async () => {
    const tracker = await start();
    const socket = net.connect(tracker.tcp.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.on('error', () => undefined);
    socket.write(new Uint8Array(1_000).fill(0xee));
    socket.resume();
    await closed;
    const peer = await peerOf();
    await peer.connect(tracker.tcp);
    expect(await peer.sendBytes(new Uint8Array(64).fill(0xee))).to.equal('closed');
    expect((await get(tracker.httpPort, '/health')).status).to.equal(200);
  });

  it('knows its peers after a restart, and calls them before it hands them out', async () => {
    const first = await start();
    const alice = await peerOf();
    await alice.connect(first.tcp);
    await alice.announce('started');
    await alice.announceUntil(({ reachable }) => reachable === 'yes');
    await first.close();
    const second = await start();
    const bob = await peerOf();
    await bob.connect(second.tcp);
    const { peers } = await bob.announceUntil(({ peers }) => peers.length > 0);
    expect(peers[0]?.port).to.equal(alice.port);
  });

  it('makes a network of its own at a first start, and serves it again later', async () => {
    const first = await start({ firstNetwork: undefined });
    const [network] = first.networks;
    expect(network?.params.name).to.match(/^lan-[0-9a-f]{4}$/);
    await first.close();
    const second = await start();
    expect(second.networks.map(({ id }) => id)).to.deep.equal([network?.id]);
  });

  it('shows its page and its JSON', async () => {
    const tracker = await start();
    const peer = await peerOf();
    await peer.connect(tracker.tcp);
    await peer.announce('started');
    await peer.announceUntil(({ reachable }) => reachable === 'yes');
    const page = await get(tracker.httpPort, '/');
    expect(page.status).to.equal(200);
    expect(page.headers['content-security-policy']).to.include("default-src 'none'");
    expect(page.body).to.include(`127.0.0.1:${String(peer.port)}`);
    const { body } = await get(tracker.httpPort, '/api/peers');
    const { networks } = JSON.parse(body) as { networks: NetworkPeersJson[] };
    expect(networks[0]).to.include({ id: NETWORK, name: 'test', liveCount: 1 });
    expect((await get(tracker.httpPort, '/', 'evil.example')).status).to.equal(403);
  });

  it('names the port that is in use, for peers and for the page', async () => {
    const first = await start();
    const dataDirectory = join(folder, 'second');
    const listen = { host: '127.0.0.1', port: first.tcp.port };
    const tcp = await refusal(start({ dataDirectory, listen }));
    expect(tcp).to.include({ code: 'port-in-use' });
    expect(tcp.message).to.include(String(first.tcp.port));
    const http = { host: '127.0.0.1', port: first.httpPort };
    expect(await refusal(start({ dataDirectory, http }))).to.include({ code: 'port-in-use' });
    const third = await start({ dataDirectory });
    expect(third.tcp.port).to.not.equal(first.tcp.port);
  });

  it('names who holds its data directory', async () => {
    await start();
    const trouble = await refusal(start());
    expect(trouble.message).to.include(String(process.pid));
  });

  it('refuses a nonsense network file, and leaves nothing open behind it', async () => {
    const path = join(folder, 'nonsense.json');
    writeFileSync(path, '{"name": 7}');
    expect(await refusal(start({ genesisFiles: [path] }))).to.include({ code: 'bad-network-file' });
    await start();
  });

  it('begins anew where its registry is damaged, and keeps the damaged file', async () => {
    const first = await start();
    await first.close();
    writeFileSync(join(folder, 'registry.sqlite'), 'damaged'.repeat(1_000));
    await start();
    expect(existsSync(join(folder, 'registry.sqlite.damaged-1')), String(readdirSync(folder))).to.be
      .true;
  });

  it('tells its program when it can save no more, which ends it', async () => {
    const tracker = await start();
    const database = new Database(join(folder, 'registry.sqlite'));
    database.exec('DROP TABLE peers');
    database.close();
    const peer = await peerOf();
    await peer.connect(tracker.tcp);
    await peer.announce('started');
    const trouble = await until('trouble', 5_000, () => troubles.shift());
    expect(String(trouble)).to.include('no such table');
  });

  it('answers on 127.0.0.1 and on ::1 when it is told localhost', async function () {
    const tracker = await start({ http: { host: 'localhost', port: 0 } });
    expect((await get(tracker.httpPort, '/health')).status).to.equal(200);
    if (!(await hasIpv6())) skip(this, 'this machine has no IPv6');
    expect((await get(tracker.httpPort, '/health', undefined, '::1')).status).to.equal(200);
  });
});

interface HttpReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

function get(port: number, path: string, host?: string, to = '127.0.0.1'): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const headers = host === undefined ? {} : { host };
    const asked = request({ host: to, port, path, headers, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (body += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

function hasIpv6(): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(0, '::1', () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
}
