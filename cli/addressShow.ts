/** `cairn address show ADDRESS`: balance, coins and history. */

import { keysOf } from '../shared/config/settings.js';
import type { AddressJson, CoinsJson, HistoryJson } from '../shared/http/indexSchemas.js';
import { Trouble } from '../shared/io/trouble.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { alignColumns, formatTime } from './format.js';
import type { Output } from './output.js';

const COUNT_DEFAULT = 10;

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    count: {
      kind: { type: 'integer', min: 1, max: 1_000 },
      about: 'how many coins and transactions to list (10)',
    },
  },
  positionals: ['ADDRESS'],
  run: async ({ settings, options, positionals, output }) => {
    const params = { address: parseAddress(positionals[0] ?? '') };
    const client = findNode(settings.values);
    const query = { count: options.count ?? COUNT_DEFAULT };
    const summary = await ask(client, 'address', { params });

    /** Whether it is one of this network's is for the node to say; throws `Trouble`. */
    function parseAddress(text: string): string {
      if (/^[0-9A-Za-z]{8,90}$/.test(text)) return text;
      const message = `${text} is no address.`;
      throw new Trouble('bad-address', message, 'It is one word of letters and digits: cairn1q….');
    }
    const { coins, next: moreCoins } = await ask(client, 'coins', { params, query });
    const history = await ask(client, 'history', { params, query });
    const { transactions, next: moreHistory } = history;
    if (options.json === true) {
      output.json({ ...summary, coinList: coins, moreCoins, history: transactions, moreHistory });
      return EXIT.done;
    }
    showSummary(summary, output);
    if (coins.length > 0) showCoins(coins, summary.coins, output);
    if (transactions.length > 0) showHistory(transactions, summary.transactions, output);
    return EXIT.done;
  },
});

function showSummary(summary: AddressJson, output: Output): void {
  const { address, confirmed, immature, indexHeight, tipHeight } = summary;
  const behind = tipHeight - indexHeight;
  const late = behind > 0 ? `, ${String(behind)} behind the chain` : '';
  const rows = [
    ['address', address],
    ['confirmed', String(confirmed)],
    ['immature', String(immature)],
    ['at height', `${String(indexHeight)}${late}`],
  ];
  for (const line of alignColumns(rows)) output.line(line);
}

function showCoins(coins: CoinsJson['coins'], count: number, output: Output): void {
  output.line(`\nCoins, oldest first: ${String(coins.length)} of ${String(count)}`);
  const rows = coins.map(({ txid, index, amount, height, isMature }) => [
    String(height),
    String(amount),
    `${txid}:${String(index)}`,
    isMature ? '' : 'immature',
  ]);
  for (const line of alignColumns([['HEIGHT', 'AMOUNT', 'COIN', ''], ...rows])) output.line(line);
}

function showHistory(
  transactions: HistoryJson['transactions'],
  count: number,
  output: Output,
): void {
  const shown = `${String(transactions.length)} of ${String(count)}`;
  output.line(`\nTransactions, newest first: ${shown}`);
  const rows = transactions.map(({ txid, height, time, confirmations, received, spent }) => [
    String(height),
    formatTime(time),
    String(confirmations),
    received >= spent ? `+${String(received - spent)}` : String(received - spent),
    txid,
  ]);
  const head = ['HEIGHT', 'TIME', 'CONFIRMATIONS', 'CHANGE', 'TRANSACTION'];
  for (const line of alignColumns([head, ...rows])) output.line(line);
}
