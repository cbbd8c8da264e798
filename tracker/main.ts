/** Puts the tracker together: the machine, its sockets, its file, its page. */

import { networkInterfaces } from 'node:os';
import { setFlagsFromString } from 'node:v8';

import { publicKeyOf, signerOf } from '#crypto';

import { assertNever } from '../shared/assert.js';
import { toHex } from '../shared/bytes.js';
import type { Network } from '../shared/consensus/genesis.js';
import type { NetworkParams } from '../shared/consensus/params.js';
import { template } from '../shared/consensus/templates.js';
import { systemClock } from '../shared/io/clock.js';
import { DataDirectory, MAIN_FILES } from '../shared/io/dataDirectory.js';
import { Driver } from '../shared/io/driver.js';
import { namingFlag, type ListenAddress } from '../shared/io/listen.js';
import type { Logger } from '../shared/io/logger.js';
import { loadNodeKey } from '../shared/io/nodeKeyFile.js';
import { programVersion } from '../shared/io/programVersion.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import { Sockets, type SocketLimits } from '../shared/io/tcp.js';
import { seededRng } from '../shared/rng.js';
import type { NodeKey, Now } from '../shared/units.js';
import { type NetAddress, printNetAddress } from '../shared/wire/netAddress.js';
import { CLIENTS_MAX } from './clients.js';
import { startHttpServer } from './http/server.js';
import type { PeerRow, RegistryStore } from './registry/store.js';
import { keepNetwork, loadNetworks } from './storage/networkFiles.js';
import { openSqliteRegistryStore } from './storage/sqliteRegistryStore.js';
import { Tracker } from './tracker.js';
import type { PeerNotice, TrackerEffect, TrackerEvent, TrackerInput } from './types.js';
import { type NetworkCard, Views } from './views.js';

export interface TrackerProgramOptions {
  /** Its folder: registry, node key, network files, lock. */
  readonly dataDirectory: string;
  /** Where peers reach it. */
  readonly listen: ListenAddress;
  /** Where its page is; the host `localhost` is 127.0.0.1 and ::1. */
  readonly http: ListenAddress;
  /** Network files to serve besides those in the data directory. */
  readonly genesisFiles: readonly string[];
  /** Makes the network of a first start without a file; by default one from the template `lan`. */
  readonly firstNetwork?: () => NetworkParams | Promise<NetworkParams>;
  /** Seconds between two announces of a peer; 60 by default. */
  readonly intervalSeconds?: number;
}

export interface TrackerProgramDependencies {
  readonly logger: Logger;
  /** Trouble or a bug after the start; the program must end with exit code 1. */
  readonly onTrouble: (error: unknown) => void;
}

export interface RunningTracker {
  /** Where peers reach it; the port is that which the system chose when 0 was asked for. */
  readonly tcp: NetAddress;
  readonly httpPort: number;
  readonly networks: readonly Network[];
  /** Ends all connections, saves, and frees the data directory. */
  close(): Promise<void>;
}

/** Starts a tracker. Throws `Trouble`, and then nothing of it is left running. */
export async function startTracker(
  options: TrackerProgramOptions,
  dependencies: TrackerProgramDependencies,
): Promise<RunningTracker> {
  setFlagsFromString(SMALL_YOUNG_HEAP);
  const cleanups: Cleanup[] = [];
  try {
    return await start(options, dependencies, cleanups);
  } catch (error) {
    await closeAll(cleanups);
    throw error;
  }
}

/**
 * Keeps V8's space for new objects at its first size. It would grow by 30 MB, more than 100,000
 * peers need, and announces are no faster for it (docs/decisions/0014, bench/tracker.ts).
 */
const SMALL_YOUNG_HEAP = '--semi-space-growth-factor=1';

/** What ends one part; the last one that was started ends first. */
type Cleanup = () => void | Promise<void>;

async function start(
  options: TrackerProgramOptions,
  { logger, onTrouble }: TrackerProgramDependencies,
  cleanups: Cleanup[],
): Promise<RunningTracker> {
  const pageUrl = `http://${printListen(options.http)}`;
  const directory = new DataDirectory(options.dataDirectory, pageUrl, 'tracker');
  cleanups.push(() => {
    directory.close();
  });
  const networks = await networksOf(options, directory);
  const started = systemClock();
  const store = openStore(directory, started, logger);
  cleanups.push(() => {
    store.close();
  });
  const tracker = createTracker(options, directory, networks);
  restorePeers(tracker, store, started, logger);

  const driver = new Driver<TrackerInput, TrackerEffect>(tracker, {
    clock: systemClock,
    performConnection: (effect) => {
      sockets.perform(effect);
    },
    perform: (effect) => {
      if (effect.type === 'save') store.apply(effect.changes);
      else logEvent(logger, effect.event);
    },
    onTrouble,
  });
  const sockets = new Sockets(SOCKET_LIMITS, (input) => {
    driver.input(input);
  });
  cleanups.push(async () => {
    driver.input({ type: 'stop' });
    driver.close();
    await sockets.close();
  });
  const { listen, http: page } = options;
  const tcp = await namingFlag('--listen', () => sockets.listen(listen.host, listen.port));

  const cards = networks.map(cardOf);
  const version = programVersion();
  const views = new Views(
    { version, listen: printNetAddress(tcp), started, networks: cards },
    tracker,
  );
  const http = await namingFlag('--http', () =>
    startHttpServer(
      { listenHost: page.host, listenPort: page.port, tcp, lanHost: lanHost() },
      { views, clock: systemClock },
    ),
  );
  cleanups.push(() => http.close());
  driver.start();
  for (const { id, name } of cards) logger.info('serving a network', { name, id });
  return { tcp, httpPort: http.port, networks, close: () => closeAll(cleanups) };
}

