/** A payment that is looked at first: planned by the node, shown, agreed to, and sent as it was. */

import { fromHex } from '../shared/bytes.js';
import type { NodeClient } from '../shared/http/client.js';
import type { AnswerOf, RequestOf } from '../shared/http/routes.js';
import { describeWalletProblem } from '../peer/wallet/problem.js';
import { Trouble } from '../shared/io/trouble.js';
import { ask } from './findNode.js';
import { handIn } from './handIn.js';
import type { Output } from './output.js';
import { describePayment } from './paymentView.js';
import { Prompt } from './prompt.js';
import { demandYes, refuseToAskBlind } from './yes.js';

interface Wish {
  readonly client: NodeClient;
  readonly body: RequestOf<'planPayment'>['body'];
  readonly question: string;
  /** By a flag. */
  readonly isAgreed: boolean;
  /** Nothing is shown: the caller prints what comes back. */
  readonly isJson: boolean;
}

/** The payment that was sent. Throws `Trouble`, also where the answer is no. */
export async function payAfterLook(
  { client, body, question, isAgreed, isJson }: Wish,
  output: Output,
): Promise<AnswerOf<'planPayment'>> {
  refuseToAskBlind(isJson, isAgreed);
  const plan = await ask(client, 'planPayment', { body });
  await refuseLocked(client);
  const shown = { ...plan, memo: fromHex(plan.memo) ?? new Uint8Array(0) };
  if (!isJson) output.line(describePayment(shown));
  await demandYes(question, { isAgreed, prompt: new Prompt(), output });
  const { transaction } = plan.payment;
  await handIn(client, { transaction, sign: true }, plan.txid);
  return plan;
}

/** Before anybody agrees to what cannot be signed. Throws `Trouble`. */
async function refuseLocked(client: NodeClient): Promise<void> {
  const { state } = await ask(client, 'wallet', {});
  if (state !== 'locked' && state !== 'keyless') return;
  const code = state === 'locked' ? 'wallet-locked' : 'keys-elsewhere';
  const { message, advice } = describeWalletProblem({ code });
  throw new Trouble(code, message, advice);
}
