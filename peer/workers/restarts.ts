/**
 * Starts the threads of a pool again after one died: not at once, not for ever faster, and not
 * silently.
 */

import { BackOff } from './backOff.js';

export interface RestartsOptions {
  /** What the threads are, in the plural: `threads that …`. */
  readonly what: string;
  /** Starts the threads that are missing. */
  readonly start: () => void;
  /** A sentence for the operator. */
  readonly onTrouble: (sentence: string) => void;
}

export class Restarts {
  readonly #options: RestartsOptions;
  readonly #backOff = new BackOff();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: RestartsOptions) {
    this.#options = options;
  }

  /** Whether no thread may be started now, since one died a moment ago. */
  get isWaiting(): boolean {
    return this.#timer !== undefined;
  }

  /** Several deaths at once count as one. */
  onDeath(problem: string): void {
    if (this.isWaiting) return;
    const waitMs = this.#backOff.onDeath();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#options.start();
    }, waitMs);
    this.#options.onTrouble(
      `One of the ${this.#options.what} died (${problem}). They start again in ${waitMs} ms.`,
    );
  }

  /** A thread did its work: the next death is a first one again. */
  onWork(): void {
    this.#backOff.onWork();
  }

  close(): void {
    clearTimeout(this.#timer);
  }
}
