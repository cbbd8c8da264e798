/** `cairn send TO AMOUNT`: shows what a payment would be, asks, and sends that very one. */

import { keysOf } from '../shared/config/settings.js';
import { parseAmount } from './amount.js';
import { chooseAccount } from './chooseAccount.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { findNode } from './findNode.js';
import { payAfterLook } from './paying.js';
import { PLAN_OPTIONS, planBodyOf } from './planOptions.js';
import { YES_OPTION } from './yes.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION, ...PLAN_OPTIONS, yes: YES_OPTION },
  positionals: ['TO', 'AMOUNT'],
  run: async ({ settings, options, positionals, output }) => {
    const [to = '', text = ''] = positionals;
    const amount = parseAmount(text);
    const client = findNode(settings.values);
    const from = await chooseAccount(client, options.from, '--from ACCOUNT');
    const body = planBodyOf({ ...options, from, to, amount });
    const asking = { question: 'Send it?', isAgreed: options.yes === true };
    const isJson = options.json === true;
    const sent = await payAfterLook({ client, body, isJson, ...asking }, output);
    if (isJson) output.json(sent);
    else output.line(`Sent: ${sent.txid}`);
    return EXIT.done;
  },
});
