/**
 * Which network a folder holds: what its network file says, else what its peers have stored, else a
 * new one.
 */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CHAIN_FILE, pinnedNetwork } from '../../peer/storage/openStore.js';
import {
  makeDemoAccounts,
  makePassphrase,
  type DemoWallets,
} from '../../peer/wallet/demoWallets.js';
import { networkOf, type Network } from '../../shared/consensus/genesis.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import { printParamsJson } from '../../shared/consensus/paramsJson.js';
import { writeFileAtomically } from '../../shared/io/atomicFile.js';
import { readNetworkFile } from '../../shared/io/networkFile.js';
import { systemEntropy } from '../../shared/io/systemEntropy.js';
import { Trouble } from '../../shared/io/trouble.js';
import { demoFile, readDemoWallets, writeDemoWallets } from './demoFile.js';
import { makeNetwork } from './localNetwork.js';
import { peerName } from './names.js';
import type { NetworkOptions } from './networkPlan.js';

export const NETWORK_FILE = 'network.json';

export interface FolderNetwork {
  readonly network: Network;
  /** A sentence for the user: where it comes from. */
  readonly origin: string;
  /** Whether peers have run on it, and so may know each other. */
  readonly hasRun: boolean;
  /** `undefined`: it was made without them. */
  readonly demo: DemoWallets | undefined;
}

/** The network of `folder`; its network file is there afterwards. Throws `Trouble`. */
export async function openNetwork(folder: string, options: NetworkOptions): Promise<FolderNetwork> {
  const path = join(folder, NETWORK_FILE);
  const chains = chainsIn(folder);
  const isMissing = !existsSync(path);
  const known = isMissing ? networkOfChains(path, chains) : networkInFile(path, chains);
  if (known === undefined) {
    const { network, demo } = await make(folder, options);
    const origin = `Made network ${network.params.name} in ${folder}.`;
    return { network, origin, hasRun: false, demo };
  }
  refuseOtherTemplate(known.params, options);
  if (isMissing) writeFileAtomically(path, printParamsJson(known.params));
  const restored = isMissing ? ` Its ${NETWORK_FILE} was missing; made again from the chains.` : '';
  return {
    network: known,
    origin: `Going on with network ${known.params.name} in ${folder}.${restored}`,
    hasRun: chains.networks.length > 0,
    demo: readDemoWallets(demoFile(folder), known.id),
  };
}

/** The wallets first: a network without them would pay nobody. */
async function make(folder: string, options: NetworkOptions) {
  const names = Array.from({ length: options.peers }, (_, i) => peerName(i));
  const accounts = makeDemoAccounts(names, systemEntropy);
  const params = await makeNetwork({ ...options, accounts });
  const network = networkOf(params);
  const passphrase = makePassphrase(systemEntropy);
  const demo = { networkId: network.id, passphrase, accounts };
  writeDemoWallets(demoFile(folder), demo);
  writeFileAtomically(join(folder, NETWORK_FILE), printParamsJson(params));
  return { network, demo };
}

/** What the peers in a folder have stored. */
interface Chains {
  /** The networks that their chains belong to, each once. */
  readonly networks: readonly Network[];
  /** Some chain does not tell its network: it is damaged. */
  readonly isOneUnreadable: boolean;
}

function chainsIn(folder: string): Chains {
  const networks = new Map<string, Network>();
  let isOneUnreadable = false;
  for (const name of readdirSync(folder)) {
    try {
      const network = pinnedNetwork(join(folder, name, CHAIN_FILE));
      if (network !== undefined) networks.set(network.id, network);
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      isOneUnreadable = true;
    }
  }
  return { networks: [...networks.values()], isOneUnreadable };
}

/** What the file at `path` says, unless all chains beside it are of other networks. */
function networkInFile(path: string, chains: Chains): Network {
  const inFile = networkOf(readParams(path, chains));
  const { networks } = chains;
  if (networks.length === 0 || networks.some(({ id }) => id === inFile.id)) return inFile;
  const theirs = networks.map(describe).join(', ');
  throw new Trouble(
    'other-network',
    `${path} is of network ${describe(inFile)}, but the chains beside it are of ${theirs}.`,
    adviceFor(chains),
  );
}

/** Like `readNetworkFile`, with what to do where there are chains. */
function readParams(path: string, chains: Chains): NetworkParams {
  try {
    return readNetworkFile(path);
  } catch (error) {
    if (!(error instanceof Trouble)) throw error;
    throw new Trouble(error.code, error.message, adviceFor(chains), error);
  }
}

const adviceFor = ({ networks }: Chains): string =>
  networks.length === 1
    ? 'Move the file away, and the next start makes it again from the chains; ' +
      'or begin anew with --fresh.'
    : 'Put the right file there, or begin anew with --fresh.';

/** The network of the chains, without its file; `undefined` where nothing ever ran. */
function networkOfChains(path: string, { networks, isOneUnreadable }: Chains): Network | undefined {
  const [first, second] = networks;
  if (first !== undefined && second === undefined) return first;
  if (first === undefined && !isOneUnreadable) return undefined;
  const why =
    first === undefined
      ? 'no chain beside it can be read'
      : `the chains beside it are of several networks: ${networks.map(describe).join(', ')}`;
  throw new Trouble(
    'no-network-file',
    `${path} is missing, and ${why}.`,
    'Put the file back, or begin anew with --fresh.',
  );
}

const describe = ({ params, id }: Network): string => `${params.name} (${id.slice(0, 8)})`;

function refuseOtherTemplate({ name, fixedTarget }: NetworkParams, options: NetworkOptions): void {
  const { template, isTemplateChosen } = options;
  const found = fixedTarget ? 'dev' : 'lan';
  if (!isTemplateChosen || template === found) return;
  throw new Trouble(
    'other-template',
    `Network ${name} was made from template ${found}, not ${template}.`,
    'Leave --template out to go on with it, or begin anew with --fresh.',
  );
}
