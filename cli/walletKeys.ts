/** `cairn wallet keys`: keys for more addresses, on the computer that has the words. */

import { Trouble } from '../shared/io/trouble.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { formatCount } from './format.js';
import { makeOfflineKeys } from './offlineWallet.js';
import { askPassphrase, PASSPHRASE_OPTION } from './passphrase.js';
import { Prompt } from './prompt.js';

export const command = defineCommand({
  settings: ['config', 'home'],
  options: {
    json: JSON_OPTION,
    'passphrase-file': PASSPHRASE_OPTION,
    offline: { kind: { type: 'path' }, about: 'folder with wallet.vault and wallet.json' },
    genesis: { kind: { type: 'path' }, about: 'the network file' },
  },
  positionals: [],
  run: async ({ options, output }) => {
    const { offline: folder, genesis } = options;
    if (folder === undefined) throw new Trouble('wrong-use', '--offline is missing.', ADVICE);
    const prompt = new Prompt();
    const passphrase = await askPassphrase(options['passphrase-file'], prompt);
    prompt.close();
    const { accounts } = await makeOfflineKeys({ folder, genesis, passphrase });
    if (options.json === true) output.json({ folder, accounts });
    else
      output.line(`${folder} has keys for more addresses of ${formatCount(accounts, 'account')}.`);
    return EXIT.done;
  },
});

const ADVICE =
  'Name the folder with the vault and a copy of the peer’s wallet.json. A peer that has the ' +
  'words makes keys of itself.';
