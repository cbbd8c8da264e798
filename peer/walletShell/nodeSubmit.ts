/** How a wallet gives its payments to the node, and what it lets them pay. */

import { describeMempoolReject } from '../../shared/consensus/policyReject.js';
import type { Result } from '../../shared/result.js';
import type { Now } from '../../shared/units.js';
import type { Queries } from '../queries.js';
import type { Command, CommandProblem, Reply } from '../types.js';
import type { Submit } from './payer.js';

type Run = (command: Command) => Promise<Result<Reply, CommandProblem>>;

/** One that waits already is as good as taken; whether a block holds it, the ledger says. */
export function submitTo(command: Run): Submit {
  return async (transaction) => {
    const reply = await command({ type: 'submit-transactions', transactions: [transaction] });
    if (!reply.ok) return `The node cannot take it now (${reply.error.code}).`;
    const reject =
      reply.value.type === 'transactions' ? reply.value.outcomes[0]?.reject : undefined;
    if (reject === undefined || reject.code === 'already-waiting') return undefined;
    return describeMempoolReject(reject);
  };
}

/** What a payment should pay, where nobody says it, to be in one of the next blocks. */
export function feeRateOf(queries: Queries, now: Now): number {
  const rates = queries.feeRates(now);
  const { rate } = rates.find(({ blocks }) => blocks >= WAITED_BLOCKS) ?? { rate: 0 };
  return Math.ceil(Math.max(rate, queries.mempool(now).feeRateMin));
}

const WAITED_BLOCKS = 2;