/** The first address of this machine that is not loopback. */
const lanHost = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4')?.address;

async function closeAll(cleanups: Cleanup[]): Promise<void> {
  for (let cleanup = cleanups.pop(); cleanup !== undefined; cleanup = cleanups.pop()) {
    await cleanup();
  }
}

/** Connections: the machine decides who makes room; some more may be on their way out. */
const SOCKET_LIMITS: SocketLimits = {
  inboundMax: CLIENTS_MAX + 64,
  inboundPerHostMax: CLIENTS_MAX,
  // An answer is 3 kB, and 2 MB where 64 large networks are served.
  queuePauseBytes: 262_144,
  queueBytesMax: 8_000_000,
  queuedBytesMax: 64_000_000,
  dialTimeoutMs: 3_000,
};

async function networksOf(
  { genesisFiles, firstNetwork = lanNetwork }: TrackerProgramOptions,
  directory: DataDirectory,
): Promise<Network[]> {
  const folder = directory.file('networks');
  const networks = loadNetworks(folder, genesisFiles);
  return networks.length > 0 ? networks : [keepNetwork(folder, await firstNetwork())];
}

/** A network of its own, with the easiest starting target: nothing is known of who will mine. */
function lanNetwork(): NetworkParams {
  const salt = systemEntropy.bytes(16);
  const name = `lan-${toHex(salt.subarray(0, 2))}`;
  return template('lan', { name, salt, time: systemClock().unix });
}

function openStore(directory: DataDirectory, { unix }: Now, logger: Logger): RegistryStore {
  return openSqliteRegistryStore({
    path: directory.file(MAIN_FILES.tracker),
    forgetBeforeUnix: unix - FORGET_AFTER_SECONDS,
    onDamaged: (asidePath) => {
      logger.warn('the registry was damaged and begins anew; peers announce themselves again', {
        aside: asidePath,
      });
    },
  });
}

/** Peers that nobody heard of for a week are not called again after a restart. */
const FORGET_AFTER_SECONDS = 7 * 86_400;

function createTracker(
  { listen, intervalSeconds = INTERVAL_SECONDS }: TrackerProgramOptions,
  directory: DataDirectory,
  networks: readonly Network[],
): Tracker {
  const seed = loadNodeKey(directory.file('node.key'), systemEntropy);
  const [seed32] = new Uint32Array(systemEntropy.bytes(4).buffer);
  return new Tracker(
    {
      nodeKey: toHex(publicKeyOf(seed)) as NodeKey,
      listenPort: listen.port,
      agent: `cairn/${programVersion()}`,
      intervalSeconds,
      networks: networks.map(({ id, paramsBytes }) => ({ id, params: paramsBytes })),
    },
    {
      entropy: systemEntropy,
      sign: signerOf(seed),
      rng: seededRng(seed32 ?? 0),
    },
  );
}

const INTERVAL_SECONDS = 60;

function restorePeers(tracker: Tracker, store: RegistryStore, now: Now, logger: Logger): void {
  let count = 0;
  store.load((row: PeerRow) => {
    tracker.restore(row, count++, now);
  });
  if (count > 0) logger.info('calling back the peers known before the restart', { count });
}

const cardOf = ({ id, params }: Network): NetworkCard => ({
  id,
  name: params.name,
  targetInterval: params.targetInterval,
});

function logEvent(logger: Logger, event: TrackerEvent): void {
  switch (event.type) {
    case 'peer-live':
      logger.info('peer live', peerFields(event.peer));
      break;
    case 'peer-missed':
      logger.debug('peer not reached', { ...peerFields(event.peer), why: event.why });
      break;
    case 'peer-pruned':
      logger.info('peer gone', { ...peerFields(event.peer), why: event.why });
      break;
    case 'announce-refused':
      logger.debug('announce refused', { host: event.host, why: event.why });
      break;
    case 'connection-ended':
      logger.debug('connection ended', {
        remote: printNetAddress(event.remote),
        reason: event.reason,
        sentence: event.sentence,
      });
      break;
    default:
      assertNever(event);
  }
}

const peerFields = ({ network, address, name }: PeerNotice) => ({
  address: printNetAddress(address),
  name,
  network: network.slice(0, 8),
});

const printListen = ({ host, port }: ListenAddress): string =>
  host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
