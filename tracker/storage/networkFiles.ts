/**
 * The networks that the tracker serves: the files of the folder `networks` in its data directory,
 * and those that the command line names. They are what `cairn genesis` writes.
 */

import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { type Network, networkOf } from '../../shared/consensus/genesis.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import { printParamsJson } from '../../shared/consensus/paramsJson.js';
import { writeFileAtomically } from '../../shared/io/atomicFile.js';
import { diskTrouble } from '../../shared/io/diskTrouble.js';
import { readNetworkFile } from '../../shared/io/networkFile.js';
import { Trouble } from '../../shared/io/trouble.js';
import { NETWORKS_MAX } from '../../shared/wire/trackerMessages.js';

/** The networks of all files of `folder` and of `files`, each once. Throws `Trouble`. */
export function loadNetworks(folder: string, files: readonly string[]): Network[] {
  const networks = new Map<string, Network>();
  for (const path of [...filesOf(folder), ...files]) {
    const network = networkOf(readNetworkFile(path));
    networks.set(network.id, network);
  }
  if (networks.size <= NETWORKS_MAX) return [...networks.values()];
  throw new Trouble(
    'too-many-networks',
    `There are ${String(networks.size)} networks; a tracker takes at most ${String(NETWORKS_MAX)}.`,
    `Remove files from ${folder}, or name fewer with --genesis.`,
  );
}

/**
 * Keeps the network of `params` in `folder`, so that every later start serves it. Throws `Trouble`.
 */
export function keepNetwork(folder: string, params: NetworkParams): Network {
  const network = networkOf(params);
  const path = join(folder, `${params.name}-${network.id.slice(0, 8)}.json`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileAtomically(path, printParamsJson(params), 0o644);
  } catch (error) {
    throw diskTrouble(error, path);
  }
  return network;
}

function filesOf(folder: string): string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.sort().map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw diskTrouble(error, folder);
  }
}
