/** A running network as a demonstration sees it: what it asks, waits for, checks and tells. */

import { setTimeout as delay } from 'node:timers/promises';
import type { ClientProblem, NodeClient } from '../shared/http/client.js';
import type { AnswerOf, RouteName } from '../shared/http/routes.js';
import type { StatusJson } from '../shared/http/nodeSchemas.js';
import type { Result } from '../shared/result.js';

export interface StagePeer {
  readonly name: string;
  readonly client: NodeClient;
}

/** Something does not hold. */
export class DemoFailure extends Error {}

export interface StageOptions {
  readonly peers: readonly StagePeer[];
  /** Whether blocks are mined when somebody asks for them, and only then. */
  readonly isOnDemand: boolean;
  readonly say: (line: string) => void;
  /** What was checked, and held. */
  readonly onHeld: (what: string) => void;
}

/** For some blocks, also when they are late. */
const WAIT_MS = 300_000;
const LOOK_EVERY_MS = 500;
const TELL_EVERY_MS = 10_000;

export class Stage {
  readonly #options: StageOptions;
  #mined = 0;

  constructor(options: StageOptions) {
    this.#options = options;
  }

  get peers(): readonly StagePeer[] {
    return this.#options.peers;
  }

  say(line: string): void {
    this.#options.say(line);
  }

  /** Tells of a step that throws `DemoFailure` where it fails, and did not. */
  done(what: string): void {
    this.#options.onHeld(what);
  }

  /** Throws `DemoFailure` where `isHeld` is not true. */
  check(what: string, isHeld: boolean): void {
    if (!isHeld) throw new DemoFailure(what);
    this.#options.onHeld(what);
  }

  /** Throws `DemoFailure` where the peer does not answer, or refuses. */
  async ask<N extends RouteName>(
    { name, client }: StagePeer,
    route: N,
    request: Parameters<typeof client.call<N>>[1],
  ): Promise<AnswerOf<N>> {
    const answer: Result<AnswerOf<N>, ClientProblem> = await client.call(route, request);
    if (answer.ok) return answer.value;
    const { error } = answer;
    const why = error.type === 'refused' ? `refuses: ${error.error.message}` : 'does not answer.';
    throw new DemoFailure(`${name} ${why}`);
  }

  /** The same of all peers, in their order. */
  askAll<N extends RouteName>(
    route: N,
    request: Parameters<typeof NodeClient.prototype.call<N>>[1],
  ): Promise<AnswerOf<N>[]> {
    return Promise.all(this.peers.map((peer) => this.ask(peer, route, request)));
  }

  /** Where all stand, once they have one tip. Mines nothing. */
  async agreement(): Promise<StatusJson> {
    return this.#until('all peers have one tip', async () => {
      const all = await this.askAll('status', {});
      const [first] = all;
      const isOne = first !== undefined && all.every(({ tip }) => tip === first.tip);
      const heights = all.map(({ height }) => String(height)).join(', ');
      return isOne ? { found: first } : { stands: `heights ${heights}` };
    });
  }

  /** The first `found`; meanwhile blocks are mined, or waited for. */
  async untilMined<T>(what: string, look: () => Promise<Look<T>>): Promise<T> {
    return this.#until(what, async () => {
      const seen = await look();
      if (!('found' in seen) && this.#options.isOnDemand) await this.mine();
      return seen;
    });
  }

  /** One block on demand, by the next peer in turn, once all have the one before it. */
  async mine(): Promise<void> {
    await this.agreement();
    const peer = this.peers[this.#mined++ % this.peers.length];
    if (peer !== undefined) await this.ask(peer, 'generate', { body: { count: 1 } });
  }

  async #until<T>(what: string, look: () => Promise<Look<T>>): Promise<T> {
    const startedMs = performance.now();
    let tellAtMs = startedMs + TELL_EVERY_MS;
    for (;;) {
      const seen = await look();
      if ('found' in seen) return seen.found;
      const nowMs = performance.now();
      if (nowMs - startedMs > WAIT_MS) {
        throw new DemoFailure(`Waited ${String(WAIT_MS / 1_000)} s: ${what} (${seen.stands})`);
      }
      if (nowMs > tellAtMs) {
        this.say(`  … waiting until ${what}: ${seen.stands}`);
        tellAtMs = nowMs + TELL_EVERY_MS;
      }
      await delay(LOOK_EVERY_MS);
    }
  }
}

/** What was waited for, or how it stands. */
export type Look<T> = { readonly found: T } | { readonly stands: string };
