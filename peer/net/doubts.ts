/**
 * Sessions that we opened and that may be dead although TCP still keeps them: on a line that was
 * cut it sends again after ever longer waits, minutes at last, and tells nobody.
 *
 * A session on which nothing came for 2 s after a ping is in doubt until something comes. It stays,
 * but does not keep us from dialing its node anew. When our tip has moved, who stays silent for 3 s
 * is pinged: news that nobody hears of must not wait for the next regular ping. Silence shows
 * nothing on a line that is full of what we send.
 */

import type { MonoMs } from '../../shared/units.js';
import type { Connections } from './connections.js';
import type { Session } from './session.js';

const SILENCE_MS = 3_000;
const ANSWER_MS = 2_000;
/** Bytes sent and not followed by any: half a second at 1 Mbit/s. */
const UNANSWERED_BYTES_MAX = 65_536;

/** A moment, and the bytes that had come from each until then. */
interface Mark {
  readonly at: MonoMs;
  readonly received: ReadonlyMap<Session, number>;
}

/** A ping that may stay without an answer. */
interface Question {
  readonly at: MonoMs;
  readonly received: number;
}

export class Doubts {
  readonly #connections: Connections;
  /** Pings after which nothing came yet, the oldest first. */
  readonly #asked = new Map<Session, Question>();
  /** Bytes that had come when the doubt arose. */
  readonly #doubted = new WeakMap<Session, number>();
  #isTipNew = false;
  /** When the tip moved, unless that was looked after. */
  #news: Mark | undefined;

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** Whether nothing came from `session` since it did not answer. */
  has(session: Session): boolean {
    return this.#doubted.get(session) === session.bytesReceived;
  }

  /** The tip moved: those who do not have it from us were told. */
  onTip(): void {
    this.#isTipNew = true;
  }

  /** `session` is pinged. */
  onPing(session: Session, now: MonoMs): void {
    const { bytesReceived: received, facts } = session;
    if (facts.direction === 'inbound' || this.has(session)) return;
    // What came after an earlier ping has answered that.
    if (this.#asked.get(session)?.received === received) return;
    this.#asked.delete(session);
    this.#asked.set(session, { at: now, received });
  }

  /** The sessions that are in doubt from now on; called in each step. */
  settle(now: MonoMs): readonly Session[] {
    this.#askSilent(now);
    if (this.#asked.size === 0) return NONE;
    const silent: Session[] = [];
    for (const [session, { at, received }] of this.#asked) {
      if (now < at + ANSWER_MS) break;
      this.#asked.delete(session);
      if (!isSilent(session, received)) continue;
      this.#doubted.set(session, received);
      silent.push(session);
    }
    return silent;
  }

  nextWake(): MonoMs | undefined {
    const [oldest] = this.#asked.values();
    const times = [
      ...(oldest === undefined ? [] : [oldest.at + ANSWER_MS]),
      ...(this.#news === undefined ? [] : [this.#news.at + SILENCE_MS]),
    ];
    return times.length === 0 ? undefined : (Math.min(...times) as MonoMs);
  }

  /** Pings who is silent after a new tip. */
  #askSilent(now: MonoMs): void {
    if (this.#news !== undefined && now >= this.#news.at + SILENCE_MS) {
      for (const [session, received] of this.#news.received) {
        if (isSilent(session, received)) session.ping(now);
      }
      this.#news = undefined;
    }
    if (!this.#isTipNew || this.#news !== undefined) return;
    this.#isTipNew = false;
    const received = new Map<Session, number>();
    for (const session of this.#connections.peers()) {
      if (session.facts.direction === 'inbound' || this.has(session)) continue;
      if (!this.#asked.has(session)) received.set(session, session.bytesReceived);
    }
    if (received.size > 0) this.#news = { at: now, received };
  }
}

const NONE: readonly Session[] = [];

const isSilent = (session: Session, received: number): boolean =>
  session.isReady &&
  session.bytesReceived === received &&
  session.unansweredBytes <= UNANSWERED_BYTES_MAX;
