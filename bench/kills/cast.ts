/** The tracker and the peers of a run, their network, and chains that were made for it. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { printParamsJson } from '../../shared/consensus/paramsJson.js';
import { until, type Running } from '../../test/support/programs.js';
import { stop, type Sandbox } from '../../test/support/sandbox.js';
import { benchBlocks, benchNetwork, fillDirectory } from '../chains.js';
import { Peer } from './peer.js';
import { steadyPorts } from './ports.js';

const NAMES = ['Alice', 'Bob', 'Carol'];
const TRANSACTIONS = 2;
const AGREE_TIMEOUT_MS = 60_000;
const UP_TIMEOUT_MS = 60_000;
const LOOK_EVERY_MS = 50;

/** Data directories to begin from, all on one network. */
export interface Chains {
  /** What all peers begin with: as many blocks as were asked for. */
  readonly whole: string;
  /** The first half of it. */
  readonly half: string;
  /** Another branch from the genesis block on, one block shorter. */
  readonly branch: string;
}

export class Cast {
  readonly peers: readonly Peer[];
  readonly chains: Chains;
  readonly #sandbox: Sandbox;
  readonly #trackerWords: readonly string[];
  readonly #trackerUrl: string;
  #tracker: Running | undefined;

  /** Makes chains of `blockCount` blocks, in each of which coins are spent. */
  static async make(sandbox: Sandbox, blockCount: number): Promise<Cast> {
    const plan = { blockCount, transactionCount: TRANSACTIONS };
    const network = benchNetwork(plan);
    writeFileSync(sandbox.path('network.json'), printParamsJson(network.params));
    const chains = {
      whole: sandbox.path('chains', 'whole'),
      half: sandbox.path('chains', 'half'),
      branch: sandbox.path('chains', 'branch'),
    };
    for (const path of Object.values(chains)) mkdirSync(path, { recursive: true });
    const blocks = [...benchBlocks(network, plan)];
    fillDirectory(chains.whole, network, blocks);
    fillDirectory(chains.half, network, blocks.slice(0, blockCount / 2));
    const other = { ...plan, blockCount: blockCount - 1, extraNonce: 1 };
    fillDirectory(chains.branch, network, benchBlocks(network, other));
    return new Cast(sandbox, chains, await steadyPorts(2 + 2 * NAMES.length));
  }

  private constructor(sandbox: Sandbox, chains: Chains, ports: readonly number[]) {
    const [trackerTcp = 0, trackerHttp = 0, ...rest] = ports;
    const genesis = ['--genesis', sandbox.path('network.json')];
    const addressOf = (i: number): string => `127.0.0.1:${rest[2 * i] ?? 0}`;
    this.chains = chains;
    this.#sandbox = sandbox;
    this.#trackerUrl = `http://127.0.0.1:${trackerHttp}`;
    this.#trackerWords = [
      ...['tracker', '--data', sandbox.path('tracker'), ...genesis],
      ...['--listen', `127.0.0.1:${trackerTcp}`, '--http', String(trackerHttp)],
    ];
    this.peers = NAMES.map((name, i) => {
      const others = NAMES.map((_, j) => addressOf(j)).filter((_, j) => j !== i);
      const words = [
        ...['--tracker', `127.0.0.1:${trackerTcp}`, ...genesis],
        ...['--connect', others.join(',')],
      ];
      const [tcp = 0, http = 0] = rest.slice(2 * i);
      return new Peer({ name, tcp, http, words }, sandbox);
    });
  }

  /** Starts everything; all peers have the whole chain. */
  async start(): Promise<void> {
    this.startTracker();
    await this.untilTrackerUp();
    for (const peer of this.peers) {
      peer.replaceChain(this.chains.whole);
      peer.start();
    }
    for (const peer of this.peers) await peer.untilUp();
    await this.untilAgreed();
  }

  startTracker(): void {
    this.#tracker = this.#sandbox.start(...this.#trackerWords);
  }

  async untilTrackerUp(): Promise<void> {
    await until("the tracker's answer", UP_TIMEOUT_MS, async () => {
      const child = this.#tracker?.child;
      if (child?.exitCode !== null) throw new Error(`it ended: ${this.#tracker?.output() ?? ''}`);
      return (await this.#askTracker('/health')) === undefined ? undefined : true;
    });
  }

  async killAll(): Promise<void> {
    for (const peer of this.peers) await peer.kill();
    await this.killTracker();
  }

  async killTracker(): Promise<void> {
    this.#tracker?.child.kill('SIGKILL');
    await this.#tracker?.ended;
  }

  /** Resolves when the tracker hands out all peers. */
  async untilTrackerKnowsAll(): Promise<void> {
    await until('the tracker to know all peers', AGREE_TIMEOUT_MS, async () => {
      const text = JSON.stringify(await this.#askTracker('/api/peers'));
      return this.peers.every(({ address }) => text.includes(address)) ? true : undefined;
    });
  }

  /** Waits until all peers have one tip; returns its height. */
  async untilAgreed(): Promise<number> {
    const deadlineMs = performance.now() + AGREE_TIMEOUT_MS;
    let seen = '';
    while (performance.now() < deadlineMs) {
      const all = await Promise.all(this.peers.map(({ witness }) => witness.status()));
      const [first] = all;
      if (first !== undefined && all.every((one) => one?.tip === first.tip)) return first.height;
      seen = all.map((one) => String(one?.height)).join(', ');
      await delay(LOOK_EVERY_MS);
    }
    throw new Error(`the peers do not agree: they are at heights ${seen}`);
  }

  /** Ends everything as an operator does. Throws when something does not end well. */
  async stop(): Promise<void> {
    for (const peer of this.peers) await peer.stop();
    if (this.#tracker === undefined) return;
    const { code, output } = await stop(this.#tracker);
    if (code !== 0) throw new Error(`the tracker did not end well: ${output}`);
  }

  async #askTracker(path: string): Promise<unknown> {
    try {
      const answer = await fetch(`${this.#trackerUrl}${path}`);
      return answer.ok ? await answer.json() : undefined;
    } catch {
      return undefined;
    }
  }
}
