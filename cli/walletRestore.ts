/** `cairn wallet restore`: the wallet again from its words, with all that was paid to it. */

import { keysOf } from '../shared/config/settings.js';
import type { StatusJson } from '../shared/http/nodeSchemas.js';
import type { AccountJson, WalletJson } from '../shared/http/walletSchemas.js';
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
    const { synced, height } = status;
    if (options.json === true) output.json({ ...wallet, found: accounts, synced, height });
    else output.line(describeRestored({ wallet, accounts, status }));
    return EXIT.done;
  },
});

type Standing = Pick<StatusJson, 'synced' | 'height' | 'headerHeight'>;

interface Restored {
  readonly wallet: WalletJson;
  readonly accounts: readonly AccountJson[];
  /** Of the node. */
  readonly status: Standing;
}

/** What was found, and whether there may be more: lines for people. */
export function describeRestored({ wallet, accounts, status }: Restored): string {
  const found = [describeWallet(wallet), describeFound(accounts)];
  return [...found, ...(status.synced ? [] : ['', moreToCome(status)])].join('\n');
}

function describeFound(accounts: readonly AccountJson[]): string {
  const rows = accounts.map(({ name, addresses, balance }) => [
    ...[name, formatCount(addresses, 'address'), String(balance.confirmed + balance.pending)],
  ]);
  return ['Found:', ...alignColumns(rows)].join('\n');
}

function moreToCome({ height, headerHeight }: Standing): string {
  const standing =
    height < headerHeight
      ? `The node does not have the whole chain yet: it is at block ${String(height)} of ` +
        `${String(headerHeight)}.`
      : `The node is at block ${String(height)}, and does not know yet whether others have more.`;
  return `${standing}\n${LOOKS_AGAIN}`;
}

const LOOKS_AGAIN =
  'More may be found: it looks again while the wallet is unlocked, and at each ' +
  'cairn wallet unlock.';
