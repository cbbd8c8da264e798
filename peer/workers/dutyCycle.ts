/** The CPU limit: how long a thread must sleep for the time that it hashed. */

/** Work and sleep of one turn together, at least: sleeps much shorter than this are inexact. */
const TURN_MS = 40;
/** Sleep that is owed when new work interrupts it waits for a turn of work, but not for ever. */
const TURNS_OWED_MAX = 2;
/** No more than this is owed. */
const OWED_MS_MAX = 1_000;

export class DutyCycle {
  #percent = 100;
  /** Sleep earned by hashing and not yet slept. */
  #owedMs = 0;
  /** Sleep is due from here. */
  #dueMs = 0;

  /** New work comes at once: what is still owed waits until a turn was worked. */
  restart(percent: number): void {
    this.#percent = percent;
    if (percent >= 100) this.#owedMs = 0;
    const turnMs = this.#turnRestMs();
    this.#dueMs = Math.min(TURNS_OWED_MAX * turnMs, this.#owedMs + turnMs);
  }

  /** The thread hashed for `ms`; returns the sleep that is due now, in milliseconds, or 0. */
  onBusy(ms: number): number {
    this.#owedMs = Math.min(
      OWED_MS_MAX,
      this.#owedMs + (ms * (100 - this.#percent)) / this.#percent,
    );
    return this.#owedMs > 0 && this.#owedMs >= this.#dueMs ? this.#owedMs : 0;
  }

  /** The thread slept for `ms`, asked or not. */
  onRested(ms: number): void {
    this.#owedMs = this.#percent >= 100 ? 0 : Math.max(-TURN_MS, this.#owedMs - ms);
    this.#dueMs = this.#turnRestMs();
  }

  #turnRestMs(): number {
    return (TURN_MS * (100 - this.#percent)) / 100;
  }
}
