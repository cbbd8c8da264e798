/** One peer that is killed and started again: a real process, with what it told of. */

import { setTimeout as delay } from 'node:timers/promises';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';
import type { Running } from '../../test/support/programs.js';
import { stop, type Sandbox } from '../../test/support/sandbox.js';
import { copyChain, removeChain } from './leftBehind.js';
import { LOOK_EVERY_MS, Witness } from './witness.js';

const UP_TIMEOUT_MS = 60_000;
const OUTPUT_LINES = 5;

export interface PeerOptions {
  readonly name: string;
  readonly tcp: number;
  readonly http: number;
  /** What follows `cairn peer`, besides name, directory and ports. */
  readonly words: readonly string[];
}

export class Peer {
  readonly name: string;
  readonly directory: string;
  readonly witness: Witness;
  readonly #options: PeerOptions;
  readonly #sandbox: Sandbox;
  #running: Running | undefined;
  #startedAt = 0;
  #startMs = 1_000;

  constructor(options: PeerOptions, sandbox: Sandbox) {
    this.name = options.name;
    this.directory = sandbox.path(options.name);
    this.witness = new Witness(options.http);
    this.#options = options;
    this.#sandbox = sandbox;
  }

  /** Where other peers reach it. */
  get address(): string {
    return `127.0.0.1:${this.#options.tcp}`;
  }

  /** From its last start to its first answer. */
  get startMs(): number {
    return this.#startMs;
  }

  /** Always the same way. */
  start(): void {
    const { name, http, words } = this.#options;
    this.#startedAt = performance.now();
    this.#running = this.#sandbox.start(
      ...['peer', '--name', name, '--data', this.directory],
      ...['--listen', this.address, '--http', String(http), ...words],
    );
  }

  /** Waits until it answers. Throws when it ends, or does not answer in time. */
  async untilUp(): Promise<void> {
    await this.watchUntil('its first answer', UP_TIMEOUT_MS, () => true);
    this.#startMs = performance.now() - this.#startedAt;
  }

  /** Asks it again and again until `isThere`. Throws when it ends, or when the time is over. */
  async watchUntil(
    what: string,
    timeoutMs: number,
    isThere: (status: StatusJson) => boolean,
  ): Promise<StatusJson> {
    const deadlineMs = performance.now() + timeoutMs;
    while (performance.now() < deadlineMs) {
      const status = await this.witness.status();
      if (status !== undefined && isThere(status)) return status;
      if (!this.isRunning()) throw new Error(`ended before ${what}: ${this.#lastLines()}`);
      await delay(LOOK_EVERY_MS);
    }
    throw new Error(`not within ${timeoutMs / 1_000} s: ${what}: ${this.#lastLines()}`);
  }

  isRunning(): boolean {
    const child = this.#running?.child;
    return child?.exitCode === null && child.signalCode === null;
  }

  async kill(): Promise<void> {
    this.#running?.child.kill('SIGKILL');
    await this.#running?.ended;
  }

  /** Ends it as an operator does. Throws when it does not end well. */
  async stop(): Promise<void> {
    if (this.#running === undefined) return;
    await this.witness.status();
    const { code } = await stop(this.#running);
    if (code !== 0) throw new Error(`did not end well: ${this.#lastLines()}`);
  }

  /** Gives it the chain of the data directory `from`, or none. It does not run. */
  replaceChain(from: string | undefined): void {
    if (from === undefined) removeChain(this.directory);
    else copyChain(from, this.directory);
    this.witness.forget();
  }

  #lastLines(): string {
    const lines = (this.#running?.output() ?? '').trimEnd().split('\n');
    return lines.slice(-OUTPUT_LINES).join(' | ');
  }
}
