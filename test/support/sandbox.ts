/**
 * The `cairn` command in tests: real processes, with a home of their own and ports of the system's
 * choice.
 */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';
import { isRunning, runToEnd, start, until, type Ended, type Running } from './programs.js';
import { projectRoot } from './paths.js';

/** The command beside us, compiled or not. */
const COMMAND = join(
  import.meta.dirname,
  ...['..', '..', 'cli', `cairn${extname(import.meta.filename)}`],
);

const STOP_TIMEOUT_MS = 30_000;

export class Sandbox {
  readonly home = mkdtempSync(join(tmpdir(), 'cairn-e2e-'));
  readonly #started: Running[] = [];
  #isClosed = false;

  /** A path below the home. */
  path(...parts: readonly string[]): string {
    return join(this.home, ...parts);
  }

  /** Starts `cairn` and leaves it running; `close` ends what is left. */
  start(...args: readonly string[]): Running {
    return this.startOn(HERE, ...args);
  }

  /** The same behind a command that runs another one, such as on another host. */
  startOn(runner: readonly string[], ...args: readonly string[]): Running {
    if (this.#isClosed) throw new Error('the sandbox is closed');
    const [program, ...words] = commandLine(runner, args);
    const running = start(program, words, this.#options());
    this.#started.push(running);
    return running;
  }

  /** Runs `cairn` to its end. */
  run(...args: readonly string[]): Promise<Ended> {
    return this.#runOn(HERE, args);
  }

  /** The same with further environment variables. */
  runWith(variables: NodeJS.ProcessEnv, ...args: readonly string[]): Promise<Ended> {
    const [program, ...words] = commandLine(HERE, args);
    const { cwd, env } = this.#options();
    return runToEnd(program, words, { cwd, env: { ...env, ...variables } });
  }

  /** Runs `cairn` to its end, which must be a success, and reads the JSON that it prints. */
  json<T>(...args: readonly string[]): Promise<T> {
    return this.jsonOn(HERE, ...args);
  }

  /** The same behind a command that runs another one. */
  async jsonOn<T>(runner: readonly string[], ...args: readonly string[]): Promise<T> {
    const { code, stdout, output } = await this.#runOn(runner, [...args, '--json']);
    if (code !== 0)
      throw new Error(`cairn ${args.join(' ')} ended with ${String(code)}: ${output}`);
    return JSON.parse(stdout) as T;
  }

  /** Kills what still runs. */
  async stopAll(): Promise<void> {
    for (const { child } of this.#started) child.kill('SIGKILL');
    await Promise.all(this.#started.map(({ ended }) => ended));
  }

  /**
   * Kills what still runs, and removes the home once `isQuiet`; from the call on nothing is
   * started.
   */
  async close(isQuiet: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    this.#isClosed = true;
    await this.stopAll();
    await isQuiet();
    // A program whose launcher was killed may still write its last line.
    rmSync(this.home, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }

  #runOn(runner: readonly string[], args: readonly string[]): Promise<Ended> {
    const [program, ...words] = commandLine(runner, args);
    return runToEnd(program, words, this.#options());
  }

  #options() {
    const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('CAIRN_'));
    const env = { ...Object.fromEntries(kept), CAIRN_HOME: this.home, LC_ALL: 'C.UTF-8' };
    return { cwd: projectRoot, env };
  }
}

/** Asks a running program to end with `signal`, and waits until it has. */
export async function stop(running: Running, signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
  let ended: Ended | undefined;
  void running.ended.then((end) => (ended = end));
  running.child.kill(signal);
  return until(`the end after ${signal}`, STOP_TIMEOUT_MS, () => ended);
}

/** Waits until the output of `running` matches. */
export function untilPrinted(running: Running, pattern: RegExp): Promise<RegExpExecArray> {
  const what = `${String(pattern)} in the output:\n`;
  return until(what, 20_000, () => pattern.exec(running.output()) ?? undefined).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}\n${running.output()}`, { cause: error });
    },
  );
}

/** Waits until none of `pids` is a process any more. */
export function untilGone(pids: readonly number[]): Promise<true> {
  return until('the end of all processes', STOP_TIMEOUT_MS, () =>
    pids.some(isRunning) ? undefined : true,
  );
}

/** `count` different ports that nobody listens on now. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  }
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  for (const server of servers) await new Promise((resolve) => server.close(resolve));
  return ports;
}

/** The status of the node at an HTTP port; `undefined` while it does not answer. */
export async function statusAt(port: number): Promise<StatusJson | undefined> {
  try {
    const response = await fetch(`http://127.0.0.1:${String(port)}/api/status`);
    return response.ok ? ((await response.json()) as StatusJson) : undefined;
  } catch {
    return undefined;
  }
}

/** Runs a program on this host. */
const HERE: readonly string[] = [];

function commandLine(
  runner: readonly string[],
  args: readonly string[],
): [program: string, ...words: string[]] {
  const node = [process.execPath, ...process.execArgv, COMMAND, ...args];
  const [program = '', ...words] = [...runner, ...node];
  return [program, ...words];
}
