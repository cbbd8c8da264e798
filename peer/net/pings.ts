/**
 * Pings of one connection. Ours: one when nothing came for 25 s (with jitter, so that many sessions
 * do not ping together), again sooner while nothing comes, and now and then for the round trip;
 * three of them without a byte in between, and the other side counts as gone. Theirs: an allowance
 * that grows by one a second, so that nobody can keep us busy with answers.
 */

import type { Rng } from '../../shared/rng.js';
import type { MonoMs } from '../../shared/units.js';

/** Most blocks of a network with one in ten seconds come sooner, and show life as well. */
const SILENCE_MS = 25_000;
/** After a ping that nothing followed. */
const AGAIN_MS = 12_000;
/** The round trip of a new session. */
const FIRST_MEASURE_MS = 15_000;
/** Between two measurements of the round trip, whatever else comes: as often as Bitcoin Core. */
const MEASURE_MS = 120_000;
const JITTER = 0.2;
/** Pings in a row that nothing came after. */
const MISSES_MAX = 3;
/** Pings of the other side that may come at once. */
const ALLOWANCE_MAX = 20;
const ALLOWANCE_PER_MS = 1 / 1_000;

/** What was sent so long ago has arrived, or never will. */
const ON_ITS_WAY_MS = 30_000;

/** `ping`: send one; `dead`: three were missed. */
export type PingStep = 'rest' | 'ping' | 'dead';

interface Ping {
  readonly at: MonoMs;
  readonly bytesBefore: number;
}

export class Pings {
  readonly #rng: Rng;
  /** The unanswered ones by nonce, first sent first. */
  readonly #open = new Map<string, Ping>();
  /** When the other side was heard, or pinged, last. */
  #lastAt: MonoMs;
  /** How long it may be silent before the first ping. */
  #silenceMs: number;
  /** How long it may be silent after the last one. */
  #againMs = AGAIN_MS;
  /** When the round trip is measured next. */
  #measureAt: MonoMs;
  #misses = 0;
  #latencyMs: number | undefined;
  #arrivedBytes = 0;
  /** How many pings the other side may still send, at the time `#allowedAt`. */
  #allowance = ALLOWANCE_MAX;
  #allowedAt: MonoMs;

  constructor(now: MonoMs, rng: Rng) {
    this.#rng = rng;
    this.#allowedAt = now;
    this.#lastAt = now;
    this.#silenceMs = this.#jittered(SILENCE_MS);
    this.#measureAt = (now + this.#jittered(FIRST_MEASURE_MS)) as MonoMs;
  }

  /** Round trip of the last ping that was answered; `undefined` before the first. */
  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  get dueAt(): MonoMs {
    const silenceMs = this.#misses === 0 ? this.#silenceMs : this.#againMs;
    return Math.min(this.#lastAt + silenceMs, this.#measureAt) as MonoMs;
  }

  /** What to do at `now`; with `ping`, call `sent`. */
  step(now: MonoMs): PingStep {
    if (now < this.dueAt) return 'rest';
    return this.#misses >= MISSES_MAX ? 'dead' : 'ping';
  }

  /** A ping goes out, after `bytesBefore` bytes since the connection began. */
  sent(nonce: string, now: MonoMs, bytesBefore: number): void {
    this.#open.set(nonce, { at: now, bytesBefore });
    this.#misses++;
    this.#lastAt = now;
    this.#silenceMs = this.#jittered(SILENCE_MS);
    this.#againMs = this.#jittered(AGAIN_MS);
    this.#measureAt = (now + this.#jittered(MEASURE_MS)) as MonoMs;
  }

  /** Any bytes show life, also while a pong waits behind megabytes of blocks on a slow link. */
  onHeard(now: MonoMs): void {
    this.#misses = 0;
    this.#lastAt = now;
    // What is behind in the queue may still come: the last pings stay open.
    while (this.#open.size > OPEN_MAX) this.#open.delete(this.#open.keys().next().value as string);
  }

  /** Whether a ping of the other side is one that it may send. */
  onPing(now: MonoMs): boolean {
    const grown = this.#allowance + (now - this.#allowedAt) * ALLOWANCE_PER_MS;
    this.#allowance = Math.min(ALLOWANCE_MAX, grown) - 1;
    this.#allowedAt = now;
    return this.#allowance >= 0;
  }

  /** When the ping of ours that a pong answers was sent; `undefined`: it answers none. */
  onPong(nonce: string, now: MonoMs): MonoMs | undefined {
    const ping = this.#open.get(nonce);
    if (ping === undefined) return undefined;
    this.#open.delete(nonce);
    this.#latencyMs = now - ping.at;
    this.#onArrived(ping);
    return ping.at;
  }

  /**
   * How many of the bytes that we sent are not on their way any more: those before a ping that was
   * answered, or that is half a minute old.
   */
  arrivedBytes(now: MonoMs): number {
    for (const ping of this.#open.values()) {
      if (now < ping.at + ON_ITS_WAY_MS) break;
      this.#onArrived(ping);
    }
    return this.#arrivedBytes;
  }

  #onArrived({ bytesBefore }: Ping): void {
    this.#arrivedBytes = Math.max(this.#arrivedBytes, bytesBefore);
  }

  #jittered(ms: number): number {
    return ms * (1 - JITTER + 2 * JITTER * this.#rng.float());
  }
}

/** Half an hour of pings: a pong that is later than that is taken for an invention. */
const OPEN_MAX = 120;
