/**
 * The blocks of one peer: what it was asked for, what it does not have, how high it reaches, and
 * when it has taken too long.
 */

import type { BlockHash, MonoMs } from '../../shared/units.js';
import { GET_BLOCKS_MAX } from '../../shared/wire/peerMessages.js';
import { forkOf, type HeaderEntry } from '../chain/headerEntry.js';

/** Blocks asked for and not answered. */
const IN_FLIGHT_MAX = GET_BLOCKS_MAX;
/** Asked again once half of them came, so that the peer always has something to do. */
const REFILL_AT = IN_FLIGHT_MAX / 2;
/** A peer that did not have a block may have it after so long. */
const ASK_AGAIN_MS = 10_000;
/** Who lacked so many is not asked: an honest node has what it showed, but for one or two heads. */
const LACKS_MAX = 16;
/** An honest node answers everything; for a slow one this is enough for four megabytes. */
const ANSWER_MS = 120_000;
/** So many bytes within one time-out are progress, too: a large block on a slow link. */
const PROGRESS_BYTES = 16_384;
/** Heads to which the way is remembered: twice as many as are chosen at a time. */
const REACH_MAX = 64;

/** The connection, as far as it matters here: all bytes that came from the peer so far. */
interface Received {
  readonly bytesReceived: number;
}

export class PeerBlocks {
  /** What it was asked for, has not answered, and nobody else is asked for. */
  readonly pending = new Set<BlockHash>();
  /** What it has not answered for so long that others may be asked, too. */
  readonly late = new Set<BlockHash>();
  /** It stalled, and is asked for nothing until it answers. */
  isPassedOver = false;
  readonly #received: Received;
  /** Blocks that it did not have, and when it may be asked again; soonest first. */
  readonly #lacks = new Map<BlockHash, MonoMs>();
  /** By head: the height up to which it has what leads there, by `#reachOf`. */
  readonly #reach = new Map<HeaderEntry, number>();
  #reachOf: readonly HeaderEntry[] = [];
  /** When it last answered, or was asked with nothing in flight. */
  #answeredAt: MonoMs;
  /** The same, or when many bytes had come. */
  #progressAt: MonoMs;
  /** Bytes received from it at `#progressAt`. */
  #bytesAtProgress = 0;

  constructor(received: Received, now: MonoMs) {
    this.#received = received;
    this.#answeredAt = now;
    this.#progressAt = now;
  }

  get inFlightCount(): number {
    return this.pending.size + this.late.size;
  }

  /** How many blocks it may be asked for now. */
  get room(): number {
    const isClosed = this.isPassedOver || this.#lacks.size >= LACKS_MAX;
    return isClosed || this.inFlightCount > REFILL_AT ? 0 : IN_FLIGHT_MAX - this.inFlightCount;
  }

  owes(hash: BlockHash): boolean {
    return this.pending.has(hash) || this.late.has(hash);
  }

  lacks(hash: BlockHash): boolean {
    return this.#lacks.has(hash);
  }

  /** The height up to which it has what leads to `to`, when it showed `heads`. */
  reach(heads: readonly HeaderEntry[], to: HeaderEntry): number {
    if (heads !== this.#reachOf || this.#reach.size >= REACH_MAX) {
      if (this.#reach.size > 0) this.#reach.clear();
      this.#reachOf = heads;
    }
    let height = this.#reach.get(to);
    if (height === undefined) {
      height = heightShown(heads, to);
      this.#reach.set(to, height);
    }
    return height;
  }

  onAsked(hashes: readonly BlockHash[], now: MonoMs): void {
    if (this.inFlightCount === 0) this.#onAnswered(now);
    if (this.pending.size === 0) this.onProgress(now);
    for (const hash of hashes) this.pending.add(hash);
  }

  /** It answered about `hash`. */
  onAnswer(hash: BlockHash, now: MonoMs): void {
    this.pending.delete(hash);
    this.late.delete(hash);
    this.isPassedOver = false;
    this.#onAnswered(now);
  }

  /** It does not have `hash`, or not as it should be. */
  onLack(hash: BlockHash, now: MonoMs): void {
    this.#lacks.set(hash, (now + ASK_AGAIN_MS) as MonoMs);
  }

  /** Forgets what it may be asked for again. */
  forgetLacks(now: MonoMs): void {
    for (const [hash, at] of this.#lacks) {
      if (at > now) return;
      this.#lacks.delete(hash);
    }
  }

  /** Others may be asked for all that it owes. */
  onTooLate(): void {
    for (const hash of this.pending) this.late.add(hash);
    this.pending.clear();
  }

  /** Whether much came since the last progress, though no whole block did. */
  get isFlowing(): boolean {
    return this.#received.bytesReceived - this.#bytesAtProgress >= PROGRESS_BYTES;
  }

  /** Its time-out begins anew. */
  onProgress(now: MonoMs): void {
    this.#progressAt = now;
    this.#bytesAtProgress = this.#received.bytesReceived;
  }

  /** When it has stalled, unless it delivers before; `timeoutMs` is what it may take. */
  stallAt(timeoutMs: number): number {
    return this.pending.size > 0 ? this.#progressAt + timeoutMs : Number.POSITIVE_INFINITY;
  }

  /** When it has owed an answer for longer than any honest node does. */
  get answerDueAt(): number {
    return this.inFlightCount > 0 ? this.#answeredAt + ANSWER_MS : Number.POSITIVE_INFINITY;
  }

  /** It could not be let go: the same time begins anew. */
  forgive(now: MonoMs): void {
    this.#answeredAt = now;
  }

  /** When there is something to look at: a time-out, or the end of a lack. */
  nextDue(timeoutMs: number): number {
    const [soonest = Number.POSITIVE_INFINITY] = this.#lacks.values();
    return Math.min(soonest, this.stallAt(timeoutMs), this.answerDueAt);
  }

  #onAnswered(now: MonoMs): void {
    this.#answeredAt = now;
    this.onProgress(now);
  }
}

/**
 * Where the way to `to` leaves what leads to `heads`. None of them is an ancestor of another: where
 * one is an ancestor of `to`, the way leaves all others below it, and that is mostly the last.
 */
function heightShown(heads: readonly HeaderEntry[], to: HeaderEntry): number {
  let height = 0;
  for (let i = heads.length - 1; i >= 0; i--) {
    const head = heads[i] as HeaderEntry;
    const fork = forkOf(head, to);
    if (fork === head || fork === to) return fork.height;
    height = Math.max(height, fork.height);
  }
  return height;
}
