/** `cairn wallet backup`: the words, to be written down. */

import { keysOf } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { askPassphraseAlone, PASSPHRASE_OPTION } from './passphrase.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: { json: JSON_OPTION, 'passphrase-file': PASSPHRASE_OPTION },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const client = findNode(settings.values);
    const passphrase = await askPassphraseAlone(options['passphrase-file']);
    const { words } = await ask(client, 'walletWords', { body: { passphrase } });
    if (options.json === true) output.json({ words });
    else output.line(words);
    return EXIT.done;
  },
});
