/** Puts a peer together: its network and folder, chain, node, API. */

import { publicKeyOf } from '#crypto';
import { toHex, utf8 } from '../shared/bytes.js';
import { printEndpoint, type Endpoint } from '../shared/config/kinds.js';
import { addressOf, decodeAddress, encodeAddress } from '../shared/consensus/address.js';
import type { Network } from '../shared/consensus/genesis.js';
import { systemClock } from '../shared/io/clock.js';
import { DataDirectory } from '../shared/io/dataDirectory.js';
import { namingFlag } from '../shared/io/listen.js';
import type { Logger } from '../shared/io/logger.js';
import { loadNodeKey } from '../shared/io/nodeKeyFile.js';
import { programVersion } from '../shared/io/programVersion.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { Trouble } from '../shared/io/trouble.js';
import type { AddressHash, NodeKey } from '../shared/units.js';
import { PROTOCOL_MAX } from '../shared/wire/handshakeMessages.js';
import type { NetAddress } from '../shared/wire/netAddress.js';
import { createHandlers } from './api/handlers.js';
import { metricsText } from './api/metrics.js';
import { startApi } from './apiShell.js';
import { closeAll, type Cleanup } from './cleanups.js';
import { AGENT, joinNetwork, type PeerDependencies } from './joinNetwork.js';
import type { NetworkChoice, NetworkWish } from './networkChoice.js';
import { IndexShell } from './indexShell.js';
import { NodeShell } from './nodeShell.js';
import { answerProofs } from './proofDesk.js';
import type { Queries } from './queries.js';
import { refuseUncallable, resolveAddresses } from './resolveAddresses.js';
import { INDEX_FILE } from './storage/openIndex.js';
import { CHAIN_FILE, openStore } from './storage/openStore.js';
import type { MiningMode } from './types.js';
import { chooseKernel, type ChosenKernel, type KernelWish } from './workers/kernel/chooseKernel.js';
import { openDemoWallet, type DemoWalletOptions } from './walletShell/demoWallet.js';
import { miningAddress } from './walletShell/miningAddress.js';
import { lookFrom } from './walletShell/nodeLedger.js';
import { feeRateOf, submitTo } from './walletShell/nodeSubmit.js';
import { WalletFiles } from './walletShell/walletFiles.js';
import { WalletShell } from './walletShell/walletShell.js';

export interface PeerOptions {
  readonly wish: NetworkWish;
  readonly listen: Endpoint;
  /** What to tell the tracker instead of what it sees. */
  readonly advertise: Endpoint | undefined;
  /** Peers to call at start. */
  readonly connect: readonly Endpoint[];
  /** Where the API listens; the host `localhost` is 127.0.0.1 and ::1. */
  readonly http: Endpoint;
  /** Without it, a part of the node key. */
  readonly name: string | undefined;
  /** Whether to keep an index of transactions and addresses. */
  readonly hasAddressIndex: boolean;
  readonly mining: MiningOptions;
  /** Makes and opens the wallet of a network for demonstrations: on loopback it needs no token. */
  readonly demo: DemoWalletOptions | undefined;
}

export interface MiningOptions {
  readonly mode: MiningMode;
  readonly threads: number;
  readonly cpuPercent: number;
  /** See `chooseKernel`. */
  readonly kernel: KernelWish | undefined;
  /** An address of the network; without it, that of the node's own key. */
  readonly payTo: string | undefined;
}

export interface RunningPeer {
  readonly name: string;
  readonly network: Network;
  readonly dataDirectory: string;
  readonly tcp: NetAddress;
  /** Such as `http://127.0.0.1:5000`. */
  readonly httpUrl: string;
  /** Ends all connections and threads, and frees the data directory. */
  close(): Promise<void>;
}

/** Starts a peer; `undefined` when it was stopped before it knew its network. Throws `Trouble`. */
export async function startPeer(
  options: PeerOptions,
  dependencies: PeerDependencies,
): Promise<RunningPeer | undefined> {
  if (options.advertise !== undefined) refuseUncallable(options.advertise);
  const kernel = chooseKernel(options.mining.kernel);
  const choice = await joinNetwork(options.wish, dependencies);
  if (choice === undefined) return undefined;
  const cleanups: Cleanup[] = [];
  try {
    return await start(options, { ...choice, kernel }, dependencies, cleanups);
  } catch (error) {
    await closeAll(cleanups).catch(() => undefined);
    throw error;
  }
}

async function start(
  options: PeerOptions,
  { network, folder, kernel }: NetworkChoice & { readonly kernel: ChosenKernel },
  dependencies: PeerDependencies,
  cleanups: Cleanup[],
): Promise<RunningPeer> {
  const { http, connect } = options;
  const directory = new DataDirectory(folder, `http://${printEndpoint(http)}`, 'peer');
  cleanups.push(() => {
    directory.close();
  });
  const self = identify(options, network, directory, dependencies.logger);
  const parts = { ...dependencies, directory, network, kernel };
  const { shell, index } = await openShell(options, self, parts, cleanups);
  const { queries, command } = shell;
  const facts = { ...factsOf(self, network), kernel };
  const { logger } = dependencies;
  const { demo } = options;
  const wallet = makeWallet(shell, index, { ...parts, firstAccount: demo?.account }, cleanups);
  let isDemo = false;
  const read = { queries, command, index, wallet, clock: systemClock };
  const handlers = createHandlers(facts, read);
  const metrics = (): string =>
    metricsText({ kernel, mining: queries.mining(systemClock()), hashing: shell.hashing });
  const { version } = facts;
  const api = await namingFlag('--http', () =>
    startApi({ http, version }, { handlers, metrics, directory, logger, isDemo: () => isDemo }),
  );
  cleanups.push(() => api.close());
  // Before the API ends: who waits for an answer gets one.
  cleanups.push(() => {
    shell.stop();
  });
  logger.info('the kernel that hashes works', {
    kernel: kernel.name,
    ...(kernel.detail === undefined ? {} : { detail: kernel.detail }),
  });
  if (kernel.problem !== undefined)
    logger.warn('another kernel has to do', { sentence: kernel.problem });
  shell.start();
  index?.start();
  if (demo !== undefined) isDemo = await openDemoWallet(demo, wallet, logger);
  void wallet.tick();
  for (const address of await resolveAddresses(connect, logger)) {
    void command({ type: 'connect', address });
  }
  return {
    name: self.name,
    network,
    dataDirectory: folder,
    tcp: shell.tcp,
    httpUrl: api.url,
    close: () => closeAll(cleanups),
  };
}

