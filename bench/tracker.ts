/**
 * Announces a second of a tracker in a process of its own, over persistent connections with 32
 * requests in flight, each answered with a fresh sample of 50 peers; and its memory for each of
 * 100,000 registered peers.
 */

import { fork, type ChildProcess } from 'node:child_process';
import net from 'node:net';
import { extname, join } from 'node:path';

import type { BlockHash } from '../shared/units.js';
import { encodeHost } from '../shared/wire/netAddress.js';
import { trackerProtocol } from '../shared/wire/trackerMessages.js';
import { SocketPeer } from '../test/tracker/socketPeer.js';
import { TestPeer } from '../test/tracker/world.js';
import type { PeerRow } from '../tracker/registry/store.js';
import { openSqliteRegistryStore } from '../tracker/storage/sqliteRegistryStore.js';
import { temporaryDirectory } from './processes.js';
import { type Figure, median } from './report.js';
import type { ServerMessage } from './trackerServer.js';

export async function tracker(): Promise<Figure[]> {
  return [...(await announceFigures()), ...(await memoryFigures())];
}

const RUNS = 5;
const RUN_MS = 2_000;
const WARM_UP_MS = 2_000;
const CONNECTIONS = 8;
const IN_FLIGHT = 32;
const LIVE_PEERS = 64;
const WANTED = 50;

async function announceFigures(): Promise<Figure[]> {
  const directory = temporaryDirectory();
  const server = await Server.start(directory.path);
  const peers = await registerPeers(server);
  const callers = [];
  for (let i = 0; i < CONNECTIONS; i++) callers.push(await Caller.connect(server, 20_000 + i));
  for (const caller of callers) caller.start();
  await delay(WARM_UP_MS);
  const runs = [];
  for (let i = 0; i < RUNS; i++) runs.push(await measureRun(server, callers));
  for (const caller of callers) caller.close();
  for (const peer of peers) await peer.close();
  await server.stop();
  directory.remove();
  const perSecond = median(runs.map((run) => run.perSecond));
  const perCpuSecond = median(runs.map((run) => run.perCpuSecond));
  const goal = '≥ 10000';
  return [
    { metric: 'announces', value: perSecond, unit: 'announces/s', goal },
    { metric: 'announces-per-cpu-second', value: perCpuSecond, unit: 'announces/s', goal },
    { metric: 'answer-bytes', value: median(runs.map((run) => run.answerBytes)), unit: 'bytes' },
  ];
}

/** Peers that listen and answer dial-backs, until all of them are handed out. */
async function registerPeers(server: Server): Promise<SocketPeer[]> {
  const peers: SocketPeer[] = [];
  for (let i = 0; i < LIVE_PEERS; i++) {
    const peer = new SocketPeer({ network: server.networkId });
    await peer.listen();
    await peer.connect({ host: '127.0.0.1', port: server.port });
    await peer.announce('started');
    await peer.announceUntil(({ reachable }) => reachable === 'yes');
    peers.push(peer);
  }
  return peers;
}

async function measureRun(
  server: Server,
  callers: readonly Caller[],
): Promise<{ perSecond: number; perCpuSecond: number; answerBytes: number }> {
  const sum = (of: (caller: Caller) => number): number =>
    callers.reduce((total, caller) => total + of(caller), 0);
  const before = { cpuMs: (await server.usage()).cpuMs, begin: performance.now() };
  const [answersBefore, bytesBefore] = [sum((c) => c.answers), sum((c) => c.bytes)];
  await delay(RUN_MS);
  const answers = sum((c) => c.answers) - answersBefore;
  const bytes = sum((c) => c.bytes) - bytesBefore;
  const seconds = (performance.now() - before.begin) / 1000;
  const cpuSeconds = ((await server.usage()).cpuMs - before.cpuMs) / 1000;
  return {
    perSecond: answers / seconds,
    perCpuSecond: answers / cpuSeconds,
    answerBytes: bytes / answers,
  };
}

const REGISTERED_PEERS = 100_000;
const SETTLE_MS = 3_000;

async function memoryFigures(): Promise<Figure[]> {
  const empty = await residentBytes(0);
  const full = await residentBytes(REGISTERED_PEERS);
  const value = (full - empty) / REGISTERED_PEERS;
  return [
    { metric: 'memory-a-registered-peer', value, unit: 'bytes', goal: '≤ 450' },
    { metric: 'memory-with-100000-peers', value: full / 1e6, unit: 'MB' },
  ];
}

/** Resident memory of a tracker that starts with `count` peers in its file. */
async function residentBytes(count: number): Promise<number> {
  const directory = temporaryDirectory();
  const first = await Server.start(directory.path);
  await first.stop();
  fillRegistry(directory.path, first.networkId, count);
  const server = await Server.start(directory.path);
  await delay(SETTLE_MS);
  const { rssBytes } = await server.usage();
  await server.stop();
  directory.remove();
  return rssBytes;
}

