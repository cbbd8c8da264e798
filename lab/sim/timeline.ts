/** Virtual time: what is to happen, in order. The same calls give the same course. */

import FlatQueue from 'flatqueue';
import { assertDefined } from '../../shared/assert.js';

/** More than that within one millisecond is no work but a loop. */
const ACTIONS_MAX = 100_000;

export class Timeline {
  /** Milliseconds at which something is due, each once. */
  readonly #times = new FlatQueue<number>();
  /** What is due then, in the order in which it was asked for. */
  readonly #due = new Map<number, (() => void)[]>();
  /** What is due now, and how much of it is done. */
  #now: (() => void)[] = [];
  #done = 0;
  #ms = 0;

  /** Milliseconds since the beginning, whole. */
  get ms(): number {
    return this.#ms;
  }

  /** Calls `action` in `delayMs` (rounded up), after all that is due then already. */
  after(delayMs: number, action: () => void): void {
    const at = this.#ms + Math.max(0, Math.ceil(delayMs));
    const due = at === this.#ms ? this.#now : this.#due.get(at);
    if (due !== undefined) {
      due.push(action);
      return;
    }
    this.#due.set(at, [action]);
    this.#times.push(at, at);
  }

  /** Lets `ms` pass. */
  run(ms: number): void {
    const end = this.#ms + ms;
    while (this.#step(end));
    if (this.#ms < end) this.#goTo(end);
  }

  /** Lets time pass until `holds`; throws when it does not within `msMax`. Returns what it took. */
  until(holds: () => boolean, msMax = 60_000): number {
    const start = this.#ms;
    while (!holds()) {
      if (!this.#step(start + msMax)) {
        throw new Error(`did not happen within ${String(msMax)} ms`);
      }
    }
    return this.#ms - start;
  }

  /** Does one thing that is due by `end`; false when there is none. */
  #step(end: number): boolean {
    if (this.#done >= this.#now.length) {
      const next = this.#times.peekValue();
      if (next === undefined || next > end) return false;
      this.#goTo(next);
    }
    if (this.#done > ACTIONS_MAX) throw new Error('a machine wants to be woken without end');
    assertDefined(this.#now[this.#done++], 'something is due')();
    return true;
  }

  #goTo(ms: number): void {
    this.#ms = ms;
    this.#done = 0;
    this.#now = [];
    if (this.#times.peekValue() !== ms) return;
    this.#times.pop();
    this.#now = assertDefined(this.#due.get(ms), 'each time has what is due');
    this.#due.delete(ms);
  }
}
