/** `cairn balance [ACCOUNT]`: what an account, an address or all accounts hold. */

import { keysOf } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { alignColumns } from './format.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: ['ACCOUNT?'],
  run: async ({ settings, options, positionals, output }) => {
    const [of] = positionals;
    const query = of === undefined ? {} : { of };
    const balance = await ask(findNode(settings.values), 'balance', { query });
    if (options.json === true) output.json(balance);
    else {
      const { confirmed, pending, immature, spendable } = balance;
      const rows = Object.entries({ confirmed, pending, immature, spendable });
      const width = Math.max(...rows.map(([, amount]) => String(amount).length));
      const lines = rows.map(([name, amount]) => [name, String(amount).padStart(width)]);
      for (const line of alignColumns(lines)) output.line(line);
    }
    return EXIT.done;
  },
});
