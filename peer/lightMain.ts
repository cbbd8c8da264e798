/** Puts a light peer together: its network and folder, headers, wallet, API. */

import { publicKeyOf } from '#crypto';
import { toHex } from '../shared/bytes.js';
import { printEndpoint, type Endpoint } from '../shared/config/kinds.js';
import type { Network } from '../shared/consensus/genesis.js';
import { systemClock } from '../shared/io/clock.js';
import { DataDirectory } from '../shared/io/dataDirectory.js';
import { namingFlag } from '../shared/io/listen.js';
import { loadNodeKey } from '../shared/io/nodeKeyFile.js';
import { programVersion } from '../shared/io/programVersion.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import type { NodeKey } from '../shared/units.js';
import { PROTOCOL_MAX } from '../shared/wire/handshakeMessages.js';
import { createLightHandlers } from './api/lightHandlers.js';
import { startApi } from './apiShell.js';
import { closeAll, type Cleanup } from './cleanups.js';
import { AGENT, joinNetwork, type PeerDependencies } from './joinNetwork.js';
import type { Taken } from './light/payments.js';
import { LightShell } from './lightShell.js';
import type { NetworkChoice, NetworkWish } from './networkChoice.js';
import { resolveAddresses } from './resolveAddresses.js';
import { LIGHT_FILE, openLightStore } from './storage/openLight.js';
import type { Submit } from './walletShell/payer.js';
import { WalletShell } from './walletShell/walletShell.js';

export interface LightPeerOptions {
  readonly wish: NetworkWish;
  /** Peers to call at start. */
  readonly connect: readonly Endpoint[];
  /** Where the API listens; the host `localhost` is 127.0.0.1 and ::1. */
  readonly http: Endpoint;
  /** Without it, a part of the node key. */
  readonly name: string | undefined;
}

export interface RunningLightPeer {
  readonly name: string;
  readonly network: Network;
  readonly dataDirectory: string;
  /** Such as `http://127.0.0.1:5000`. */
  readonly httpUrl: string;
  /** Ends all connections, and frees the data directory. */
  close(): Promise<void>;
}

/** Smallest units for 1,000 bytes: twice what a full peer asks for that is not full. */
const FEE_RATE = 2_000;

/** Starts it; `undefined` when it was stopped before it knew its network. Throws `Trouble`. */
export async function startLightPeer(
  options: LightPeerOptions,
  dependencies: PeerDependencies,
): Promise<RunningLightPeer | undefined> {
  const choice = await joinNetwork(options.wish, dependencies);
  if (choice === undefined) return undefined;
  const cleanups: Cleanup[] = [];
  try {
    return await start(options, choice, dependencies, cleanups);
  } catch (error) {
    await closeAll(cleanups).catch(() => undefined);
    throw error;
  }
}

async function start(
  options: LightPeerOptions,
  { network, folder }: NetworkChoice,
  dependencies: PeerDependencies,
  cleanups: Cleanup[],
): Promise<RunningLightPeer> {
  const { http, connect } = options;
  const { logger } = dependencies;
  const directory = new DataDirectory(folder, `http://${printEndpoint(http)}`, 'light peer');
  cleanups.push(() => {
    directory.close();
  });
  const seed = loadNodeKey(directory.file('node.key'), systemEntropy, '');
  const nodeKey = toHex(publicKeyOf(seed)) as NodeKey;
  const name = options.name ?? `light-${nodeKey.slice(0, 8)}`;
  const parts = { ...dependencies, directory, network };
  const opened = openLightStore(directory.file(LIGHT_FILE), network);
  cleanups.push(() => {
    opened.store.close();
  });
  const trackers = options.wish.tracker === undefined ? [] : [options.wish.tracker];
  const light = {
    ...{ network, nodeKey, workMin: 0n, agent: `${AGENT} light (${name})` },
    trackers: await resolveAddresses(trackers, logger),
  };
  const shell = new LightShell({ light, seed }, { ...dependencies, opened });
  cleanups.push(() => shell.close());
  const wallet = makeWallet(shell, parts);
  cleanups.push(() => {
    wallet.close();
  });
  const version = programVersion();
  const facts = { name, version, protocol: PROTOCOL_MAX, pid: process.pid, started: systemClock() };
  const { queries } = shell;
  const handlers = createLightHandlers(facts, { queries, wallet, clock: systemClock });
  const api = await namingFlag('--http', () =>
    startApi({ http, version }, { handlers, directory, logger, isDemo: () => false }),
  );
  cleanups.push(() => api.close());
  shell.start();
  for (const address of await resolveAddresses(connect, logger)) {
    void shell.command({ type: 'connect', address });
  }
  void wallet.tick();
  const close = (): Promise<void> => closeAll(cleanups);
  return { name, network, dataDirectory: folder, httpUrl: api.url, close };
}

interface Parts extends PeerDependencies {
  readonly directory: DataDirectory;
  readonly network: Network;
}

function makeWallet(shell: LightShell, { directory, network, logger }: Parts): WalletShell {
  return new WalletShell(
    { folder: directory.path, network },
    {
      look: shell.look,
      submit: submitTo(shell),
      feeRate: () => FEE_RATE,
      onAddresses: (addresses) => void shell.command({ type: 'want', addresses }),
      entropy: systemEntropy,
      now: () => systemClock().unix,
      logger,
    },
  );
}

const submitTo =
  (shell: LightShell): Submit =>
  async (transaction) =>
    REFUSALS[await shell.command({ type: 'pay', transaction })];

const REFUSALS: Readonly<Record<Taken | 'done', string | undefined>> = {
  done: undefined,
  taken: undefined,
  'no-peer': 'There is no peer to give it to.',
  'not-taken': 'None of the peers asked for it in time: they are syncing, or have refused it.',
  full: 'Too many payments wait for a block.',
};
