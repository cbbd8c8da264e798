/** `cairn account list`: accounts and watched addresses, with what they hold. */

import { keysOf } from '../shared/config/settings.js';
import type { BalanceJson } from '../shared/http/walletSchemas.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { alignColumns } from './format.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const { accounts, watched } = await ask(findNode(settings.values), 'accounts', {});
    if (options.json === true) {
      output.json({ accounts, watched });
      return EXIT.done;
    }
    const head = ['ACCOUNT', 'CONFIRMED', 'PENDING', 'IMMATURE', 'SPENDABLE', 'ADDRESSES'];
    const rows = accounts.map(({ name, balance, addresses }) => [
      ...[name, ...amountsOf(balance), String(addresses)],
    ]);
    for (const line of alignColumns([head, ...rows])) output.line(line);
    if (watched.length === 0) return EXIT.done;
    const watchedRows = watched.map(({ address, label, balance }) => [
      ...[address, ...amountsOf(balance).slice(0, 3), label],
    ]);
    output.line();
    const watchedHead = ['WATCHED', 'CONFIRMED', 'PENDING', 'IMMATURE', 'LABEL'];
    for (const line of alignColumns([watchedHead, ...watchedRows])) output.line(line);
    return EXIT.done;
  },
});

const amountsOf = ({ confirmed, pending, immature, spendable }: BalanceJson): string[] =>
  [confirmed, pending, immature, spendable].map(String);
