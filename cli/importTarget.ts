/**
 * Where imported blocks go: through the API of a running peer, or into a data directory that nobody
 * uses.
 */

import { join } from 'node:path';
import type { ImportProgress } from '../peer/storage/importChain.js';
import { toHex } from '../shared/bytes.js';
import type { Network } from '../shared/consensus/genesis.js';
import type { NodeClient } from '../shared/http/client.js';
import { Trouble } from '../shared/io/trouble.js';
import { ask, findNode, runningPeers } from './findNode.js';
import type { ChainWish } from './findChain.js';
import { homeAt } from './home.js';

type Import =
  | AsyncGenerator<ImportProgress, string | undefined>
  | Generator<ImportProgress, string | undefined>;

export interface ImportTarget {
  /** For people: a URL or a folder. */
  readonly name: string;
  /** Imports blocks; ends with a sentence when one is refused. */
  readonly run: (blocks: Iterable<Uint8Array>) => Import;
  readonly close: () => void;
}

/** A named node or directory, else a running peer of the network, else the network's own folder. */
export async function chooseImportTarget(network: Network, wish: ChainWish): Promise<ImportTarget> {
  const { data, node, home } = wish;
  if (node !== undefined) return toNode(findNode({ node, home }), network);
  if (data !== undefined) return toFolder(data, network, home);
  for (const { httpUrl } of runningPeers(home)) {
    const client = findNode({ node: httpUrl, home });
    const status = await client.call('status', {});
    if (!status.ok || status.value.light) continue;
    if (status.value.networkId === network.id) return toNode(client, network);
  }
  const own = `${network.params.name}-${network.id.slice(0, 8)}`;
  return toFolder(join(homeAt(home).peers, own), network, home);
}

async function toNode(client: NodeClient, network: Network): Promise<ImportTarget> {
  const { networkId, network: name } = await ask(client, 'status', {});
  if (networkId !== network.id) {
    const message = `The file is of network ${network.params.name}, the node of ${name}.`;
    throw new Trouble('other-network', message, 'Choose another node with --node.');
  }
  return {
    name: client.baseUrl,
    run: (blocks) => submitAll(client, blocks),
    close: () => undefined,
  };
}

async function* submitAll(
  client: NodeClient,
  blocks: Iterable<Uint8Array>,
): AsyncGenerator<ImportProgress, string | undefined> {
  let [readCount, newCount] = [0, 0];
  for (const bytes of blocks) {
    readCount += 1;
    const answer = await client.call('submitBlock', { body: { hex: toHex(bytes) } });
    if (!answer.ok && answer.error.type === 'refused') {
      return `Block ${String(readCount)} of the file is refused: ${answer.error.error.message}`;
    }
    if (!answer.ok) return `The node at ${client.baseUrl} does not answer any more.`;
    if (answer.value.isNew) newCount += 1;
    yield { readCount, newCount };
  }
  return undefined;
}

/** The lock keeps a peer from starting meanwhile; where one holds it, that one gets the blocks. */
async function toFolder(
  folder: string,
  network: Network,
  home: string | undefined,
): Promise<ImportTarget> {
  const [{ DataDirectory }, { lockHolder }] = await Promise.all([
    import('../shared/io/dataDirectory.js'),
    import('../shared/io/directoryLock.js'),
  ]);
  const holder = lockHolder(folder)?.address;
  if (holder !== undefined) return toNode(findNode({ node: holder, home }), network);
  const directory = new DataDirectory(folder, undefined, 'peer');
  try {
    const opened = await openChain(join(folder, await chainFileName()), network);
    return {
      name: folder,
      run: opened.run,
      close: () => {
        opened.close();
        directory.close();
      },
    };
  } catch (error) {
    directory.close();
    throw error;
  }
}

const chainFileName = async (): Promise<string> =>
  (await import('../peer/storage/openStore.js')).CHAIN_FILE;

async function openChain(
  path: string,
  network: Network,
): Promise<Pick<ImportTarget, 'run' | 'close'>> {
  const [{ openStore }, { Chain }, { importBlocks }, { systemClock }] = await Promise.all([
    import('../peer/storage/openStore.js'),
    import('../peer/chain/chain.js'),
    import('../peer/storage/importChain.js'),
    import('../shared/io/clock.js'),
  ]);
  const { store } = openStore(path, network);
  const chain = store.atomically(() => new Chain(network, store));
  function* run(blocks: Iterable<Uint8Array>): Generator<ImportProgress, string | undefined> {
    const result = yield* importBlocks({ chain, store, now: systemClock().unix }, blocks);
    return result.ok ? undefined : result.error;
  }
  return {
    run,
    close: () => {
      store.close();
    },
  };
}
