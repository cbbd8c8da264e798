/** `cairn wallet status`: whether there is a wallet, and whether it is locked. */

import { keysOf } from '../shared/config/settings.js';
import type { WalletJson } from '../shared/http/walletSchemas.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { formatCount, formatDuration } from './format.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const wallet = await ask(findNode(settings.values), 'wallet', {});
    if (options.json === true) output.json(wallet);
    else output.line(describeWallet(wallet));
    return EXIT.done;
  },
});

/** One line for people. */
export function describeWallet({
  state,
  locksAt,
  accounts,
  watched,
  payments,
}: WalletJson): string {
  if (state === 'none') return 'There is no wallet. cairn wallet create makes one.';
  const left = locksAt === null ? undefined : formatDuration(locksAt - Date.now() / 1_000);
  const until = left === undefined ? 'until cairn wallet lock' : `for ${left}`;
  const states = {
    keyless: 'The wallet has no words here: it can look, and not sign',
    locked: 'The wallet is locked',
    unlocked: `The wallet is unlocked ${until}`,
  };
  const counts = [
    formatCount(accounts, 'account'),
    formatCount(watched, 'watched address'),
    `${formatCount(payments, 'payment')} looked after until 100 blocks deep`,
  ];
  return `${states[state]}: ${counts.join(', ')}.`;
}
