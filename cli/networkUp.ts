/** `cairn network up`: a tracker and peers on this computer, live in this terminal until Ctrl-C. */

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DemoAccountView } from '../lab/launch/demoPayments.js';
import type { Launcher, LauncherOptions } from '../lab/launch/launcher.js';
import type { NetworkOptions } from '../lab/launch/networkPlan.js';
import type { PortOptions, TrackerPort } from '../lab/launch/networkPorts.js';
import { failureLines, type NetworkView } from '../lab/launch/networkView.js';
import type { Resolved } from '../shared/config/resolve.js';
import { keysOf, type KeyIn } from '../shared/config/settings.js';
import type { DataDirectory } from '../shared/io/dataDirectory.js';
import { diskTrouble } from '../shared/io/diskTrouble.js';
import { Trouble } from '../shared/io/trouble.js';
import { defineCommand } from './command.js';
import { EXIT, type ExitCode } from './exitCodes.js';
import { alignColumns } from './format.js';
import { homeAt } from './home.js';
import { openDisplay, type NetworkDisplay } from './networkView.js';
import type { Output } from './output.js';
import { refuseSamePort } from './ports.js';
import { stopRequested } from './stopping.js';

type NetworkSettings = Resolved<KeyIn<'network' | 'log'> | 'home' | 'config'>;

export const command = defineCommand({
  settings: ['config', 'home', ...keysOf('network', 'log')],
  options: {},
  positionals: [],
  run: async ({ settings, environment, output }) => {
    const { values } = settings;
    const home = homeAt(values.home);
    const { chooseNetworkPorts } = await import('../lab/launch/networkPorts.js');
    const wish = portsOf(settings);
    await refuseBadWish(wish);
    const { chooseKernel } = await import('../peer/workers/kernel/chooseKernel.js');
    const { name: kernel, problem } = chooseKernel(values['network.mining.kernel']);
    if (problem !== undefined) output.line(problem);
    const folder = join(home.networks, values['network.name']);
    // Also before there is a folder: a start that cannot go on makes none.
    if (!existsSync(folder)) await chooseNetworkPorts(wish);
    const directory = await lock(folder);
    try {
      const ports = await chooseNetworkPorts(wish);
      for (const line of ports.skipped) output.line(line);
      if (values['network.fresh']) await removeData(folder, output);
      const network = { ...networkOptionsOf(settings), kernel };
      const runningFolder = home.running;
      const hasPayments = !values['network.quiet'];
      const where = { folder, runningFolder, environment };
      return await run({ network, ports, portWish: wish, hasPayments, ...where }, output);
    } finally {
      directory.close();
    }
  },
});

/** What cannot be is refused before anything is made or removed. */
async function refuseBadWish({ host, trackerPort, trackerHttp }: PortOptions): Promise<void> {
  const { checkHost } = await import('../lab/launch/host.js');
  await checkHost(host);
  if (!trackerPort.isChosen || !trackerHttp.isChosen) return;
  const listen = { host, port: trackerPort.port };
  const http = { host: 'localhost', port: trackerHttp.port };
  refuseSamePort({ listen, http }, ['--tracker-port', '--tracker-http']);
}

async function lock(folder: string): Promise<DataDirectory> {
  const library = await import('../shared/io/dataDirectory.js');
  try {
    return new library.DataDirectory(folder, undefined);
  } catch (error) {
    if (!(error instanceof Trouble) || error.code !== 'data-directory-in-use') throw error;
    const advice =
      'cairn network status shows it, cairn network down stops it; --name starts another one.';
    throw new Trouble('network-runs', `This network runs already: ${error.message}`, advice, error);
  }
}

/** The lock itself stays: it is ours. Removes nothing while another program uses some of it. */
async function removeData(folder: string, output: Output): Promise<void> {
  const { LOCK_FILE, lockHolder } = await import('../shared/io/directoryLock.js');
  const names = readdirSync(folder).filter((name) => !name.startsWith(LOCK_FILE));
  const paths = names.map((name) => join(folder, name));
  for (const path of paths) {
    const holder = lockHolder(path);
    if (holder !== undefined) throw inUse(path, holder.pid);
  }
  for (const path of paths) {
    remove(path);
    output.line(`Removed ${path}`);
  }
}

