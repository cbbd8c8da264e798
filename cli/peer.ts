/** `cairn peer`: runs one peer until it is told to stop. */

import { availableParallelism } from 'node:os';
import { DEMO_VARIABLE } from '../lab/launch/messages.js';
import { publish, withdraw, type RunFile } from '../lab/launch/runFile.js';
import { printEndpoint } from '../shared/config/kinds.js';
import type { Network } from '../shared/consensus/genesis.js';
import { keysOf, type KeyIn, type Settings } from '../shared/config/settings.js';
import type { PeerOptions } from '../peer/main.js';
import { defineCommand } from './command.js';
import { EXIT } from './exitCodes.js';
import { homeAt, type Home } from './home.js';
import { refuseBesideLight } from './lightPeer.js';
import { refuseSamePort } from './ports.js';
import { runProgram, type ProgramContext, type RunningProgram } from './program.js';
import { hasLauncher } from './stopping.js';

type PeerSettings = Settings<KeyIn<'peer' | 'log'> | 'home' | 'config'>;

export const command = defineCommand({
  settings: ['config', 'home', ...keysOf('peer', 'log')],
  options: {},
  positionals: [],
  run: async ({ settings: { values, origins }, environment, output }) => {
    const log = { format: values['log.format'], level: values['log.level'] };
    const home = homeAt(values.home);
    const isLight = values['peer.light'];
    if (isLight) refuseBesideLight(origins);
    await runProgram({ log, output }, (context) => {
      if (isLight) return runLight(values, home, context);
      refuseSamePort({ listen: values['peer.listen'], http: values['peer.http'] });
      return runFull(
        { ...optionsOf(values, home), demo: demoOf(values, environment) },
        home,
        context,
      );
    });
    return EXIT.done;
  },
});

async function runFull(
  options: PeerOptions,
  home: Home,
  context: ProgramContext,
): Promise<RunningProgram | undefined> {
  const { startPeer } = await import('../peer/main.js');
  const peer = await startPeer(options, context);
  if (peer === undefined) return undefined;
  const tcpAddress = printEndpoint(peer.tcp);
  const { api, data, ...named } = factsOf(peer);
  context.logger.info('the peer is up', { ...named, tcp: tcpAddress, api, data });
  return { tcpAddress, httpUrl: peer.httpUrl, close: announce(peer, tcpAddress, home) };
}

async function runLight(
  values: PeerSettings,
  home: Home,
  context: ProgramContext,
): Promise<RunningProgram | undefined> {
  const { startLightPeer } = await import('../peer/lightMain.js');
  const { http, connect, name, wish } = optionsOf(values, home);
  const peer = await startLightPeer({ http, connect, name, wish }, context);
  if (peer === undefined) return undefined;
  context.logger.info('the light peer is up', factsOf(peer));
  return { tcpAddress: NOWHERE, httpUrl: peer.httpUrl, close: announce(peer, NOWHERE, home) };
}

/** Nobody calls a light peer. */
const NOWHERE = '';

interface Running {
  readonly name: string;
  readonly network: Network;
  readonly dataDirectory: string;
  readonly httpUrl: string;
  close(): Promise<void>;
}

const factsOf = ({ name, network, httpUrl, dataDirectory }: Running) => ({
  ...{ name, network: network.params.name, api: httpUrl, data: dataDirectory },
});

/** Only a launcher gives its peers such a wallet: no user's setting does. */
function demoOf(
  values: PeerSettings,
  environment: Readonly<Record<string, string | undefined>>,
): PeerOptions['demo'] {
  const file = environment[DEMO_VARIABLE];
  const account = values['peer.name'];
  if (!hasLauncher() || file === undefined || account === undefined) return undefined;
  return { file, account };
}

function optionsOf(values: PeerSettings, home: Home): Omit<PeerOptions, 'demo'> {
  return {
    wish: {
      folder: values['peer.data'],
      peersFolder: home.peers,
      network: values['peer.network'],
      genesisFile: values['peer.genesis'],
      tracker: values['peer.tracker'],
      isLight: values['peer.light'],
    },
    listen: values['peer.listen'],
    advertise: values['peer.advertise'],
    connect: values['peer.connect'] ?? [],
    http: values['peer.http'],
    name: values['peer.name'],
    hasAddressIndex: values['peer.addressIndex'],
    mining: {
      mode: modeOf(values),
      threads: values['peer.threads'] ?? Math.max(1, Math.floor(availableParallelism() / 2)),
      cpuPercent: values['peer.cpu'],
      kernel: values['peer.mining.kernel'],
      payTo: values['peer.payTo'],
    },
  };
}

function modeOf(values: PeerSettings): PeerOptions['mining']['mode'] {
  const seconds = values['peer.mineInterval'];
  if (seconds !== undefined) return { type: 'interval', seconds };
  return { type: values['peer.mine'] ? 'continuous' : 'off' };
}

/** Lets commands in other terminals find a lone peer; a launcher does that for its own. */
function announce(peer: Running, tcpAddress: string, home: Home): () => Promise<void> {
  if (hasLauncher()) return () => peer.close();
  const { name, network, dataDirectory, httpUrl } = peer;
  const run: RunFile = {
    kind: 'peer',
    network: network.params.name,
    networkId: network.id,
    pid: process.pid,
    startedUnix: Math.floor(Date.now() / 1_000),
    dataDirectory,
    control: null,
    nodes: [{ name, role: 'peer', pid: process.pid, tcpAddress, httpUrl, dataDirectory }],
  };
  publish(run, home.running);
  return async () => {
    withdraw(run, home.running);
    await peer.close();
  };
}
