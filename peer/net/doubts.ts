/**
 * Sessions that may be dead although TCP still keeps them: on a line that was cut it sends again
 * after ever longer waits, minutes at last, and tells nobody.
 *
 * A session on which nothing came for 2 s after a ping is in doubt until that ping, or a later one,
 * is answered. It may take longer where the last round trip was long, or where much is on its way.
 * It stays, for ten minutes at most, but is asked for no block, and does not keep us from dialing
 * its node anew if we opened it. When our tip has moved, whom we opened a session to and who has
 * not shown that tip is pinged when nothing comes for 3 s, nor came for 8 s in all: news that
 * nobody hears of must not wait for the next regular ping.
 */

import type { MonoMs } from '../../shared/units.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import type { Connections } from './connections.js';
import { hasShown, type Knowledge } from './knowledge.js';
import type { Session } from './session.js';

const SILENCE_MS = 3_000;
/** Who was heard so lately is there: TCP finds the way again after a cut that is no longer. */
const HEARD_MS = 8_000;
const ANSWER_MS = 2_000;
/** Of a round trip that counts. */
const ROUND_TRIP_MAX_MS = 5_000;
/** On a slow line, on which a ping waits behind what was sent before. */
const SLOW_BYTES_PER_MS = 16;

/** A moment from which on somebody should say something. */
interface Mark {
  readonly session: Session;
  readonly at: MonoMs;
  /** Bytes that had come until then. */
  readonly received: number;
}

export class Doubts {
  readonly #connections: Connections;
  readonly #knowledge: Knowledge;
  /** Who is silent since our tip moved. */
  readonly #told = new Map<Session, Mark>();
  /** Who is silent since it was pinged. */
  readonly #asked = new Map<Session, Mark>();
  /** Our tip, if nobody is watched yet since it moved. */
  #tip: HeaderEntry | undefined;

  constructor(connections: Connections, knowledge: Knowledge) {
    this.#connections = connections;
    this.#knowledge = knowledge;
  }

  /** Our tip is `tip` now. */
  onTip(tip: HeaderEntry): void {
    this.#tip = tip;
  }

  /** `session` is pinged. */
  onPing(session: Session, now: MonoMs): void {
    if (!session.isInDoubt) mark(this.#asked, session, now);
  }

  /** The sessions that are in doubt from now on; called in each step. */
  settle(now: MonoMs): readonly Session[] {
    this.#watch(now);
    if (this.#told.size > 0) this.#pingSilent(now);
    forgetHeard(this.#asked);
    if (this.#asked.size === 0) return NONE;
    const doubted: Session[] = [];
    for (const { session, at } of this.#asked.values()) {
      if (now < at + answerMs(session, ANSWER_MS, now)) continue;
      this.#asked.delete(session);
      session.doubt(at);
      doubted.push(session);
    }
    return doubted;
  }

  /** Of those who have spoken there is nothing to wait for. */
  nextWake(now: MonoMs): MonoMs | undefined {
    if (this.#told.size === 0 && this.#asked.size === 0) return undefined;
    let next = Number.POSITIVE_INFINITY;
    for (const one of this.#told.values()) {
      if (isSilent(one)) next = Math.min(next, askedAt(one));
    }
    for (const one of this.#asked.values()) {
      if (!isSilent(one)) continue;
      next = Math.min(next, one.at + answerMs(one.session, ANSWER_MS, now));
    }
    return next === Number.POSITIVE_INFINITY ? undefined : (next as MonoMs);
  }

  #pingSilent(now: MonoMs): void {
    forgetHeard(this.#told);
    for (const one of this.#told.values()) {
      if (now < askedAt(one)) continue;
      this.#told.delete(one.session);
      one.session.ping(now);
    }
  }

  /** From now on those should say something who may have to hear of our new tip. */
  #watch(now: MonoMs): void {
    const tip = this.#tip;
    if (tip === undefined) return;
    this.#tip = undefined;
    for (const session of this.#connections.peers()) {
      if (session.facts.direction === 'inbound' || session.isInDoubt) continue;
      if (hasShown(this.#knowledge.heads(session.peer), tip)) continue;
      const isAsked = this.#asked.get(session)?.received === session.bytesReceived;
      if (!isAsked) mark(this.#told, session, now);
    }
  }
}

/**
 * How long `session` may take to answer a ping: `leastMs`, or two round trips, and as long as all
 * that is on its way takes on a slow line.
 */
export function answerMs(session: Session, leastMs: number, now: MonoMs): number {
  const roundTripMs = Math.min(session.latencyMs ?? 0, ROUND_TRIP_MAX_MS);
  return Math.max(leastMs, 2 * roundTripMs) + session.unansweredBytes(now) / SLOW_BYTES_PER_MS;
}

const NONE: readonly Session[] = [];

/** What came since an earlier mark has done for that. */
function mark(all: Map<Session, Mark>, session: Session, now: MonoMs): void {
  const { bytesReceived: received } = session;
  if (all.get(session)?.received !== received) all.set(session, { session, at: now, received });
}

/** When who was told of our tip, and is silent since, is pinged. */
const askedAt = ({ session, at }: Mark): number =>
  Math.max(at + SILENCE_MS, session.heardAt + HEARD_MS);

/** Whether nothing came from it since. */
const isSilent = ({ session, received }: Mark): boolean =>
  session.isReady && session.bytesReceived === received;

function forgetHeard(all: Map<Session, Mark>): void {
  if (all.size === 0) return;
  for (const one of all.values()) if (!isSilent(one)) all.delete(one.session);
}
