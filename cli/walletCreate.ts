/** `cairn wallet create`: new words, a passphrase that seals them, a first account. */

import { keysOf } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { askNewPassphrase, PASSPHRASE_OPTION } from './passphrase.js';
import { Prompt } from './prompt.js';
import { makeOfflineWallet } from './offlineWallet.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    'passphrase-file': PASSPHRASE_OPTION,
    offline: {
      kind: { type: 'path' },
      about: 'folder for a wallet on a computer without a node; needs --genesis',
    },
    genesis: { kind: { type: 'path' }, about: 'with --offline: the network file' },
  },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const prompt = new Prompt();
    const { offline, genesis } = options;
    const client = offline === undefined ? findNode(settings.values) : undefined;
    const passphrase = await askNewPassphrase(options['passphrase-file'], prompt);
    prompt.close();
    const words =
      client === undefined
        ? await makeOfflineWallet({ folder: offline ?? '', genesis, passphrase })
        : (await ask(client, 'createWallet', { body: { passphrase } })).words;
    if (options.json === true) output.json({ words });
    else {
      output.line(words);
      output.line(`\n${ADVICE}${offline === undefined ? OPEN : OFFLINE}`);
    }
    return EXIT.done;
  },
});

const ADVICE =
  'Write these words down, in this order, and keep them where nobody else sees them: they are ' +
  'the wallet.\nWho has them has the coins; without them the coins are lost once this wallet ' +
  'or its passphrase is.\n';

const OPEN =
  'The wallet is open for ten minutes: cairn wallet lock closes it.\n' +
  'Coins that this peer mines go to it from its next start on.\n' +
  'Next: cairn receive prints an address.';
const OFFLINE = 'Next: carry wallet.json, and not the vault, to the peer.';
