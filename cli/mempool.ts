/** `cairn mempool`: what waits for a block, and what to pay to be in one of the next. */

import { keysOf } from '../shared/config/settings.js';
import type { MempoolJson } from '../shared/http/transactionSchemas.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { alignColumns, formatCount } from './format.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    count: {
      kind: { type: 'integer', min: 0, max: 1_000 },
      about: 'with --json: so many transactions, the last that came first (20)',
    },
  },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const { count } = options;
    const query = count === undefined ? {} : { count };
    const mempool = await ask(findNode(settings.values), 'mempool', { query });
    if (options.json === true) output.json(mempool);
    else output.line(describeMempool(mempool));
    return EXIT.done;
  },
});

/** Several lines for people; rates are of smallest units for 1,000 bytes. */
export function describeMempool({ count, bytes, feeRateMin, feeRates }: MempoolJson): string {
  return alignColumns([
    ['waiting', `${formatCount(count, 'transaction')}, ${formatCount(bytes, 'byte')}`],
    ['taken in', `from ${String(feeRateMin)} for 1000 bytes on`],
    ...feeRates.map(({ blocks, rate }) => [
      blocks === 1 ? 'next block' : `${String(blocks)} blocks`,
      `${String(rate)} for 1000 bytes`,
    ]),
  ]).join('\n');
}
