/**
 * Which network a peer belongs to, and in which folder: decided once, before anything else starts.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { printEndpoint, type Endpoint } from '../shared/config/kinds.js';
import { networkOf, type Network } from '../shared/consensus/genesis.js';
import type { Logger } from '../shared/io/logger.js';
import { readNetworkFile } from '../shared/io/networkFile.js';
import { Trouble } from '../shared/io/trouble.js';
import type { Result } from '../shared/result.js';
import { LIGHT_FILE } from './storage/openLight.js';
import { CHAIN_FILE, isEmptied, pinnedNetwork } from './storage/openStore.js';

export interface NetworkWish {
  /** The data directory that the user named. */
  readonly folder: string | undefined;
  /** Where there is one folder a network, when nobody named one. */
  readonly peersFolder: string;
  /** A name, or the beginning of an id. */
  readonly network: string | undefined;
  readonly genesisFile: string | undefined;
  readonly tracker: Endpoint | undefined;
  /** For a light peer, which has folders of its own. */
  readonly isLight: boolean;
}

export interface NetworkChoice {
  readonly network: Network;
  readonly folder: string;
}

export interface ChoiceDependencies {
  /** The networks that the tracker serves, or a part of a sentence that says what went wrong. */
  readonly ask: (tracker: Endpoint) => Promise<Result<readonly Network[], string>>;
  /** Resolves to true after a while, to false when the program is to stop. */
  readonly pause: () => Promise<boolean>;
  readonly logger: Logger;
}

/**
 * A network file decides; else what the folder is pinned to; else the tracker. A first start waits
 * for its tracker. `undefined`: the program was to stop before anything was known. Throws
 * `Trouble`.
 */
export async function chooseNetwork(
  wish: NetworkWish,
  dependencies: ChoiceDependencies,
): Promise<NetworkChoice | undefined> {
  if (wish.genesisFile !== undefined) {
    const network = networkOf(readNetworkFile(wish.genesisFile));
    if (wish.network !== undefined && !isCalled(network, wish.network)) {
      throw otherFile(network, wish.genesisFile, wish.network);
    }
    return placed(network, wish);
  }
  const { folder } = wish;
  const pinned = folder === undefined ? undefined : pinnedNetwork(mainFile(folder, wish));
  if (pinned !== undefined && folder !== undefined) {
    if (wish.network !== undefined && !isCalled(pinned, wish.network)) {
      throw otherNetwork(pinned, folder, wish.network);
    }
    return { network: pinned, folder };
  }
  return wish.tracker === undefined
    ? chooseKept(wish)
    : chooseFromTracker(wish, wish.tracker, dependencies);
}

/** Whether `wanted` is the name of `network`, or the beginning of its id with 6 digits at least. */
function isCalled({ params, id }: Network, wanted: string): boolean {
  return params.name === wanted || (wanted.length >= 6 && id.startsWith(wanted.toLowerCase()));
}

/** Without a tracker: the only network that was joined before. */
function chooseKept(wish: NetworkWish): NetworkChoice {
  const kept = wish.folder === undefined ? keptNetworks(wish) : [];
  const [first, second] = kept;
  if (first === undefined) {
    throw new Trouble(
      'no-network',
      whyNoNetwork(wish),
      'Name a tracker (--tracker HOST:PORT) or a network file (--genesis FILE).',
    );
  }
  if (second !== undefined)
    throw severalNetworks(
      'This peer knows',
      kept.map(({ network }) => network),
    );
  return first;
}

function whyNoNetwork(wish: NetworkWish): string {
  const { folder, network } = wish;
  const file = folder === undefined ? undefined : mainFile(folder, wish);
  if (file !== undefined && isEmptied(file)) {
    return `The chain in ${file} is empty: nothing says of which network it was.`;
  }
  return network === undefined
    ? 'This peer knows no network yet.'
    : `This peer has never joined network ${network}.`;
}

async function chooseFromTracker(
  wish: NetworkWish,
  tracker: Endpoint,
  { ask, pause, logger }: ChoiceDependencies,
): Promise<NetworkChoice | undefined> {
  for (let isFirst = true; ; isFirst = false) {
    const served = await ask(tracker);
    if (served.ok) return placed(oneOf(served.value, wish, tracker), wish);
    const kept = wish.folder === undefined ? keptNetworks(wish) : [];
    const fields = { tracker: printEndpoint(tracker), why: served.error };
    if (kept.length === 1 && kept[0] !== undefined) {
      logger.warn('no tracker answers; going on with the network joined before', fields);
      return kept[0];
    }
    if (isFirst) logger.warn('no tracker answers; waiting for it', fields);
    if (!(await pause())) return undefined;
  }
}

/** The only network that fits. Never silently one of several. */
function oneOf(served: readonly Network[], wish: NetworkWish, tracker: Endpoint): Network {
  const { network: wanted } = wish;
  const fitting = served.filter((network) => wanted === undefined || isCalled(network, wanted));
  const [first, second] = fitting;
  const where = `The tracker at ${printEndpoint(tracker)}`;
  if (first === undefined) {
    const names = served.map(({ params }) => params.name).join(', ') || 'none';
    const message = `${where} does not serve network ${wanted ?? ''} (it serves: ${names}).`;
    throw new Trouble('no-such-network', message, 'Choose one of these with --network NAME.');
  }
  if (second !== undefined) throw severalNetworks(`${where} serves`, fitting);
  return first;
}

function severalNetworks(who: string, networks: readonly Network[]): Trouble {
  const names = networks.map(({ params, id }) => `${params.name} (${id.slice(0, 8)})`).join(', ');
  const message = `${who} several networks: ${names}.`;
  return new Trouble('several-networks', message, 'Choose one with --network NAME or its id.');
}

function otherNetwork(pinned: Network, folder: string, wanted: string): Trouble {
  return new Trouble(
    'other-network',
    `The data directory ${folder} belongs to network ${pinned.params.name}, not to ${wanted}.`,
    'Leave --network out, or choose another directory with --data.',
  );
}

function otherFile({ params }: Network, file: string, wanted: string): Trouble {
  return new Trouble(
    'other-network',
    `The network of ${file} is network ${params.name}, not ${wanted}.`,
    'Leave --network out, or name another file with --genesis.',
  );
}

function placed(network: Network, wish: NetworkWish): NetworkChoice {
  const ending = wish.isLight ? '-light' : '';
  const own = `${network.params.name}-${network.id.slice(0, 8)}${ending}`;
  return { network, folder: wish.folder ?? join(wish.peersFolder, own) };
}

/** The networks that were joined before and fit the wish, each in its folder. */
function keptNetworks(wish: NetworkWish): NetworkChoice[] {
  const { peersFolder, network: wanted } = wish;
  if (!existsSync(peersFolder)) return [];
  return readdirSync(peersFolder).flatMap((name) => {
    const folder = join(peersFolder, name);
    const network = pinnedNetwork(mainFile(folder, wish));
    const fits = network !== undefined && (wanted === undefined || isCalled(network, wanted));
    return fits ? [{ network, folder }] : [];
  });
}

const mainFile = (folder: string, { isLight }: NetworkWish): string =>
  join(folder, isLight ? LIGHT_FILE : CHAIN_FILE);
