/** `cairn network up`, whose launcher is killed: its programs must end, the next start go on. */

import { existsSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Rng } from '../../shared/rng.js';
import { LocalNetwork } from '../../test/support/localNetwork.js';
import { pidsNaming, until, type Running } from '../../test/support/programs.js';
import { stop, untilGone, type Sandbox } from '../../test/support/sandbox.js';
import { compare } from './held.js';
import { copyChain, readChain } from './leftBehind.js';
import { steadyPorts } from './ports.js';
import { Witness } from './witness.js';

const PEERS = ['Alice', 'Bob'];
const MINED = 300;
const BUSY_TIMEOUT_MS = 60_000;
const AGREE_TIMEOUT_MS = 60_000;

export class Launched {
  readonly #sandbox: Sandbox;
  readonly #network: LocalNetwork;
  readonly #words: readonly string[];
  readonly #witnesses: readonly Witness[];
  #startMs = 3_000;

  static async make(sandbox: Sandbox): Promise<Launched> {
    return new Launched(sandbox, await steadyPorts(2 + 2 * PEERS.length));
  }

  private constructor(sandbox: Sandbox, ports: readonly number[]) {
    const [tracker = 0, page = 0, http = 0, tcp = 0] = ports;
    this.#sandbox = sandbox;
    this.#network = new LocalNetwork(sandbox, 'launched');
    this.#words = [
      ...['network', 'up', '--name', 'launched', '--template', 'dev'],
      ...['--peers', String(PEERS.length), '--http-from', String(http), '--tcp-from', String(tcp)],
      ...['--tracker-port', String(tracker), '--tracker-http', String(page)],
    ];
    this.#witnesses = PEERS.map((_, i) => new Witness(http + i));
  }

  /** Of its peers; nobody uses them when `kill` is done. */
  get directories(): string[] {
    return PEERS.map((name) => this.#network.path(name));
  }

  /**
   * Starts it, kills the launcher at a moment drawn from `rng`, and starts it again. Says what was
   * found; throws when something is wrong.
   */
  async kill(rng: Rng): Promise<string> {
    const when = await this.#startAndKill(rng);
    await this.untilGone();
    this.#checkDisks();
    const startedAt = performance.now();
    const running = this.#sandbox.start(...this.#words);
    await this.#network.whenUp(running);
    this.#startMs = performance.now() - startedAt;
    const height = await this.#untilHeldAndAgreed();
    const { code, output } = await stop(running, 'SIGINT');
    if (code !== 0) throw new Error(`network up did not end well: ${output}`);
    return `${when}; all programs gone; agreed on block ${height} after the next start`;
  }

  /** Waits until none of its programs runs. */
  async untilGone(): Promise<void> {
    await untilGone(this.#network.runFile()?.nodes.map(({ pid }) => pid) ?? []);
    if (process.platform !== 'linux') return;
    await until('the end of all programs of the network', AGREE_TIMEOUT_MS, () =>
      pidsNaming(this.#network.path()).length === 0 ? true : undefined,
    );
  }

  async #startAndKill(rng: Rng): Promise<string> {
    const running = this.#sandbox.start(...this.#words);
    if (rng.below(2) === 0) {
      const ms = rng.below(Math.ceil(this.#startMs));
      await delay(ms);
      await kill(running);
      return `${ms} ms after its start`;
    }
    await this.#network.whenUp(running);
    const [first] = this.#witnesses;
    const at = (first?.told?.height ?? 0) + rng.below(MINED) + 1;
    const mining = first?.mine(MINED);
    await until(`block ${at}`, BUSY_TIMEOUT_MS, async () => {
      const all = await Promise.all(this.#witnesses.map((witness) => witness.status()));
      return (all[0]?.height ?? 0) >= at ? true : undefined;
    });
    await kill(running);
    await mining;
    return `while it mines, at block ${first?.told?.height ?? 0}`;
  }

  #checkDisks(): void {
    for (const [i, name] of PEERS.entries()) {
      const told = this.#witnesses[i]?.told;
      if (told === undefined || !existsSync(this.#network.path(name))) continue;
      const copy = this.#sandbox.path('copy');
      copyChain(this.#network.path(name), copy);
      const left = readChain(copy);
      if (typeof left === 'string') throw new Error(`${name}: ${left}`);
      if (compare(told, left.found(told.height)) === 'lost') {
        throw new Error(`${name} told of block ${told.height}, which its disk has lost`);
      }
    }
  }

  async #untilHeldAndAgreed(): Promise<number> {
    for (const [i, witness] of this.#witnesses.entries()) {
      const { told } = witness;
      const verdict = told && (await witness.verdict(told));
      if (told !== undefined && (verdict === undefined || verdict === 'lost')) {
        throw new Error(`${PEERS[i] ?? ''} lost block ${told.height}, which it told of`);
      }
    }
    return until('agreement', AGREE_TIMEOUT_MS, async () => {
      const all = await Promise.all(this.#witnesses.map((witness) => witness.status()));
      const [first] = all;
      return all.every((one) => one?.tip === first?.tip) ? first?.height : undefined;
    });
  }
}

async function kill(running: Running): Promise<void> {
  running.child.kill('SIGKILL');
  await running.ended;
}
