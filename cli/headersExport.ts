/** `cairn headers export FILE`: the headers of the active chain, also while its peer runs. */

import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { CHAIN_SETTINGS, exportChain } from './exporting.js';

export const command = defineCommand({
  settings: CHAIN_SETTINGS,
  options: { json: JSON_OPTION },
  positionals: ['FILE'],
  run: async ({ settings, options, positionals, output }) => {
    const [file = ''] = positionals;
    const { writeHeadersFile } = await import('../peer/storage/headersFile.js');
    const { network, headers } = await exportChain(file, settings, (snapshot) => {
      const count = writeHeadersFile(file, snapshot);
      return { network: snapshot.network.params.name, headers: count };
    });
    if (options.json === true) output.json({ file, network, headers });
    else output.line(`Wrote ${String(headers)} headers of ${network} to ${file}.`);
    return EXIT.done;
  },
});
