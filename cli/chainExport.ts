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
    const [{ openSnapshot }, { activeBlocks, writeChainFile }, { CHAIN_FILE }] = await Promise.all([
      import('../peer/storage/snapshot.js'),
      import('../peer/storage/chainFile.js'),
      import('../peer/storage/openStore.js'),
    ]);
    const { node, home, 'peer.data': data } = values;
    const folder = findChainFolder({ data, node, home });
    const snapshot = openSnapshot(join(folder, CHAIN_FILE));
    const { count, blocks } = activeBlocks(snapshot);
    const progress = new ProgressLine('Wrote', output);
    for (const written of writeChainFile(file, snapshot.network, blocks)) {
      progress.show(written, count);
    }
    progress.end();
    snapshot.close();
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
