/** How often each target was dialed lately: a count that no sliding minute exceeds. */

import type { MonoMs } from '../../shared/units.js';

export class DialRates {
  #current = new Map<string, number>();
  #previous = new Map<string, number>();
  #rotatesAt: MonoMs | undefined;

  /**
   * Dials of `target` in this minute and the one before: at least those of the last sixty seconds.
   * Two maps that rotate hold no more than two minutes of dials, whatever is claimed.
   */
  count(target: string, now: MonoMs): number {
    this.#rotate(now);
    return (this.#current.get(target) ?? 0) + (this.#previous.get(target) ?? 0);
  }

  add(target: string, now: MonoMs): void {
    this.#rotate(now);
    this.#current.set(target, (this.#current.get(target) ?? 0) + 1);
  }

  /** When counts next go down. */
  rotatesAt(now: MonoMs): MonoMs {
    return this.#rotate(now);
  }

  #rotate(now: MonoMs): MonoMs {
    const due = this.#rotatesAt ?? ((now + MINUTE_MS) as MonoMs);
    this.#rotatesAt = due;
    if (now < due) return due;
    this.#previous = now < due + MINUTE_MS ? this.#current : new Map<string, number>();
    this.#current = new Map();
    this.#rotatesAt = (now + MINUTE_MS) as MonoMs;
    return this.#rotatesAt;
  }
}

const MINUTE_MS = 60_000;
