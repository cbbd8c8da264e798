/** `cairn account create NAME`: another account of the wallet. */

import { keysOf } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: ['NAME'],
  run: async ({ settings, options, positionals, output }) => {
    const body = { name: positionals[0] ?? '' };
    const account = await ask(findNode(settings.values), 'createAccount', { body });
    if (options.json === true) output.json(account);
    else output.line(`Account ${account.name} is there. cairn receive ${account.name} next.`);
    return EXIT.done;
  },
});
