/**
 * What became of transactions that do not wait any more, or were never taken in: for whoever asks
 * where his is. Of the last ten thousand.
 */

import type { MempoolReject } from '../../shared/consensus/policyReject.js';
import type { Txid } from '../../shared/units.js';
import type { Outcome } from './intake.js';
import type { Departure, MempoolChange } from './mempool.js';

const KEPT_MAX = 10_000;

export type Fate =
  | { readonly type: 'gone'; readonly departure: Departure }
  | { readonly type: 'refused'; readonly reject: MempoolReject };

export class Departures {
  readonly #fates = new Map<Txid, Fate>();

  get size(): number {
    return this.#fates.size;
  }

  of(txid: Txid): Fate | undefined {
    return this.#fates.get(txid);
  }

  /** Who came is of no interest here any more; who went is. */
  onChanges(changes: readonly MempoolChange[]): void {
    for (const { entry, departure } of changes) {
      if (departure === undefined) this.#fates.delete(entry.tx.txid);
      else this.#keep(entry.tx.txid, { type: 'gone', departure });
    }
  }

  onOutcomes(outcomes: readonly Outcome[]): void {
    for (const { tx, reject } of outcomes) {
      if (reject === undefined || reject.code === 'already-waiting') continue;
      this.#keep(tx.txid, { type: 'refused', reject });
    }
  }

  #keep(txid: Txid, fate: Fate): void {
    this.#fates.delete(txid);
    this.#fates.set(txid, fate);
    const [oldest] = this.#fates.keys();
    if (this.#fates.size > KEPT_MAX && oldest !== undefined) this.#fates.delete(oldest);
  }
}
