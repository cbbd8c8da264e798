/** What a run with money has met: what it never met, it shows nothing about. */

import type { Departure } from '../../peer/mempool/mempool.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { MoneyParty } from './moneyParty.js';

export const MONEY_PATHS = [
  ...(['payment', 'payment with change that waits', 'too little to pay'] as const),
  ...(['coin spent again, and taken', 'coin spent again, and refused'] as const),
  ...(['payment in conflict', 'payment sent again', 'payment confirmed'] as const),
  ...(['payment replaced', 'payment expired', 'payment ousted by a block'] as const),
  ...(['reorganisation', 'block left', 'program killed', 'power lost'] as const),
  'killed before sending',
] as const;
export type MoneyPath = (typeof MONEY_PATHS)[number];

export interface Made {
  readonly payer: MoneyParty;
  readonly tx: DecodedTransaction;
}

/** Payments of late whose course is watched. */
const RECENT_MAX = 50;

export class MoneyPaths {
  readonly #counts = new Map<MoneyPath, number>();
  readonly #recent: Made[] = [];
  readonly #fates = new Set<string>();

  /** The last payments, the newest last. */
  get recent(): readonly Made[] {
    return this.#recent;
  }

  reached(path: MoneyPath): void {
    this.#counts.set(path, this.count(path) + 1);
  }

  count(path: MoneyPath): number {
    return this.#counts.get(path) ?? 0;
  }

  onMade(made: Made): void {
    this.#recent.push(made);
    if (this.#recent.length > RECENT_MAX) this.#recent.shift();
  }

  /** Sees what became of the last payments, and counts it once for each. */
  watch(): void {
    for (const { payer, tx } of this.#recent) {
      const fate = payer.queries.fateOf(tx.txid);
      const path = fate?.type === 'gone' ? FATES[fate.departure] : undefined;
      const mark = `${tx.txid} ${path ?? ''}`;
      if (path === undefined || this.#fates.has(mark)) continue;
      this.#fates.add(mark);
      this.reached(path);
    }
  }
}

const FATES: Partial<Record<Departure, MoneyPath>> = {
  confirmed: 'payment confirmed',
  conflict: 'payment ousted by a block',
  replaced: 'payment replaced',
  expired: 'payment expired',
};
