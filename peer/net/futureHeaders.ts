/**
 * Headers of one peer whose time is too far ahead of our clock, until it is not: then they are
 * tried again. What is above the limit is dropped; once the first are in, the peer is asked for the
 * rest.
 */

import { HEADER_BYTES } from '../../shared/consensus/header.js';
import type { MonoMs, Now, UnixSeconds } from '../../shared/units.js';

const WAITING_MAX = 16;

interface Waiting {
  readonly dueAt: MonoMs;
  /** One header and those that came after it in the same message. */
  readonly headers: Uint8Array;
}

export class FutureHeaders {
  #waiting: Waiting[] = [];

  /** How many headers wait. */
  get count(): number {
    return this.#waiting.reduce((sum, { headers }) => sum + headers.length / HEADER_BYTES, 0);
  }

  /** Keeps a copy of `headers`; the first of them may enter from `from` on, by the wall clock. */
  keep(headers: Uint8Array, from: UnixSeconds, now: Now): void {
    const room = (WAITING_MAX - this.count) * HEADER_BYTES;
    if (room === 0) return;
    const dueAt = (now.mono + Math.max(0, from - now.unix) * 1_000) as MonoMs;
    this.#waiting.push({ dueAt, headers: headers.slice(0, room) });
  }

  /** Those whose time has come, in the order in which they came. */
  takeDue(now: MonoMs): readonly Uint8Array[] {
    if (this.#waiting.length === 0) return [];
    const due = this.#waiting.filter(({ dueAt }) => dueAt <= now);
    if (due.length > 0) this.#waiting = this.#waiting.filter(({ dueAt }) => dueAt > now);
    return due.map(({ headers }) => headers);
  }

  nextWake(): MonoMs | undefined {
    if (this.#waiting.length === 0) return undefined;
    return Math.min(...this.#waiting.map(({ dueAt }) => dueAt)) as MonoMs;
  }
}
