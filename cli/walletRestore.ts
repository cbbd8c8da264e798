/** `cairn wallet restore`: the wallet again from its words, with all that was paid to it. */

import { keysOf } from '../shared/config/settings.js';
import type { AccountJson } from '../shared/http/walletSchemas.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { askNewPassphrase, firstLineOf, PASSPHRASE_OPTION } from './passphrase.js';
import { Prompt } from './prompt.js';
import { alignColumns, formatCount } from './format.js';
import { describeWallet } from './walletStatus.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    'words-file': {
      kind: { type: 'path' },
      about: 'file whose first line is the words; without it, you are asked',
    },
    'passphrase-file': PASSPHRASE_OPTION,
  },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const client = findNode(settings.values);
    const prompt = new Prompt();
    const file = options['words-file'];
    const words =
      file === undefined
        ? await prompt.hidden('The words, with blanks between them: ')
        : firstLineOf(file, 'words');
    const passphrase = await askNewPassphrase(options['passphrase-file'], prompt);
    prompt.close();
    const wallet = await ask(client, 'restoreWallet', { body: { words, passphrase } });
    const [{ accounts }, status] = await Promise.all([
      ask(client, 'accounts', {}),
      ask(client, 'status', {}),
    ]);
    const { synced, height, headerHeight } = status;
    if (options.json === true) output.json({ ...wallet, found: accounts, synced, height });
    else {
      output.line(describeWallet(wallet));
      output.line(describeFound(accounts));
      if (!synced) output.line(`\n${moreToCome(height, headerHeight)}`);
    }
    return EXIT.done;
  },
});

function describeFound(accounts: readonly AccountJson[]): string {
  const rows = accounts.map(({ name, addresses, balance }) => [
    ...[name, formatCount(addresses, 'address'), String(balance.confirmed + balance.pending)],
  ]);
  return ['Found:', ...alignColumns(rows)].join('\n');
}

const moreToCome = (height: number, headerHeight: number): string =>
  `The node does not have the whole chain yet: it is at block ${String(height)} of ` +
  `${String(Math.max(height, headerHeight))}.\nMore may be found: it looks again while the ` +
  'wallet is unlocked, and at each cairn wallet unlock.';
