/** One line that says how far a long command is: alive on a terminal, silent elsewhere. */

import type { Output } from './output.js';

const INTERVAL_MS = 100;

export class ProgressLine {
  readonly #output: Output;
  readonly #what: string;
  #nextAt = 0;
  #isShown = false;

  constructor(what: string, output: Output) {
    this.#what = what;
    this.#output = output;
  }

  /** Call it as often as you like. */
  show(done: number, of: number): void {
    const percent = of === 0 ? 100 : Math.floor((done * 100) / of);
    this.#write(`${String(done)} of ${String(of)} (${String(percent)} %)`);
  }

  /** Where nobody knows how much is still to come. */
  count(done: number): void {
    this.#write(String(done));
  }

  /** Removes the line. */
  end(): void {
    if (this.#isShown) process.stderr.write('\r\u001b[K');
  }

  #write(text: string): void {
    const now = performance.now();
    if (!this.#output.isTerminal || now < this.#nextAt) return;
    this.#nextAt = now + INTERVAL_MS;
    this.#isShown = true;
    process.stderr.write(`\r${this.#what} ${text}\u001b[K`);
  }
}
