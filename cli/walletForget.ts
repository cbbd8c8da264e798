/** `cairn wallet forget TXID`: sends a payment no more, so that its coins can be spent again. */

import { keysOf } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { describeWallet } from './walletStatus.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: ['TXID'],
  run: async ({ settings, options, positionals, output }) => {
    const params = { txid: positionals[0] ?? '' };
    const wallet = await ask(findNode(settings.values), 'forgetPayment', { params, body: {} });
    if (options.json === true) output.json(wallet);
    else {
      output.line(describeWallet(wallet));
      output.line('Others may have that payment all the same, and it may come into the chain.');
    }
    return EXIT.done;
  },
});
