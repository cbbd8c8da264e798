/** Which programs a network on one computer consists of, and what each is told. Pure. */

import { join } from 'node:path';
import type { KernelName } from '../../peer/workers/kernel/kernel.js';
import type { NodePorts } from './networkPorts.js';

export interface NetworkOptions {
  /** The part of the network's name that the user chose. */
  readonly name: string;
  readonly template: 'lan' | 'dev';
  /** The user named the template, so another one would be a surprise. */
  readonly isTemplateChosen: boolean;
  readonly peers: number;
  /** The address that tracker and peers listen on and call. */
  readonly host: string;
  readonly mine: boolean;
  /** Share of the whole computer that all miners together may use, in percent. */
  readonly cpuPercent: number;
  /** With which all peers hash: it was seen to run here. */
  readonly kernel: KernelName;
  readonly log: { readonly format: string; readonly level: string };
}

/** One program: what follows `cairn`, and the configuration file that it is given. */
export interface ProgramPlan {
  readonly name: string;
  readonly role: 'tracker' | 'peer';
  readonly folder: string;
  readonly config: object;
}

export interface MinerShare {
  readonly threads: number;
  /** Share of each thread's time. */
  readonly cpuPercent: number;
}

/**
 * How each of `peers` miners gets its part of `cpuPercent` of a computer with so many cores.
 * Rounded down: all together stay below the whole.
 */
export function minerShare(peers: number, cpuPercent: number, cores: number): MinerShare {
  const coresEach = (cores * cpuPercent) / 100 / peers;
  const threads = Math.max(1, Math.ceil(coresEach));
  return { threads, cpuPercent: Math.max(1, Math.floor((coresEach / threads) * 100)) };
}

export interface Layout {
  readonly tracker: NodePorts;
  readonly peers: readonly (NodePorts & { readonly name: string })[];
  readonly networkFile: string;
  /** The folder below which each program has its own. */
  readonly folder: string;
}

/**
 * What to tell of peers without a demo account; `undefined` where each has one. `accounts`: names
 * of those that have one, or `undefined` where the network was made without any.
 */
export function accountsNote(
  accounts: readonly string[] | undefined,
  peers: readonly string[],
): string | undefined {
  if (accounts === undefined) {
    return 'It was made without demo accounts; --fresh makes one that has them.';
  }
  const without = peers.filter((name) => !accounts.includes(name));
  if (without.length === 0) return undefined;
  const have = without.length === 1 ? 'has' : 'have';
  return (
    `${without.join(', ')} ${have} no demo account: the network was made without ` +
    `${without.length === 1 ? 'that peer' : 'those peers'}; --fresh makes one with all.`
  );
}

/** The tracker first: peers are told its address. */
export function planNetwork(
  options: NetworkOptions,
  layout: Layout,
  share: MinerShare,
): readonly [tracker: ProgramPlan, ...peers: ProgramPlan[]] {
  const { host, log } = options;
  const at = (port: number): string =>
    host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`;
  const folderOf = (name: string): string => join(layout.folder, name);
  const tracker: ProgramPlan = {
    name: TRACKER_NAME,
    role: 'tracker',
    folder: folderOf(TRACKER_NAME),
    config: {
      log,
      tracker: {
        listen: at(layout.tracker.tcpPort),
        http: `localhost:${String(layout.tracker.httpPort)}`,
        data: folderOf(TRACKER_NAME),
        genesis: [layout.networkFile],
      },
    },
  };
  const peers = layout.peers.map(({ name, tcpPort, httpPort }): ProgramPlan => ({
    name,
    role: 'peer',
    folder: folderOf(name),
    config: {
      log,
      peer: {
        name,
        genesis: layout.networkFile,
        tracker: at(layout.tracker.tcpPort),
        listen: at(tcpPort),
        http: `localhost:${String(httpPort)}`,
        data: folderOf(name),
        mine: options.mine,
        threads: share.threads,
        cpu: share.cpuPercent,
        mining: { kernel: options.kernel },
      },
    },
  }));
  return [tracker, ...peers];
}

const TRACKER_NAME = 'tracker';
