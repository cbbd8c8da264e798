/** Opens a listening port, and says clearly why it cannot be opened. */

import type { Server } from 'node:net';

import { canonicalHost, type NetAddress } from '../wire/netAddress.js';
import { portHolder } from './portHolder.js';
import { Trouble } from './trouble.js';

export interface ListenAddress {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
}

/** Binds `server` (of TCP or HTTP) and returns the address that it got. Throws `Trouble`. */
export async function listen(server: Server, address: ListenAddress): Promise<NetAddress> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ ...address, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  }).catch((error: unknown) => {
    throw listenTrouble(error, address);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new TypeError('not a TCP port');
  return { host: canonicalHost(bound.address) ?? address.host, port: bound.port };
}

/** What the system says of an attempt to listen at `address` as `Trouble`; a bug as it is. */
export function listenTrouble(error: unknown, { host, port }: ListenAddress): unknown {
  const where = `Port ${String(port)} on ${host}`;
  const { code, syscall } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'EADDRINUSE':
      return new Trouble(
        'port-in-use',
        `${where} is in use${holderText(port)}.`,
        'Stop that program, or choose another port.',
        error,
      );
    case 'EACCES':
      return new Trouble(
        'port-not-allowed',
        `${where} may not be opened by this user.`,
        'Choose a port from 1024 on.',
        error,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAFNOSUPPORT':
      return new Trouble(
        'address-not-ours',
        `${host} is not an address of this machine.`,
        'Choose one of its own, or 127.0.0.1, which only this machine reaches.',
        error,
      );
    default:
      if (code === undefined || syscall === undefined) return error;
      return new Trouble(
        'cannot-listen',
        `${where} cannot be opened (${code}).`,
        'Choose another address or port.',
        error,
      );
  }
}

/** What `open` returns; where its port is in use, the advice names the flag for another one. */
export async function namingFlag<T>(flag: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof Trouble) || error.code !== 'port-in-use') throw error;
    const advice = `Stop that program, or choose another port with ${flag}.`;
    throw new Trouble(error.code, error.message, advice, error);
  }
}

function holderText(port: number): string {
  const holder = portHolder(port);
  if (holder !== undefined) return ` by ${holder}`;
  if (process.platform === 'darwin' && AIRPLAY_PORTS.has(port)) {
    return ' (on macOS usually by the AirPlay Receiver, which System Settings can switch off)';
  }
  return ' by another program';
}

const AIRPLAY_PORTS: ReadonlySet<number> = new Set([5000, 7000]);
