/** What waits for a block, as the API tells it. */

import { describeMempoolReject } from '../../shared/consensus/policyReject.js';
import type {
  MempoolJson,
  SubmittedTransactionsJson,
} from '../../shared/http/transactionSchemas.js';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';
import type { Now } from '../../shared/units.js';
import type { Queries } from '../queries.js';
import type { SubmittedTransaction } from '../types.js';

export const MEMPOOL_COUNT_DEFAULT = 20;

/** The figures of `GET /api/status`. */
export function mempoolStatusOf(queries: Queries, now: Now): StatusJson['mempool'] {
  const { count, bytes, feeRateMin } = queries.mempool(now);
  return { count, bytes, feeRateMin: Math.ceil(feeRateMin) };
}

/** With the last `count` that came. */
export function mempoolOf(queries: Queries, count: number, now: Now): MempoolJson {
  const waiting = count === 0 ? [] : [...queries.waitingOnes()].slice(-count).reverse();
  return {
    ...mempoolStatusOf(queries, now),
    feeRates: queries.feeRates(now).map(({ blocks, rate }) => ({ blocks, rate })),
    transactions: waiting.map(({ tx, bytes, fee, ancestors, descendants, addedAt }) => ({
      txid: tx.txid,
      wtxid: tx.wtxid,
      bytes,
      fee,
      feeRate: Math.round((ancestors.fees * 1_000) / ancestors.bytes),
      ancestors: ancestors.count - 1,
      descendants: descendants.count - 1,
      since: addedAt,
    })),
  };
}

/** What became of each; one that waited already waits. */
export const submittedOf = (
  outcomes: readonly SubmittedTransaction[],
): SubmittedTransactionsJson => ({
  results: outcomes.map(({ txid, wtxid, reject }) => ({
    txid: txid ?? null,
    wtxid: wtxid ?? null,
    waits: reject === undefined || reject.code === 'already-waiting',
    code: reject?.code ?? null,
    message: reject === undefined ? '' : describeMempoolReject(reject),
  })),
});