interface Self {
  readonly seed: Uint8Array;
  readonly nodeKey: NodeKey;
  readonly name: string;
  readonly payTo: AddressHash;
}

function identify(
  options: PeerOptions,
  network: Network,
  directory: DataDirectory,
  logger: Logger,
): Self {
  const lost = 'coins mined to the old one are lost';
  const seed = loadNodeKey(directory.file('node.key'), systemEntropy, lost);
  const key = publicKeyOf(seed);
  const nodeKey = toHex(key) as NodeKey;
  const { payTo } = options.mining;
  // A demo wallet is open to every program here: what is mined does not go to it.
  const own = options.demo === undefined ? walletAddress(network, directory, logger) : undefined;
  return {
    seed,
    nodeKey,
    name: options.name ?? `node-${nodeKey.slice(0, 8)}`,
    payTo: payTo === undefined ? (own ?? addressOf(key)) : parseAddress(payTo, network),
  };
}

function walletAddress(
  { id, params }: Network,
  directory: DataDirectory,
  logger: Logger,
): AddressHash | undefined {
  const { name, prefix } = params;
  const files = new WalletFiles(directory.path, { id, name, prefix }, systemEntropy);
  return miningAddress(files, logger);
}

function parseAddress(text: string, { params }: Network): AddressHash {
  const address = decodeAddress(params.prefix, text);
  if (address.ok) return address.value;
  throw new Trouble(
    'bad-address',
    `--pay-to ${text} is no address of network ${params.name} (${address.error}).`,
    `Its addresses start with ${params.prefix}1.`,
  );
}

interface ShellParts extends PeerDependencies {
  readonly directory: DataDirectory;
  readonly network: Network;
  readonly kernel: ChosenKernel;
}

interface Shells {
  readonly shell: NodeShell;
  readonly index: IndexShell | undefined;
}

async function openShell(
  options: PeerOptions,
  self: Self,
  parts: ShellParts,
  cleanups: Cleanup[],
): Promise<Shells> {
  const { directory, network, kernel, logger, onTrouble } = parts;
  const { listen, advertise, mining, wish } = options;
  const trackers = wish.tracker === undefined ? [] : [wish.tracker];
  const claimed = advertise === undefined ? [] : await resolveAddresses([advertise], logger);
  const node = {
    network,
    nodeKey: self.nodeKey,
    agent: `${AGENT} (${self.name})`,
    trackers: await resolveAddresses(trackers, logger),
    claimedHost: claimed[0]?.host,
    workMin: 0n,
    mining: { ...mining, payTo: self.payTo, tag: utf8(self.name) },
  };
  const file = directory.file(CHAIN_FILE);
  const opened = openStore(file, network);
  if (opened.wasEmptied) {
    logger.warn('the chain was empty: its blocks come again from the others', { file });
  }
  cleanups.push(() => {
    opened.store.close();
  });
  // Events come only after the start.
  let index: IndexShell | undefined;
  const shell: NodeShell = await namingFlag('--listen', () =>
    NodeShell.open(
      {
        ...{ node, listen, advertisedPort: advertise?.port, seed: self.seed },
        kernel: kernel.name,
      },
      {
        ...{ opened, logger, onTrouble, onEvent: (event) => index?.onEvent(event) },
        prove: async (question) =>
          index && answerProofs(question, { index, block: (hash) => shell.queries.block(hash) }),
      },
    ),
  );
  cleanups.push(() => shell.close());
  if (options.hasAddressIndex) index = makeIndex(shell.queries, parts, cleanups);
  return { shell, index };
}

function makeIndex(
  chain: Queries,
  { directory, network, logger, onTrouble }: ShellParts,
  cleanups: Cleanup[],
): IndexShell {
  const path = directory.file(INDEX_FILE);
  const index = new IndexShell({ path, network }, { chain, logger, onTrouble });
  cleanups.push(() => {
    index.close();
  });
  return index;
}

interface WalletParts extends ShellParts {
  readonly firstAccount: string | undefined;
}

function makeWallet(
  { queries, command }: NodeShell,
  index: IndexShell | undefined,
  { directory, network, logger, firstAccount }: WalletParts,
  cleanups: Cleanup[],
): WalletShell {
  const wallet = new WalletShell(
    { folder: directory.path, network, firstAccount },
    {
      look: lookFrom(index, queries),
      submit: submitTo(command),
      feeRate: () => feeRateOf(queries, systemClock()),
      isSynced: () => queries.isSynced,
      entropy: systemEntropy,
      now: () => systemClock().unix,
      logger,
    },
  );
  cleanups.push(() => {
    wallet.close();
  });
  return wallet;
}

const factsOf = (self: Self, network: Network) => ({
  name: self.name,
  version: programVersion(),
  protocol: PROTOCOL_MAX,
  payTo: encodeAddress(network.params.prefix, self.payTo),
  pid: process.pid,
  started: systemClock(),
});
