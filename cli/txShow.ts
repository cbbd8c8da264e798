/** `cairn tx show TXID`: a transaction, and the block that holds it. */

import { fromHex } from '../shared/bytes.js';
import { keysOf } from '../shared/config/settings.js';
import type { IndexedTransactionJson } from '../shared/http/indexSchemas.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { alignColumns, formatTime } from './format.js';
import { describeMemo } from './memo.js';
import { parseTxid } from './txid.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: ['TXID'],
  run: async ({ settings, options, positionals, output }) => {
    const txid = parseTxid(positionals[0] ?? '');
    const tx = await ask(findNode(settings.values), 'transaction', { params: { txid }, query: {} });
    if (options.json === true) output.json(tx);
    else output.line(describeTransaction(tx));
    return EXIT.done;
  },
});

function describeTransaction(tx: IndexedTransactionJson): string {
  const { inputs = [], outputs = [], memo = '' } = tx;
  const memoText = describeMemo(fromHex(memo) ?? new Uint8Array(0));
  const rows = [
    ['transaction', tx.txid],
    ['block', `${tx.blockHash}, height ${String(tx.height)}`],
    ['time', formatTime(tx.time)],
    ['confirmations', String(tx.confirmations)],
    ['size', `${String(tx.sizeBytes)} bytes`],
    ...(memoText === undefined ? [] : [['memo', memoText]]),
    ...inputs.map(({ txid, index, amount }) => [
      'spends',
      `${String(amount)} of ${txid}:${String(index)}`,
    ]),
    ...outputs.map(({ amount, address }) => ['pays', `${String(amount)} to ${address}`]),
    ...(inputs.length === 0 ? [] : [['fee', String(totalOf(inputs) - totalOf(outputs))]]),
  ];
  return alignColumns(rows).join('\n');
}

const totalOf = (items: readonly { readonly amount: number }[]): number =>
  items.reduce((sum, { amount }) => sum + amount, 0);
