/**
 * Gives a payment to the node. The same bytes are the same payment, so they can be given twice; but
 * where no answer comes, nobody knows whether it was made, and that is what is said.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { ClientProblem, NodeClient } from '../shared/http/client.js';
import type { AnswerOf, RequestOf } from '../shared/http/routes.js';
import { troubleOf } from './findNode.js';
import { OutcomeUnknown } from './outcomeUnknown.js';

/** So long a node that is being started again is waited for. */
const PATIENCE_MS = 5_000;
const PAUSE_MS = 500;

type Sent = AnswerOf<'sendPayment'>;

/** `txid`: of the payment in `body`. Throws `Trouble`. */
export async function handIn(
  client: NodeClient,
  body: RequestOf<'sendPayment'>['body'],
  txid: string,
): Promise<Sent> {
  const until = performance.now() + PATIENCE_MS;
  let mayBeMade = false;
  for (;;) {
    const answer = await client.call('sendPayment', { body });
    if (answer.ok) return answer.value;
    mayBeMade ||= !isRefused(answer.error);
    if (!mayBeMade) throw troubleOf(answer.error, client.baseUrl);
    // A later refusal says nothing of the first call: the wallet may be locked since.
    if (answer.error.type === 'refused' || performance.now() > until) throw isUnknown(txid);
    await delay(PAUSE_MS);
  }
}

/** Whether the node, or the lack of one, says that nothing was done. */
const isRefused = (problem: ClientProblem): boolean =>
  problem.type === 'refused'
    ? problem.status !== INTERNAL_STATUS
    : problem.type === 'unreachable' && NEVER_CONNECTED.has(problem.detail);

const INTERNAL_STATUS = 500;
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'],
  'UND_ERR_CONNECT_TIMEOUT',
]);

const isUnknown = (txid: string): OutcomeUnknown =>
  new OutcomeUnknown(
    'payment-unknown',
    `The node did not answer: it is not known whether payment ${txid} was made.`,
    `Look: cairn history, or cairn tx show ${txid}; do not pay again before.`,
  );
