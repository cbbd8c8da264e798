/**
 * When peers announce themselves and are dialed again: the intervals, and the back-off after
 * misses.
 */

import type { Rng } from '../../shared/rng.js';
import type { PeerState } from './peerColumns.js';

export interface CadenceOptions {
  /** Seconds between two announces of a peer of a registry that is not large. */
  readonly intervalSeconds: number;
  /** Dials a second that the tracker affords; the interval grows so that they suffice. */
  readonly dialsPerSecondMax: number;
}

/** What decides when a peer should announce itself again. */
export interface AnswerState {
  /** `undefined`: not registered. */
  readonly state: PeerState | undefined;
  /** Seconds since it registered. */
  readonly ageSeconds: number;
  /** It got fewer peers than it wanted. */
  readonly wantsMore: boolean;
}

/** Announces missed in a row after which a peer is gone. */
const ANNOUNCES_MISSED_MAX = 3;

export class Cadence {
  readonly #options: CadenceOptions;
  readonly #rng: Rng;

  constructor(options: CadenceOptions, rng: Rng) {
    this.#options = options;
    this.#rng = rng;
  }

  /** Seconds until the peer should announce itself again. */
  answerSeconds(peersCount: number, { state, ageSeconds, wantsMore }: AnswerState): number {
    if (state === 'unverified') return UNVERIFIED_SECONDS;
    if (state !== undefined && wantsMore && ageSeconds < YOUNG_SECONDS) return YOUNG_WAIT_SECONDS;
    return Math.round(this.#intervalSeconds(peersCount) * this.#jitter());
  }

  /** Milliseconds from one successful dial to the next. */
  verifyMs(peersCount: number): number {
    return this.#intervalSeconds(peersCount) * 1000 * this.#jitter();
  }

  /** Milliseconds of silence after which a peer is gone. */
  expiryMs(peersCount: number): number {
    return this.#intervalSeconds(peersCount) * 1000 * ANNOUNCES_MISSED_MAX;
  }

  /**
   * Milliseconds to wait after the `misses`-th failed dial in a row: 2 s, doubling to 5 minutes.
   */
  backOffMs(misses: number): number {
    return Math.min(BACK_OFF_MIN_MS * 2 ** (misses - 1), BACK_OFF_MAX_MS) * this.#jitter();
  }

  #intervalSeconds(peersCount: number): number {
    const { intervalSeconds, dialsPerSecondMax } = this.#options;
    return Math.max(intervalSeconds, peersCount / dialsPerSecondMax);
  }

  /** 0.9 to 1.1, so that peers that started together do not stay together. */
  #jitter(): number {
    return 0.9 + this.#rng.float() * 0.2;
  }
}

/** Its dial-back is on its way: a second later it is known, and so are others that just came. */
const UNVERIFIED_SECONDS = 1;

/** A whole room may be starting: for this long a peer that wants more neighbours asks often. */
const YOUNG_SECONDS = 20;
const YOUNG_WAIT_SECONDS = 2;

const BACK_OFF_MIN_MS = 2_000;
const BACK_OFF_MAX_MS = 300_000;
