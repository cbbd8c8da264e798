/**
 * Sessions that may be dead although TCP still keeps them: on a line that was cut it sends again
 * after ever longer waits, minutes at last, and tells nobody.
 *
 * A session on which nothing came for 2 s after a ping is in doubt until that is answered. It
 * stays, but is asked for no block, and does not keep us from dialing its node anew. When our tip
 * has moved, whom we opened a session to, and told, is pinged when nothing comes for 3 s: news that
 * nobody hears of must not wait for the next regular ping. Silence shows nothing on a line that is
 * full of what we send.
 */

import type { MonoMs } from '../../shared/units.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import type { Connections } from './connections.js';
import { hasShown, type Knowledge } from './knowledge.js';
import type { Session } from './session.js';

const SILENCE_MS = 3_000;
const ANSWER_MS = 2_000;
/** Bytes sent and not followed by any: half a second at 1 Mbit/s. */
const UNANSWERED_BYTES_MAX = 65_536;

/** A moment, and the bytes that had come until then from each of whom nothing was seen since. */
interface Mark {
  readonly at: MonoMs;
  readonly received: Map<Session, number>;
}

/** A ping that may stay without an answer. */
interface Question {
  readonly at: MonoMs;
  readonly received: number;
}

export class Doubts {
  readonly #connections: Connections;
  readonly #knowledge: Knowledge;
  /** Pings after which nothing came yet, the oldest first. */
  readonly #asked = new Map<Session, Question>();
  /** Our tip, unless who was told of it is asked already. */
  #tip: HeaderEntry | undefined;
  /** When the tip moved, unless that was looked after. */
  #news: Mark | undefined;

  constructor(connections: Connections, knowledge: Knowledge) {
    this.#connections = connections;
    this.#knowledge = knowledge;
  }

  /** Our tip is `tip` now: who had not shown it was told. */
  onTip(tip: HeaderEntry): void {
    this.#tip = tip;
  }

  /** `session` is pinged. */
  onPing(session: Session, now: MonoMs): void {
    const { bytesReceived: received, isInDoubt } = session;
    if (isInDoubt) return;
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
      session.doubt(at);
      silent.push(session);
    }
    return silent;
  }

  /** Of those who have spoken there is nothing to wait for. */
  nextWake(): MonoMs | undefined {
    dropSpoken(this.#asked, ({ received }) => received);
    if (this.#news !== undefined) {
      dropSpoken(this.#news.received, (received) => received);
      if (this.#news.received.size === 0) this.#news = undefined;
    }
    const [oldest] = this.#asked.values();
    if (oldest === undefined && this.#news === undefined) return undefined;
    const answerAt = oldest === undefined ? Number.POSITIVE_INFINITY : oldest.at + ANSWER_MS;
    return Math.min(answerAt, this.#newsAt) as MonoMs;
  }

  /** When those who are silent since the tip moved are pinged. */
  get #newsAt(): number {
    return this.#news === undefined ? Number.POSITIVE_INFINITY : this.#news.at + SILENCE_MS;
  }

  /** Pings who is silent after a new tip. */
  #askSilent(now: MonoMs): void {
    if (this.#news !== undefined && now >= this.#newsAt) {
      for (const [session, received] of this.#news.received) {
        if (isSilent(session, received)) session.ping(now);
      }
      this.#news = undefined;
    }
    const tip = this.#tip;
    if (tip === undefined || this.#news !== undefined) return;
    this.#tip = undefined;
    const received = new Map<Session, number>();
    for (const session of this.#connections.peers()) {
      if (session.facts.direction === 'inbound' || session.isInDoubt) continue;
      if (hasShown(this.#knowledge.heads(session.peer), tip)) continue;
      if (!this.#asked.has(session)) received.set(session, session.bytesReceived);
    }
    if (received.size > 0) this.#news = { at: now, received };
  }
}

const NONE: readonly Session[] = [];

/** Forgets those at the beginning of `all` who have spoken or are gone: the first is silent. */
function dropSpoken<T>(all: Map<Session, T>, receivedOf: (one: T) => number): void {
  for (const [session, one] of all) {
    if (session.isReady && session.bytesReceived === receivedOf(one)) return;
    all.delete(session);
  }
}

const isSilent = (session: Session, received: number): boolean =>
  session.isReady &&
  session.bytesReceived === received &&
  session.unansweredBytes <= UNANSWERED_BYTES_MAX;
