/** `cairn wallet unlock`: lets the wallet sign for a while. */

import { keysOf } from '../shared/config/settings.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { ask, findNode } from './findNode.js';
import { askPassphraseAlone, PASSPHRASE_OPTION } from './passphrase.js';
import { describeWallet } from './walletStatus.js';

export const command = defineCommand({
  settings: keysOf(''),
  options: {
    json: JSON_OPTION,
    'passphrase-file': PASSPHRASE_OPTION,
    minutes: {
      kind: { type: 'integer', min: 0, max: 10_080 },
      about: 'how long (10); 0: until cairn wallet lock',
    },
  },
  positionals: [],
  run: async ({ settings, options, output }) => {
    const client = findNode(settings.values);
    const passphrase = await askPassphraseAlone(options['passphrase-file']);
    const { minutes } = options;
    const body = minutes === undefined ? { passphrase } : { passphrase, minutes };
    const wallet = await ask(client, 'unlockWallet', { body });
    if (options.json === true) output.json(wallet);
    else output.line(describeWallet(wallet));
    return EXIT.done;
  },
});
