/** A small network on this computer, started by whatever command a test is about. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

import { isRunning, start, until, within, type Ended, type Running } from '../support/programs.js';

interface RunFile {
  readonly pid: number;
  readonly nodes: readonly { role: string; pid: number; httpUrl: string }[];
}

export interface TwoPeers {
  readonly running: Running;
  readonly run: RunFile;
}

const START_TIMEOUT_MS = 120_000;
const BLOCK_TIMEOUT_MS = 180_000;
const STOP_TIMEOUT_MS = 15_000;

/** The parameters of `cairn network up` for two peers that keep all they have below `home`. */
export function twoPeersIn(home: string): string[] {
  // Far from the ports that other programs are given, and taken are skipped.
  const from = 20_000 + Math.floor(Math.random() * 10_000);
  const ports = { tcp: from, http: from + 100, tracker: from + 200, trackerHttp: from + 201 };
  return [
    ...['--home', home, '--peers', '2'],
    ...['--tcp-from', String(ports.tcp), '--http-from', String(ports.http)],
    ...['--tracker-port', String(ports.tracker), '--tracker-http', String(ports.trackerHttp)],
  ];
}

/**
 * Starts `command`, which runs a network of {@link twoPeersIn} `home`, and waits until it is up.
 */
export async function startTwoPeers(
  command: string,
  parameters: readonly string[],
  options: { readonly home: string; readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<TwoPeers> {
  const running = start(command, parameters, { cwd: options.cwd, env: options.env });
  let ended: Ended | undefined;
  void running.ended.then((end) => (ended = end));
  const file = join(options.home, 'networks', 'local', 'run.json');
  const run = await until('run.json', START_TIMEOUT_MS, () => {
    if (ended !== undefined) throw new Error(`ended too early:\n${ended.output}`);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunFile) : undefined;
  });
  return { running, run };
}

/** Waits until every peer has a block that was mined, and all have the same. */
export async function untilBlockMined({ run }: TwoPeers): Promise<void> {
  const urls = run.nodes.filter(({ role }) => role === 'peer').map(({ httpUrl }) => httpUrl);
  expect(urls).to.have.length(2);
  await until('a block on both peers', BLOCK_TIMEOUT_MS, async () => {
    const answers = await Promise.all(urls.map((url) => fetch(`${url}/api/status`)));
    const all = (await Promise.all(answers.map((answer) => answer.json()))) as Status[];
    const [a, b] = all;
    return a !== undefined && a.height > 0 && a.tip === b?.tip ? true : undefined;
  });
}

interface Status {
  readonly height: number;
  readonly tip: string;
}

/** Ctrl-C, once: the launcher and all its children must end, cleanly and soon. */
export async function stopTwoPeers({ running, run }: TwoPeers): Promise<void> {
  const pids = [run.pid, ...run.nodes.map(({ pid }) => pid)];
  expect(pids.filter(isRunning)).to.deep.equal(pids);
  process.kill(run.pid, 'SIGINT');
  const end = await within('the end', STOP_TIMEOUT_MS, running.ended);
  expect(end.code, end.output).to.equal(0);
  expect(pids.filter(isRunning)).to.deep.equal([]);
}
