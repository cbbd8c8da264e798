/** `cairn chain export FILE`: writes the active chain into a file, also while its peer runs. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Trouble } from '../shared/io/trouble.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { findChainFolder } from './findChain.js';
import { ProgressLine } from './progress.js';

export const command = defineCommand({
  settings: ['config', 'home', 'node', 'peer.data'],
  options: { json: JSON_OPTION },
  positionals: ['FILE'],
  run: async ({ settings: { values }, options, positionals, output }) => {
    const [file = ''] = positionals;
    refuseToReplace(file);
    const [{ openSnapshot }, { activeBlocks, writeChainFile }, { chainTrouble }, { CHAIN_FILE }] =
      await Promise.all([
        import('../peer/storage/snapshot.js'),
        import('../peer/storage/chainFile.js'),
        import('../peer/storage/chainTrouble.js'),
        import('../peer/storage/openStore.js'),
      ]);
    const { node, home, 'peer.data': data } = values;
    const database = join(findChainFolder({ data, node, home }), CHAIN_FILE);
    const snapshot = openSnapshot(database);
    const progress = new ProgressLine('Wrote', output);
    let count: number;
    try {
      const active = activeBlocks(snapshot);
      count = active.count;
      for (const written of writeChainFile(file, snapshot.network, active.blocks)) {
        progress.show(written, count);
      }
    } catch (error) {
      throw chainTrouble(error, database);
    } finally {
      progress.end();
      snapshot.close();
    }
    const network = snapshot.network.params.name;
    if (options.json === true) output.json({ file, network, blocks: count });
    else output.line(`Wrote ${String(count)} blocks of ${network} to ${file}.`);
    return EXIT.done;
  },
});

function refuseToReplace(path: string): void {
  if (!existsSync(path)) return;
  const advice = 'Move it away, or name another.';
  throw new Trouble('file-exists', `The file ${path} exists.`, advice);
}
