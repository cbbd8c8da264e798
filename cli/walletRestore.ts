/** `cairn wallet restore`: the wallet again from its words, with all that was paid to it. */

import { keysOf } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { askNewPassphrase, firstLineOf, PASSPHRASE_OPTION } from './passphrase.js';
import { Prompt } from './prompt.js';
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
    if (options.json === true) output.json(wallet);
    else output.line(describeWallet(wallet));
    return EXIT.done;
  },
});