/**
 * Peers at addresses of the loopback network, where the dials of this bench stay on this machine.
 */
function fillRegistry(directory: string, network: BlockHash, count: number): void {
  const store = openSqliteRegistryStore({
    path: join(directory, 'registry.sqlite'),
    forgetBeforeUnix: 0,
    onDamaged: () => undefined,
  });
  const upserts: PeerRow[] = [];
  for (let i = 0; i < count; i++) {
    const address = encodeHost(
      `127.${String(1 + (i >> 16))}.${String((i >> 8) & 255)}.${String(i & 255)}`,
    );
    const nodeKey = new Uint8Array(32).fill(i & 255);
    new DataView(nodeKey.buffer).setUint32(0, i);
    upserts.push({
      network,
      address,
      port: 6000,
      nodeKey,
      source: address,
      isClaimed: false,
      name: `cairn/0.1.0 ${String(i % 1000)}`,
      height: i,
      firstSeenUnix: 2 ** 31,
      lastSeenUnix: 2 ** 31,
    });
  }
  store.apply({ removals: [], upserts });
  store.close();
}

/** The tracker's process. */
class Server {
  readonly #child: ChildProcess;
  readonly port: number;
  readonly networkId: BlockHash;

  private constructor(child: ChildProcess, port: number, networkId: BlockHash) {
    this.#child = child;
    this.port = port;
    this.networkId = networkId;
  }

  static async start(directory: string): Promise<Server> {
    const program = join(import.meta.dirname, `trackerServer${extname(import.meta.filename)}`);
    const child = fork(program, [directory]);
    const message = await nextMessage(child);
    if (message.type !== 'listening') throw new Error('the tracker did not start');
    return new Server(child, message.port, message.networkId as BlockHash);
  }

  async usage(): Promise<Extract<ServerMessage, { readonly type: 'usage' }>> {
    const answer = nextMessage(this.#child);
    this.#child.send('usage');
    const message = await answer;
    if (message.type !== 'usage') throw new Error('the tracker does not answer');
    return message;
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.disconnect();
    await ended;
  }
}

const nextMessage = (child: ChildProcess): Promise<ServerMessage> =>
  new Promise((resolve, reject) => {
    child.once('exit', reject);
    child.once('message', (message) => {
      child.off('exit', reject);
      resolve(message as ServerMessage);
    });
  });

/** One connection that keeps `IN_FLIGHT` announces on their way; it only counts the answers. */
class Caller {
  answers = 0;
  bytes = 0;
  readonly #socket: net.Socket;
  readonly #announce: Uint8Array;
  /** Bytes until the current answer is over; the length of the next one is read then. */
  #rest = 0;
  #prefix: number[] = [];

  private constructor(socket: net.Socket, announce: Uint8Array) {
    this.#socket = socket;
    this.#announce = announce;
  }

  static async connect(server: Server, port: number): Promise<Caller> {
    const link = new TestPeer({ network: server.networkId, port }).link('caller');
    const socket = net.connect({ host: '127.0.0.1', port: server.port, noDelay: true });
    for (const frame of link.start()) socket.write(frame);
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk: Uint8Array) => {
        for (const event of link.receive(chunk)) {
          if (event.type === 'send') socket.write(event.frame);
          if (event.type === 'ready') resolve();
        }
      });
    });
    socket.removeAllListeners('data');
    const announce = { type: 'announce', event: 'alive', port, claimed: undefined } as const;
    return new Caller(socket, trackerProtocol.encode({ ...announce, wanted: WANTED }));
  }

  start(): void {
    this.#socket.on('data', (chunk: Uint8Array) => {
      this.#onData(chunk);
    });
    this.#send(IN_FLIGHT);
  }

  close(): void {
    this.#socket.destroy();
  }

  #onData(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    const before = this.answers;
    for (let at = 0; at < chunk.length;) at += this.#take(chunk, at);
    this.#send(this.answers - before);
  }

  /** Reads on in the frame at `at` and returns how many bytes that took. */
  #take(chunk: Uint8Array, at: number): number {
    if (this.#rest === 0) {
      this.#prefix.push(chunk[at] ?? 0);
      if (this.#prefix.length === 4) {
        this.#rest = this.#prefix.reduce((length, byte) => length * 256 + byte, 0);
        this.#prefix = [];
      }
      return 1;
    }
    const taken = Math.min(this.#rest, chunk.length - at);
    this.#rest -= taken;
    if (this.#rest === 0) this.answers++;
    return taken;
  }

  #send(count: number): void {
    if (count === 0) return;
    const all = new Uint8Array(this.#announce.length * count);
    for (let i = 0; i < count; i++) all.set(this.#announce, i * this.#announce.length);
    this.#socket.write(all);
  }
}

const delay = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
