/** `cairn history [ACCOUNT]`: what came and went, newest first. */

import { keysOf } from '../shared/config/settings.js';
import type { HistoryRowJson } from '../shared/http/walletSchemas.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { alignColumns } from './format.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    count: { kind: { type: 'integer', min: 1, max: 1_000 }, about: 'how many (20)' },
  },
  positionals: ['ACCOUNT?'],
  run: async ({ settings, options, positionals, output }) => {
    const [of] = positionals;
    const { count } = options;
    const query = {
      ...(of === undefined ? {} : { of }),
      ...(count === undefined ? {} : { count }),
    };
    const { rows } = await ask(findNode(settings.values), 'walletHistory', { query });
    if (options.json === true) {
      output.json(rows);
      return EXIT.done;
    }
    const head = ['AMOUNT', 'STATE', 'CONFIRMATIONS', 'WHEN', 'TXID'];
    const lines = rows.map((row) => [
      row.amount > 0 ? `+${String(row.amount)}` : String(row.amount),
      row.state,
      String(row.confirmations),
      timeOf(row, output.symbols.none),
      row.txid,
    ]);
    for (const line of alignColumns([head, ...lines])) output.line(line);
    return EXIT.done;
  },
});

/** In the time zone of this computer, to the second. */
function timeOf({ time }: HistoryRowJson, none: string): string {
  return time === null ? none : new Date(time * 1_000).toLocaleString('sv-SE');
}
