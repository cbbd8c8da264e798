/** The operator's transactions: answered once all of one command are in the mempool, or refused. */

import { decodeTransaction } from '../../shared/consensus/transaction.js';
import { fail, ok } from '../../shared/result.js';
import type { Intake, Outcome } from '../mempool/intake.js';
import type { Outbox } from '../net/outbox.js';
import type { SubmittedTransaction } from '../types.js';

/** One command, until all of its transactions have an answer. */
interface Submission {
  readonly outcomes: SubmittedTransaction[];
  waiting: number;
}

export class TxSubmissions {
  readonly #intake: Intake;
  readonly #outbox: Outbox;
  readonly #open = new Map<number, Submission>();

  constructor(intake: Intake, outbox: Outbox) {
    this.#intake = intake;
    this.#outbox = outbox;
  }

  onCommand(id: number, transactions: readonly Uint8Array[]): void {
    if (transactions.length > this.#intake.ownRoom) {
      const problem = { code: 'busy', what: 'too many transactions are being checked' } as const;
      this.#outbox.put({ type: 'reply', id, result: fail(problem) });
      return;
    }
    const submission: Submission = { outcomes: [], waiting: 0 };
    for (const [index, bytes] of transactions.entries()) {
      const decoded = decodeTransaction(bytes);
      if (decoded.ok) {
        const { txid, wtxid } = decoded.value;
        submission.outcomes.push({ txid, wtxid, reject: undefined });
        submission.waiting++;
        this.#intake.put(decoded.value, { type: 'command', id, index });
      } else {
        submission.outcomes.push({ txid: undefined, wtxid: undefined, reject: decoded.error });
      }
    }
    this.#open.set(id, submission);
    this.#answer(id, submission);
  }

  onOutcomes(outcomes: readonly Outcome[]): void {
    for (const { tx, origin, reject } of outcomes) {
      if (origin.type !== 'command') continue;
      const submission = this.#open.get(origin.id);
      if (submission === undefined) continue;
      submission.outcomes[origin.index] = { txid: tx.txid, wtxid: tx.wtxid, reject };
      submission.waiting--;
      this.#answer(origin.id, submission);
    }
  }

  #answer(id: number, { outcomes, waiting }: Submission): void {
    if (waiting > 0) return;
    this.#open.delete(id);
    this.#outbox.put({ type: 'reply', id, result: ok({ type: 'transactions', outcomes }) });
  }
}
