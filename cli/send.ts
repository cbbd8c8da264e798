/** `cairn send TO AMOUNT`: shows what a payment would be, asks, and sends that very one. */

import { fromHex } from '../shared/bytes.js';
import { keysOf } from '../shared/config/settings.js';
import { parseAmount } from './amount.js';
import { chooseAccount } from './chooseAccount.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { describePayment } from './paymentView.js';
import { PLAN_OPTIONS, planBodyOf } from './planOptions.js';
import { Prompt } from './prompt.js';
import { demandYes, YES_OPTION } from './yes.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION, ...PLAN_OPTIONS, yes: YES_OPTION },
  positionals: ['TO', 'AMOUNT'],
  run: async ({ settings, options, positionals, output }) => {
    const [to = '', text = ''] = positionals;
    const amount = parseAmount(text);
    const client = findNode(settings.values);
    const from = await chooseAccount(client, options.from, '--from ACCOUNT');
    const plan = await ask(client, 'planPayment', {
      body: planBodyOf({ ...options, from, to, amount }),
    });
    const shown = { ...plan, memo: fromHex(plan.memo) ?? new Uint8Array(0) };
    if (options.json !== true) output.line(describePayment(shown));
    await demandYes('Send it?', { isAgreed: options.yes === true, prompt: new Prompt(), output });
    const { transaction } = plan.payment;
    const { txid } = await ask(client, 'sendPayment', { body: { transaction } });
    if (options.json === true) output.json({ ...plan, txid });
    else output.line(`Sent: ${txid}`);
    return EXIT.done;
  },
});
