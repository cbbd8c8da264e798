/** Our policy for a newcomer that replaces others, or that makes a chain longer. */

import type { PolicyReject } from '../../shared/consensus/policyReject.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import { closure, rateOf, totalsOf, type MempoolEntry } from './entry.js';
import { RATE_STEP } from './feeFloor.js';
import type { Pool } from './pool.js';

/** Ancestors and descendants of each, itself included. */
export const CHAIN_MAX = 25;
/** What one transaction may put out. */
export const REPLACED_MAX = 100;

export interface Replacement {
  /** Those that spend the same coins. */
  readonly conflicts: ReadonlySet<MempoolEntry>;
  /** They, and all that needs them. */
  readonly replaced: ReadonlySet<MempoolEntry>;
}

/** Why `tx`, which pays `fee`, may not replace others; `undefined`: it may, or there are none. */
export function replacementProblem(
  pool: Pool,
  { tx, fee }: { readonly tx: DecodedTransaction; readonly fee: number },
  { conflicts, replaced }: Replacement,
): PolicyReject | undefined {
  if (conflicts.size === 0) return undefined;
  if (replaced.size > REPLACED_MAX) return { code: 'replaces-too-many', count: replaced.size };
  for (const parent of closure(pool.parentsOf(tx), 'parents')) {
    if (replaced.has(parent)) {
      return { code: 'spends-what-it-replaces', txid: parent.tx.txid };
    }
  }
  const bytes = tx.bytes.length;
  const rates = [...conflicts].map((entry) => rateOf(entry.alone));
  const needed = Math.max(
    totalsOf(replaced).fees + Math.ceil((RATE_STEP * bytes) / 1_000),
    Math.floor((Math.max(...rates) * bytes) / 1_000) + 1,
  );
  if (fee >= needed) return undefined;
  return {
    code: 'conflict',
    others: [...conflicts].map((one) => one.tx.txid),
    needed,
    found: fee,
  };
}

/** Whether `tx` makes a chain that is too long, once `replaced` are gone. */
export function chainProblem(
  pool: Pool,
  tx: DecodedTransaction,
  replaced: ReadonlySet<MempoolEntry>,
): PolicyReject | undefined {
  const ancestors = closure(pool.parentsOf(tx), 'parents');
  let count = ancestors.size + 1;
  for (const ancestor of ancestors) {
    if (count > CHAIN_MAX) break;
    const below = [...closure([ancestor], 'children')].filter((one) => !replaced.has(one));
    count = Math.max(count, below.length + 1);
  }
  return count > CHAIN_MAX ? { code: 'chain-too-long', count } : undefined;
}
