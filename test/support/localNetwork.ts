/** `cairn network up` in tests: a network that mines on demand, with a folder in the sandbox. */

import { existsSync, readFileSync } from 'node:fs';
import type { RunFile } from '../../lab/launch/runFile.js';
import { until, type Running } from './programs.js';
import { freePorts, Sandbox, untilGone } from './sandbox.js';

const START_TIMEOUT_MS = 40_000;

export interface Up {
  readonly running: Running;
  readonly run: RunFile;
}

export class LocalNetwork {
  readonly #sandbox: Sandbox;
  readonly #name: string;

  constructor(sandbox: Sandbox, name = 'local') {
    this.#sandbox = sandbox;
    this.#name = name;
  }

  /** A path below the network's folder. */
  path(...parts: readonly string[]): string {
    return this.#sandbox.path('networks', this.#name, ...parts);
  }

  /** What other commands read while it runs. */
  runFile(): RunFile | undefined {
    const path = this.path('run.json');
    return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RunFile) : undefined;
  }

  /** The words that start it on ports that nobody uses. */
  async words(...flags: readonly string[]): Promise<string[]> {
    const [http = 0, tcp = 0, tracker = 0, page = 0] = await freePorts(4);
    return [
      ...['network', 'up', '--name', this.#name, '--template', 'dev'],
      ...['--http-from', String(http), '--tcp-from', String(tcp)],
      ...['--tracker-port', String(tracker), '--tracker-http', String(page), ...flags],
    ];
  }

  /** Starts it, and waits until all of it answers. */
  async up(...flags: readonly string[]): Promise<Up> {
    return this.whenUp(this.#sandbox.start(...(await this.words(...flags))));
  }

  /** Waits until all of what was started answers. */
  async whenUp(running: Running): Promise<Up> {
    const run = await until('run.json', START_TIMEOUT_MS, () => {
      if (running.child.exitCode !== null) throw new Error(running.output());
      const found = this.runFile();
      // A killed launcher leaves its own behind.
      return found?.pid === running.child.pid ? found : undefined;
    });
    return { running, run };
  }

  /** Call before the sandbox is closed; wait for what it returns after. */
  ended(): () => Promise<true> {
    const pids = this.runFile()?.nodes.map(({ pid }) => pid) ?? [];
    return () => untilGone(pids);
  }
}

/** Hooks: each test begins with a sandbox and a network in it, and leaves nothing of them. */
export function networkForEach(begin: (sandbox: Sandbox, network: LocalNetwork) => void): void {
  let sandbox: Sandbox;
  let network: LocalNetwork;
  beforeEach(() => {
    sandbox = new Sandbox();
    network = new LocalNetwork(sandbox);
    begin(sandbox, network);
  });
  afterEach(async () => {
    const ended = network.ended();
    await sandbox.close();
    await ended();
  });
}
