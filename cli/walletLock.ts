/** `cairn wallet lock`: the wallet signs nothing more. */

import { keysOf } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { describeWallet } from './walletStatus.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const wallet = await ask(findNode(settings.values), 'lockWallet', { body: {} });
    if (options.json === true) output.json(wallet);
    else output.line(describeWallet(wallet));
    return EXIT.done;
  },
});
