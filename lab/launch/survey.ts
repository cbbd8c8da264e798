/** Asks the nodes of a network how they stand, again and again. */

import { NodeClient } from '../../shared/http/client.js';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';

const INTERVAL_MS = 500;
/** A node that takes longer is shown as not answering. */
const TIMEOUT_MS = 2_000;

export class Survey {
  readonly #clients = new Map<string, NodeClient>();
  readonly #answers = new Map<string, StatusJson>();
  /** Those that did not answer in the last round. */
  readonly #silent = new Set<string>();
  readonly #onAnswers: () => void;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  /** `onAnswers` is called after each round. */
  constructor(onAnswers: () => void) {
    this.#onAnswers = onAnswers;
  }

  /** Asks `name` at `baseUrl` from the next round on. */
  add(name: string, baseUrl: string): void {
    this.#clients.set(name, new NodeClient({ baseUrl, timeoutMs: TIMEOUT_MS }));
  }

  /** Does not ask `name` any more. */
  remove(name: string): void {
    this.#clients.delete(name);
    this.#answers.delete(name);
    this.#silent.delete(name);
  }

  /** What `name` said in the last round; `undefined`: it did not answer. */
  answerOf(name: string): StatusJson | undefined {
    return this.#answers.get(name);
  }

  /** Whether `name` was asked and did not answer. */
  isSilent(name: string): boolean {
    return this.#silent.has(name);
  }

  /** Begins with a first round. */
  start(): void {
    void this.#round();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  async #round(): Promise<void> {
    await Promise.all(
      [...this.#clients].map(async ([name, client]) => {
        const answer = await client.call('status', {});
        if (this.#clients.get(name) !== client) return;
        this.#note(name, answer.ok ? answer.value : undefined);
      }),
    );
    if (this.#isClosed) return;
    this.#onAnswers();
    this.#timer = setTimeout(() => void this.#round(), INTERVAL_MS);
  }

  #note(name: string, answer: StatusJson | undefined): void {
    if (answer === undefined) {
      this.#answers.delete(name);
      this.#silent.add(name);
    } else {
      this.#answers.set(name, answer);
      this.#silent.delete(name);
    }
  }
}
