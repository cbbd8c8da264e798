/**
 * Who is asked for headers next.
 *
 * Until the first peer has told all that it has, one is asked, the one that claims the most work,
 * and every five seconds one more, for the first may be slow on purpose. Who is in the middle goes
 * on. After that all are asked at once.
 */

import type { MonoMs } from '../../shared/units.js';

/** At first, one more peer is asked after so long. */
const PATIENCE_MS = 5_000;

/** A peer that may be asked. */
export interface Askable {
  /** It is to be asked, as soon as it is its turn. */
  readonly isWanted: boolean;
  /** A question to it is open. */
  readonly isAsked: boolean;
  /** Its next question continues an answer. */
  readonly isInTheMiddle: boolean;
  /** The chain work that it claims. */
  readonly tipWork: bigint;
}

export class HeaderTurns {
  #isFirstDone = false;
  /** When a peer was asked that had not been in the middle. */
  #begunAt = Number.NEGATIVE_INFINITY;

  /** Some peer had no more. */
  onDone(): void {
    this.#isFirstDone = true;
  }

  /** Those of `peers` that are to be asked now: they will be. */
  take<Peer extends Askable>(peers: readonly Peer[], now: MonoMs): readonly Peer[] {
    const wanted = peers.filter(isWaiting);
    if (this.#isFirstDone || wanted.length === 0) return wanted;
    const going = wanted.filter(({ isInTheMiddle }) => isInTheMiddle);
    const isSomeoneAtIt = going.length > 0 || peers.some(({ isAsked }) => isAsked);
    if (isSomeoneAtIt && now < this.#begunAt + PATIENCE_MS) return going;
    const others = wanted.filter(({ isInTheMiddle }) => !isInTheMiddle);
    if (others.length === 0) return going;
    this.#begunAt = now;
    return [...going, others.reduce((a, b) => (b.tipWork > a.tipWork ? b : a))];
  }

  /** When one more of `peers` is to be asked, if nothing comes in before. */
  nextTurn(peers: readonly Askable[]): number {
    return peers.some(isWaiting) ? this.#begunAt + PATIENCE_MS : Number.POSITIVE_INFINITY;
  }
}

const isWaiting = ({ isWanted, isAsked }: Askable): boolean => isWanted && !isAsked;
