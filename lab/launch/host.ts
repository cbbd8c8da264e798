/** The address that a network on one computer listens on: a look at it before anything is done. */

import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { listen } from '../../shared/io/listen.js';
import { Trouble } from '../../shared/io/trouble.js';
import { canonicalHost, scopeOf, type NetAddress } from '../../shared/wire/netAddress.js';

/** Throws `Trouble` unless this computer can listen on `host`, and be dialed there. */
export async function checkHost(host: string): Promise<void> {
  const server = createServer((socket) => socket.destroy());
  const bound = await listen(server, { host, port: 0 }).catch((error: unknown) => {
    throw cannotListen(host, error);
  });
  try {
    await checkDialed(host, bound);
  } finally {
    server.close();
  }
}

/** `0.0.0.0` and broadcast addresses can be listened on, too. */
async function checkDialed(host: string, bound: NetAddress): Promise<void> {
  const address = canonicalHost(bound.host);
  const isEverywhere = address !== undefined && scopeOf(address) === 'unspecified';
  if (!isEverywhere && (await canDial(bound))) return;
  throw new Trouble('bad-host', `--host ${host} is no address that others can dial.`, advice());
}

const DIAL_TIMEOUT_MS = 2_000;

async function canDial(address: NetAddress): Promise<boolean> {
  const socket = connect(address);
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(DIAL_TIMEOUT_MS) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A bug as it is. */
function cannotListen(host: string, error: unknown): unknown {
  if (!(error instanceof Trouble)) return error;
  const { code = '' } = error.cause as NodeJS.ErrnoException;
  const why =
    error.code === 'address-not-ours'
      ? `--host ${host} is not an address of this machine.`
      : `Nothing can listen on --host ${host} (${code}).`;
  return new Trouble('bad-host', why, advice(), error);
}

function advice(): string {
  const own = lanAddresses();
  const choice = own.length === 0 ? '' : `, or an address that others reach: ${own.join(', ')}`;
  return `Choose 127.0.0.1, which only this machine reaches${choice}.`;
}

/** The addresses of this computer but those of one link only, which need its name, too. */
const lanAddresses = (): string[] =>
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address);
