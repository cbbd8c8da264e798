/** `cairn receive [ACCOUNT]`: a fresh address to be paid to. */

import { keysOf } from '../shared/config/settings.js';
import { chooseAccount } from './chooseAccount.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: ['ACCOUNT?'],
  run: async ({ settings, options, positionals, output }) => {
    const client = findNode(settings.values);
    const account = await chooseAccount(client, positionals[0], 'cairn receive ACCOUNT');
    const given = await ask(client, 'giveAddress', { body: { account } });
    if (options.json === true) output.json(given);
    else output.line(given.address);
    return EXIT.done;
  },
});
