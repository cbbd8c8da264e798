/** Real peers, each its own process, for benches: spawned, asked over HTTP, and ended. */

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Network } from '../shared/consensus/genesis.js';
import { printParamsJson } from '../shared/consensus/paramsJson.js';

/** The compiled command; benches run from `dist/bench`. */
const CAIRN = fileURLToPath(new URL('../cli/cairn.js', import.meta.url));

/** One line of a peer's log in JSON. `mono` is comparable between processes of one machine. */
export interface LogLine {
  readonly message: string;
  readonly mono: number;
  readonly [field: string]: unknown;
}

export interface PeerStatus {
  readonly height: number;
  readonly headerHeight: number;
  readonly tip: string;
  readonly synced: boolean;
}

export interface PeerProcess {
  /** By our monotonic clock, in ms, when it was spawned. */
  readonly spawnedMono: number;
  readonly pid: number;
  readonly tcpPort: number;
  readonly url: string;
  /** All log lines so far, in order. */
  readonly lines: readonly LogLine[];
  get<T>(path: string): Promise<T | undefined>;
  post<T>(path: string, body: unknown): Promise<T>;
  stop(): Promise<void>;
}

/** The machine's monotonic clock in ms: the same in all processes. */
export const monoMs = (): number => Number(process.hrtime.bigint()) / 1e6;

/** A directory of its own, and what removes it. */
export function temporaryDirectory(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'cairn-bench-'));
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true });
    },
  };
}

export interface PeerOptions {
  readonly network: Network;
  readonly directory: string;
  readonly connect?: number;
  /** 'debug' unless given. */
  readonly logLevel?: 'info' | 'debug';
  readonly flags?: readonly string[];
}

/** Starts a peer on loopback; resolves at once, before it is up. */
export async function spawnPeer(options: PeerOptions): Promise<PeerProcess> {
  const [tcpPort, httpPort] = [await freePort(), await freePort()];
  const genesis = join(options.directory, 'network.json');
  writeFileSync(genesis, printParamsJson(options.network.params));
  const connect =
    options.connect === undefined ? [] : ['--connect', `127.0.0.1:${String(options.connect)}`];
  const flags = [
    ...['--data', options.directory, '--genesis', genesis],
    ...['--listen', `127.0.0.1:${String(tcpPort)}`, '--http', `localhost:${String(httpPort)}`],
    ...['--log-format', 'json', '--log-level', options.logLevel ?? 'debug'],
    ...connect,
    ...(options.flags ?? []),
  ];
  const spawnedMono = monoMs();
  const child = spawn(process.execPath, [CAIRN, 'peer', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const url = `http://127.0.0.1:${String(httpPort)}`;
  return { spawnedMono, tcpPort, url, pid: child.pid ?? 0, ...talkTo(child, url) };
}

/** Calls `look` until it gives a value; throws after `seconds`. */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined> | T | undefined,
  seconds = 120,
): Promise<T> {
  const deadline = monoMs() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (monoMs() > deadline) throw new Error(`${what}: not within ${String(seconds)} s`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Resolves with the peer's status once its height is `height`. */
export const untilHeight = (peer: PeerProcess, height: number): Promise<PeerStatus> =>
  until(`height ${String(height)}`, async () => {
    const status = await peer.get<PeerStatus>('/api/status');
    return status !== undefined && status.height >= height ? status : undefined;
  });

/** Resolves with the time at which the peer, syncing, had `height` blocks, by its own log. */
export const untilSynced = (peer: PeerProcess, height: number): Promise<number> =>
  until(`${String(height)} blocks synced`, () => {
    const isThere = ({ message, height: at }: LogLine): boolean =>
      (message === 'synced' || message === 'new tip') && Number(at) >= height;
    return peer.lines.find(isThere)?.mono;
  });

/** Asking more often would itself be a load on the process that is measured. */
const POLL_MS = 4;

function talkTo(
  child: ChildProcess,
  url: string,
): Pick<PeerProcess, 'lines' | 'get' | 'post' | 'stop'> {
  const lines: LogLine[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (text) => {
      if (text.startsWith('{')) lines.push(JSON.parse(text) as LogLine);
      else console.error(`peer ${String(child.pid)}: ${text}`);
    });
  }
  const ended = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  return {
    lines,
    get: (path) => ask(url + path),
    post: async (path, body) => {
      const headers = { 'content-type': 'application/json' };
      const request = { method: 'POST', headers, body: JSON.stringify(body) };
      const response = await fetch(url + path, request);
      if (!response.ok) throw new Error(`${path}: ${await response.text()}`);
      return (await response.json()) as never;
    },
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function ask<T>(url: string): Promise<T | undefined> {
  try {
    const response = await fetch(url);
    return response.ok ? ((await response.json()) as T) : undefined;
  } catch {
    return undefined; // not up yet
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port'));
        else resolve(address.port);
      });
    });
  });
}
