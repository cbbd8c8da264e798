/** `cairn chain export FILE`: writes the active chain into a file, also while its peer runs. */

import { join, resolve } from 'node:path';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { findChainFolder } from './findChain.js';
import { ProgressLine } from './progress.js';

export const command = defineCommand({
  settings: ['config', 'home', 'node', 'peer.data'],
  options: { json: JSON_OPTION },
  positionals: ['FILE'],
  run: async ({ settings: { values }, options, positionals, output }) => {
    const [{ openSnapshot }, { activeBlocks, writeChainFile }, { CHAIN_FILE }] = await Promise.all([
      import('../peer/storage/snapshot.js'),
      import('../peer/storage/chainFile.js'),
      import('../peer/storage/openStore.js'),
    ]);
    const file = resolve(positionals[0] ?? '');
    const { node, home, 'peer.data': data } = values;
    const folder = findChainFolder({ data, node, home });
    const snapshot = openSnapshot(join(folder, CHAIN_FILE));
    try {
      const { network } = snapshot;
      const { count, blocks } = activeBlocks(snapshot);
      const progress = new ProgressLine('Exported', output);
      for (const done of writeChainFile(file, network, blocks)) progress.show(done, count);
      progress.end();
      const { name } = network.params;
      if (options.json === true) output.json({ file, network: name, blocks: count });
      else output.line(`Wrote ${String(count)} blocks of ${name} to ${file}.`);
      return EXIT.done;
    } finally {
      snapshot.close();
    }
  },
});
