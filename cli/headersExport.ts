/** `cairn headers export FILE`: the headers of the active chain, also while its peer runs. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Trouble } from '../shared/io/trouble.js';
import { defineCommand, JSON_OPTION } from './command.js';
import { EXIT } from './exitCodes.js';
import { findChainFolder } from './findChain.js';

export const command = defineCommand({
  settings: ['config', 'home', 'node', 'peer.data'],
  options: { json: JSON_OPTION },
  positionals: ['FILE'],
  run: async ({ settings: { values }, options, positionals, output }) => {
    const [file = ''] = positionals;
    if (existsSync(file)) {
      const advice = 'Move it away, or name another.';
      throw new Trouble('file-exists', `The file ${file} exists.`, advice);
    }
    const [{ openSnapshot }, { writeHeadersFile }, { chainTrouble }, { CHAIN_FILE }] =
      await Promise.all([
        import('../peer/storage/snapshot.js'),
        import('../peer/storage/headersFile.js'),
        import('../peer/storage/chainTrouble.js'),
        import('../peer/storage/openStore.js'),
      ]);
    const { node, home, 'peer.data': data } = values;
    const database = join(findChainFolder({ data, node, home }), CHAIN_FILE);
    const snapshot = openSnapshot(database);
    const { name } = snapshot.network.params;
    let headers: number;
    try {
      headers = writeHeadersFile(file, snapshot);
    } catch (error) {
      throw chainTrouble(error, database);
    } finally {
      snapshot.close();
    }
    if (options.json === true) output.json({ file, network: name, headers });
    else output.line(`Wrote ${String(headers)} headers of ${name} to ${file}.`);
    return EXIT.done;
  },
});
