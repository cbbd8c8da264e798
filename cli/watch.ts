/** `cairn watch ADDRESS [LABEL]`: the balance of an address whose key is elsewhere. */

import { keysOf } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: ['ADDRESS', 'LABEL?'],
  run: async ({ settings, options, positionals, output }) => {
    const [address = '', label = ''] = positionals;
    const watched = await ask(findNode(settings.values), 'watchAddress', {
      body: { address, label },
    });
    if (options.json === true) output.json(watched);
    else
      output.line(`${watched.address} is watched; it holds ${String(watched.balance.confirmed)}.`);
    return EXIT.done;
  },
});