const inUse = (path: string, pid: number): Trouble =>
  new Trouble(
    'data-directory-in-use',
    `${path} is in use by process ${String(pid)}.`,
    'Stop that one first; nothing was removed.',
  );

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true });
  } catch (error) {
    throw diskTrouble(error, path);
  }
}

function portsOf({ values, origins }: NetworkSettings): PortOptions {
  const asked = (key: 'network.trackerPort' | 'network.trackerHttp'): TrackerPort => ({
    port: values[key],
    isChosen: origins[key].type !== 'default',
  });
  return {
    host: values['network.host'],
    peers: values['network.peers'],
    tcpFrom: values['network.tcpFrom'],
    httpFrom: values['network.httpFrom'],
    trackerPort: asked('network.trackerPort'),
    trackerHttp: asked('network.trackerHttp'),
  };
}

function networkOptionsOf({ values, origins }: NetworkSettings): Omit<NetworkOptions, 'kernel'> {
  return {
    name: values['network.name'],
    template: values['network.template'],
    isTemplateChosen: origins['network.template'].type !== 'default',
    peers: values['network.peers'],
    host: values['network.host'],
    mine: values['network.mine'],
    cpuPercent: values['network.cpu'],
    log: { format: values['log.format'], level: values['log.level'] },
  };
}

async function run(options: LauncherOptions, output: Output): Promise<ExitCode> {
  const { Launcher } = await import('../lab/launch/launcher.js');
  const display = await openDisplay(output);
  const launcher: Launcher = new Launcher(options, {
    onLine: (line) => {
      display.line(line);
    },
    onChange: () => {
      display.show(launcher.view());
    },
    onAccounts: (accounts) => {
      for (const line of accountLines(accounts)) display.line(line);
    },
  });
  const requested = stopRequested(() => {
    launcher.kill();
  });
  try {
    await untilEnd(launcher, Promise.race([requested, launcher.stopOrdered]));
  } finally {
    await end(launcher, display, options.folder);
  }
  tellFailures(launcher.view());
  return EXIT.done;
}

function accountLines(accounts: readonly DemoAccountView[]): readonly string[] {
  const balances = accounts.map(({ balance }) => (balance === undefined ? '–' : String(balance)));
  const width = Math.max('BALANCE'.length, ...balances.map((text) => text.length));
  const rows = accounts.map(({ name, address }, i) => {
    return [name, address, balances[i]?.padStart(width) ?? ''];
  });
  return alignColumns([['ACCOUNT', 'ADDRESS', 'BALANCE'.padStart(width)], ...rows]);
}

/** Resolves when the network is to end; throws when it does not come up. */
async function untilEnd(launcher: Launcher, requested: Promise<void>): Promise<void> {
  const started = launcher.start();
  await Promise.race([started, requested]);
  await requested;
}

async function end(launcher: Launcher, display: NetworkDisplay, folder: string): Promise<void> {
  const hasStarted = launcher.view().nodes.length > 0;
  display.close();
  if (hasStarted) display.line('Stopping all programs. Ctrl-C once more ends them at once.');
  await launcher.stop();
  if (!hasStarted) return;
  const stays = ` The data stays in ${folder}; the next start goes on from it.`;
  display.line(`Stopped.${(await hasChain(folder)) ? stays : ''}`);
}

/** Whether a peer has stored something in the network's folder. */
async function hasChain(folder: string): Promise<boolean> {
  const { MAIN_FILES } = await import('../shared/io/dataDirectory.js');
  const names = existsSync(folder) ? readdirSync(folder) : [];
  return names.some((name) => existsSync(join(folder, name, MAIN_FILES.peer)));
}

/** Throws when a program failed: whoever waits for the exit code is to know. */
function tellFailures({ nodes }: NetworkView): void {
  const failures = failureLines(nodes);
  if (failures.length > 0) throw new Trouble('child-failed', failures.join(' '), '');
}
