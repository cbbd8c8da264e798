/** Asks a peer where it stands, and remembers the most that it told of. */

import { setTimeout as delay } from 'node:timers/promises';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';
import { statusAt } from '../../test/support/sandbox.js';
import { compare, type Told, type Verdict } from './held.js';

export const LOOK_EVERY_MS = 5;

export class Witness {
  readonly #http: number;
  #told: Told | undefined;

  /** `http`: the port of the peer's API. */
  constructor(http: number) {
    this.#http = http;
  }

  /** The most work that the peer told of. */
  get told(): Told | undefined {
    return this.#told;
  }

  /** The peer begins anew: what it told of counts no longer. */
  forget(): void {
    this.#told = undefined;
  }

  /** `undefined` when it does not answer. */
  async status(): Promise<StatusJson | undefined> {
    const status = await statusAt(this.#http);
    if (status === undefined) return undefined;
    const told = { height: status.height, tip: status.tip, work: workOf(status) };
    if (this.#told === undefined || told.work > this.#told.work) this.#told = told;
    return status;
  }

  /** Asks again and again for `ms`. */
  async watch(ms: number): Promise<void> {
    const deadlineMs = performance.now() + ms;
    while (performance.now() < deadlineMs) {
      const left = delay(deadlineMs - performance.now());
      await Promise.race([this.status().then(() => delay(LOOK_EVERY_MS)), left]);
    }
  }

  /** Whether it has, by its own word, what was told before; `undefined`: it does not answer. */
  async verdict(told: Told): Promise<Verdict | undefined> {
    const hashThere = await this.#hashAt(told.height);
    const status = await this.status();
    return status && compare(told, { work: workOf(status), hashThere });
  }

  /** Asks for `count` blocks. Resolves when they are mined, or when it is killed over them. */
  async mine(count: number): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify({ count }) };
    try {
      await (await fetch(this.#url('/api/mining/generate'), request)).text();
    } catch {
      // It was killed: what it has told of by then is compared.
    }
  }

  async #hashAt(height: number): Promise<string | undefined> {
    try {
      const answer = await fetch(this.#url(`/api/blocks/${height}`));
      return answer.ok ? ((await answer.json()) as { readonly hash: string }).hash : undefined;
    } catch {
      return undefined;
    }
  }

  #url(path: string): string {
    return `http://127.0.0.1:${this.#http}${path}`;
  }
}

const workOf = ({ chainWork }: StatusJson): bigint => BigInt(`0x${chainWork}`);
