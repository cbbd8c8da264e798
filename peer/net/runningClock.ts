/**
 * The monotonic clock without the time in which this program did not run: stopped by a signal,
 * suspended with its laptop, or held up. In that time nobody could answer us, so no time-out may
 * count it: the answers are waiting in the sockets.
 */

import type { MonoMs, Now } from '../../shared/units.js';

/** Later than that for a wake means that we did not run. */
const LATE_MS = 1_000;

export class RunningClock {
  #stoppedMs = 0;
  /** When we asked to be called at the latest, by the real clock. */
  #expectedAt = Number.POSITIVE_INFINITY;

  /** The real time `now` as running time. */
  at(now: Now): Now {
    const lateMs = now.mono - this.#expectedAt;
    if (lateMs > LATE_MS) this.#stoppedMs += lateMs;
    this.#expectedAt = Number.POSITIVE_INFINITY;
    return this.peek(now);
  }

  /** The same between two steps, when nothing is counted. */
  peek(now: Now): Now {
    return { mono: (now.mono - this.#stoppedMs) as MonoMs, unix: now.unix };
  }

  /** The real time of a wake that is wanted at running time `at`; `now`: the real time. */
  wakeAt(at: MonoMs | undefined, now: Now): MonoMs | undefined {
    if (at === undefined) return undefined;
    // Whole milliseconds, as timers have them: one that is early by a fraction would be in vain.
    this.#expectedAt = Math.max(Math.ceil(at + this.#stoppedMs), now.mono);
    return this.#expectedAt as MonoMs;
  }
}
