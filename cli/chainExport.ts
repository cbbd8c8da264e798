/** `cairn chain export FILE`: writes the active chain into a file, also while its peer runs. */

import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { CHAIN_SETTINGS, exportChain } from './exporting.js';
import { ProgressLine } from './progress.js';

export const command = defineCommand({
  settings: CHAIN_SETTINGS,
  options: { json: JSON_OPTION },
  positionals: ['FILE'],
  run: async ({ settings, options, positionals, output }) => {
    const [file = ''] = positionals;
    const { activeBlocks, writeChainFile } = await import('../peer/storage/chainFile.js');
    const progress = new ProgressLine('Wrote', output);
    const { network, blocks } = await exportChain(file, settings, (snapshot) => {
      const active = activeBlocks(snapshot);
      for (const written of writeChainFile(file, snapshot.network, active.blocks)) {
        progress.show(written, active.count);
      }
      return { network: snapshot.network.params.name, blocks: active.count };
    }).finally(() => {
      progress.end();
    });
    if (options.json === true) output.json({ file, network, blocks });
    else output.line(`Wrote ${String(blocks)} blocks of ${network} to ${file}.`);
    return EXIT.done;
  },
});
