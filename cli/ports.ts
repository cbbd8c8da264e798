/** A program listens for peers and for HTTP: on two ports. */

import type { Endpoint } from '../shared/config/kinds.js';
import { Trouble } from '../shared/io/trouble.js';

export interface Ports {
  readonly listen: Endpoint;
  readonly http: Endpoint;
}

/**
 * Throws `Trouble` where both, which `flags` choose, ask for one port; the second would find it
 * taken by the first.
 */
export function refuseSamePort(
  { listen, http }: Ports,
  flags: readonly [string, string] = ['--listen', '--http'],
): void {
  if (listen.port !== http.port || listen.port === 0) return;
  if (!isShared(listen.host, http.host)) return;
  throw new Trouble(
    'same-port',
    `${flags.join(' and ')} both ask for port ${String(http.port)}.`,
    'Choose another one for one of them.',
  );
}

/** Whether both hosts have an address in common. `localhost` has two. */
function isShared(a: string, b: string): boolean {
  const isEverywhere = (host: string): boolean => host === '0.0.0.0' || host === '::';
  const isLoopback = (host: string): boolean => LOOPBACK.has(host);
  if (isEverywhere(a) || isEverywhere(b) || a === b) return true;
  return (a === 'localhost' && isLoopback(b)) || (b === 'localhost' && isLoopback(a));
}

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1']);
