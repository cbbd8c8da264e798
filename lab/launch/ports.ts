/** Ports for a network on one computer: in order, without those that are taken or no use. */

import { once } from 'node:events';
import { createServer } from 'node:net';
import { listenTrouble } from '../../shared/io/listen.js';
import { Trouble } from '../../shared/io/trouble.js';

export interface PortChoice {
  readonly ports: readonly number[];
  /** Sentences for the user about the ports that were passed over. */
  readonly skipped: readonly string[];
}

export interface PortRequest {
  /** What the ports are for, such as `HTTP`. */
  readonly purpose: string;
  /** The flag that sets `from`, without dashes. */
  readonly flag: string;
  readonly from: number;
  readonly count: number;
  /** Why a port cannot be used although it may be free. */
  readonly reserved: ReadonlyMap<number, string>;
  readonly isFree: (port: number) => Promise<boolean>;
}

/** The first ports from `from` that are neither reserved nor in use. */
export async function choosePorts(request: PortRequest): Promise<PortChoice> {
  const { purpose, flag, from, count, reserved, isFree } = request;
  const ports: number[] = [];
  const skipped: Skip[] = [];
  for (let port = from; ports.length < count; port++) {
    if (port > PORT_MAX) throw noPorts(purpose, from, flag);
    const reason = reserved.get(port) ?? ((await isFree(port)) ? undefined : 'in use');
    if (reason === undefined) ports.push(port);
    else addSkip(skipped, port, reason);
  }
  return { ports, skipped: skipped.map((skip) => sentenceOf(purpose, skip)) };
}

/** Neighbouring ports that cannot be used for one reason. */
interface Skip {
  readonly first: number;
  readonly last: number;
  readonly reason: string;
}

function addSkip(skips: Skip[], port: number, reason: string): void {
  const before = skips.at(-1);
  if (before?.last === port - 1 && before.reason === reason) {
    skips[skips.length - 1] = { ...before, last: port };
  } else skips.push({ first: port, last: port, reason });
}

function sentenceOf(purpose: string, { first, last, reason }: Skip): string {
  const range = `${String(first)}–${String(last)}`;
  return first === last
    ? `${purpose} port ${String(first)} is ${reason}; skipped.`
    : `${purpose} ports ${range} are ${reason}; skipped.`;
}

const PORT_MAX = 65_535;

const noPorts = (purpose: string, from: number, flag: string): Trouble =>
  new Trouble(
    'no-free-ports',
    `There are not enough free ${purpose} ports from ${String(from)} up.`,
    `Choose a lower one with --${flag}.`,
  );

/** Ports on which browsers refuse to open a page (Fetch Standard, “bad port”), from 1719 up. */
const BLOCKED_BY_BROWSERS = [
  1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667, 6668, 6669,
  6679, 6697, 10_080,
] as const;

/** Reasons for ports that an HTTP server of ours must not take. */
export const browserBlocked = (): Map<number, string> =>
  new Map(BLOCKED_BY_BROWSERS.map((port) => [port, 'blocked by browsers']));

/**
 * Whether all of `hosts` can be listened on at `port` now. `::1` counts as free where the computer
 * has no IPv6. Throws `Trouble` when something else than the port is in the way.
 */
export async function isPortFree(port: number, hosts: readonly string[]): Promise<boolean> {
  for (const host of hosts) if (!(await canListen(port, host))) return false;
  return true;
}

async function canListen(port: number, host: string): Promise<boolean> {
  const server = createServer().listen({ port, host, exclusive: true });
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (PORT_TAKEN.has(code)) return false;
    if (host === '::1' && NO_IPV6.has(code)) return true;
    throw listenTrouble(error, { host, port });
  }
  server.close();
  await once(server, 'close');
  return true;
}

/** EACCES: a port below 1024, or one that Windows keeps for itself. */
const PORT_TAKEN: ReadonlySet<string> = new Set(['EADDRINUSE', 'EACCES']);
const NO_IPV6: ReadonlySet<string> = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);
