/** Answers of the API that are no success, and the error body that each becomes. */

import { assertNever } from '../../shared/assert.js';
import { describeReject, type Reject } from '../../shared/consensus/reject.js';
import {
  errorOf,
  HTTP_ERRORS,
  REJECTED_STATUS,
  type ErrorBody,
  type HttpErrorCode,
} from '../../shared/http/errors.js';
import type { Trouble } from '../../shared/io/trouble.js';
import { fail } from '../../shared/result.js';
import type { CommandProblem } from '../types.js';
import { describeWalletProblem, type WalletProblem } from '../wallet/problem.js';

/** A refusal of the API itself, of the chain's rules, of the wallet or of its files. */
export type Refusal =
  | { readonly type: 'http'; readonly code: HttpErrorCode; readonly message: string }
  | { readonly type: 'reject'; readonly reject: Reject }
  | { readonly type: 'wallet'; readonly problem: WalletProblem }
  | { readonly type: 'trouble'; readonly trouble: Trouble };

/** The failed result of a handler. */
export const refuse = (
  code: HttpErrorCode,
  message: string,
): { readonly ok: false; readonly error: Refusal } => fail({ type: 'http', code, message });

/** What the node answered to a command that it did not carry out. */
export function refusalOf(problem: CommandProblem): Refusal {
  switch (problem.code) {
    case 'target-not-fixed':
      return {
        type: 'http',
        code: problem.code,
        message: 'This network’s target moves with its hash rate, so nobody mines on demand.',
      };
    case 'stopping':
      return { type: 'http', code: problem.code, message: STOPPING };
    case 'busy':
      return { type: 'http', code: 'busy', message: `Not now: ${problem.what}.` };
    case 'rejected':
      return { type: 'reject', reject: problem.reject };
    default:
      return assertNever(problem);
  }
}

const STOPPING =
  'The node stopped before this was done. What it had done by then, such as blocks that were ' +
  'mined, stays done.';

/** Status and body of the answer. */
export function answerOf(refusal: Refusal): { readonly status: number; readonly body: ErrorBody } {
  if (refusal.type === 'http') {
    const { status } = HTTP_ERRORS[refusal.code];
    return { status, body: errorOf(refusal.code, refusal.message) };
  }
  if (refusal.type === 'reject') {
    const { reject } = refusal;
    const hint = 'docs/protocol.md explains each rule.';
    const body = { code: reject.code, message: describeReject(reject), hint };
    return { status: REJECTED_STATUS, body };
  }
  if (refusal.type === 'wallet') {
    const { message, advice } = describeWalletProblem(refusal.problem);
    return { status: REJECTED_STATUS, body: { code: refusal.problem.code, message, hint: advice } };
  }
  const { code, message, advice } = refusal.trouble;
  const status = code === 'wrong-passphrase' ? WRONG_PASSPHRASE_STATUS : TROUBLE_STATUS;
  return { status, body: { code, message, hint: advice } };
}

/** Something is to be set right first. */
const TROUBLE_STATUS = 409;
const WRONG_PASSPHRASE_STATUS = 403;
