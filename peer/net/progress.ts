/**
 * How far this node is: has it heard of others, is it behind, is it synced.
 *
 * - *Found*: some peer told us all that it has; or there is nobody to ask: every tracker has
 *   answered or is lost, and no dial or handshake is under way; or ten seconds have passed. It
 * stays true:
 *   the first node of a network must be able to mine, and a node that loses its peers goes on.
 * - *Behind*: more than one block is missing to the best header, and blocks are coming. When none
 *   has come for a minute (somebody withholds what he announced), it is not worth waiting for.
 */

import { assertDefined } from '../../shared/assert.js';
import { targetOf, workOf } from '../../shared/consensus/work.js';
import type { MonoMs } from '../../shared/units.js';
import type { Chain } from '../chain/chain.js';

/** What the parts of the net know at the moment. */
export interface Surroundings {
  /** A peer has told us all that it has. */
  readonly isAnswered: boolean;
  /** A tracker, a dial or a handshake may still bring somebody. */
  readonly isLooking: boolean;
  readonly peerCount: number;
  readonly lastBlockAt: MonoMs | undefined;
}

const PATIENCE_MS = 10_000;
const WITHHELD_AFTER_MS = 60_000;

export class Progress {
  readonly #chain: Chain;
  #startedAt: MonoMs | undefined;
  #isFound = false;
  /** Since when blocks have been missing. */
  #behindSince: MonoMs | undefined;
  #isBehind = false;

  constructor(chain: Chain) {
    this.#chain = chain;
  }

  /** Whether it has all blocks that it has heard of, and has looked around before. */
  get isSynced(): boolean {
    return this.#isFound && this.#behindSince === undefined;
  }

  /** Whether a better chain is coming, so that mining on the tip would be a waste. */
  get isBehind(): boolean {
    return !this.#isFound || this.#isBehind;
  }

  /** The operator wants to go on with what there is. */
  onCommand(): void {
    this.#isFound = true;
  }

  /** Called in each step; looks around only where that matters. */
  settle(look: () => Surroundings, now: MonoMs): void {
    this.#startedAt ??= now;
    if (!this.#isFound) {
      const { isAnswered, isLooking, peerCount } = look();
      const isLate = now >= this.#startedAt + PATIENCE_MS;
      this.#isFound = isAnswered || isLate || (!isLooking && peerCount === 0);
    }
    this.#behindSince = this.#areBlocksMissing() ? (this.#behindSince ?? now) : undefined;
    this.#isBehind = false;
    if (this.#behindSince === undefined) return;
    const lastSign = Math.max(look().lastBlockAt ?? 0, this.#behindSince);
    this.#isBehind = now < lastSign + WITHHELD_AFTER_MS;
  }

  nextWake(): MonoMs | undefined {
    if (this.#isFound || this.#startedAt === undefined) return undefined;
    return (this.#startedAt + PATIENCE_MS) as MonoMs;
  }

  /** One missing block is on its way, as a rule; two or more are work to do. */
  #areBlocksMissing(): boolean {
    const { tip, bestHeader } = this.#chain;
    if (bestHeader === tip) return false;
    const target = assertDefined(targetOf(bestHeader.bits), 'bits of an entry have a target');
    return bestHeader.chainWork - tip.chainWork > workOf(target);
  }
}
