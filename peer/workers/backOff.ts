/** How long to wait before a thread that died is started again. */

const FIRST_MS = 100;
const LAST_MS = 30_000;

export class BackOff {
  #nextMs = FIRST_MS;

  /** The wait after one more death; doubles each time, up to half a minute. */
  onDeath(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(LAST_MS, ms * 2);
    return ms;
  }

  /** A thread did its work: the next death is a first one again. */
  onWork(): void {
    this.#nextMs = FIRST_MS;
  }
}
