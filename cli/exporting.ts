/** What the commands have in common that write what they find in a chain into a file. */

import { join } from 'node:path';
import type { ChainSnapshot } from '../peer/storage/snapshot.js';
import type { Resolved } from '../shared/config/resolve.js';
import { findChainFolder } from './findChain.js';
import { refuseToReplace } from './newFile.js';

/** By which a chain is found. */
export const CHAIN_SETTINGS = ['config', 'home', 'node', 'peer.data'] as const;

type ChainSettings = Resolved<(typeof CHAIN_SETTINGS)[number]>;

/**
 * What `write` makes of the chain of `settings`, also while its peer runs. `file`, which it is to
 * write, must not be there. Throws `Trouble`.
 */
export async function exportChain<T>(
  file: string,
  { values }: ChainSettings,
  write: (snapshot: ChainSnapshot) => T,
): Promise<T> {
  refuseToReplace(file, 'another');
  const [{ openSnapshot }, { chainTrouble }, { CHAIN_FILE }] = await Promise.all([
    import('../peer/storage/snapshot.js'),
    import('../peer/storage/chainTrouble.js'),
    import('../peer/storage/openStore.js'),
  ]);
  const { node, home, 'peer.data': data } = values;
  const database = join(findChainFolder({ data, node, home }), CHAIN_FILE);
  const snapshot = openSnapshot(database);
  try {
    return write(snapshot);
  } catch (error) {
    throw chainTrouble(error, database);
  } finally {
    snapshot.close();
  }
}
