/** From names that people type to addresses that nodes dial. */

import { lookup } from 'node:dns/promises';
import { printEndpoint, type Endpoint } from '../shared/config/kinds.js';
import type { Logger } from '../shared/io/logger.js';
import { Trouble } from '../shared/io/trouble.js';
import { canonicalHost, scopeOf, type NetAddress } from '../shared/wire/netAddress.js';

/**
 * An address for each endpoint; a name that cannot be resolved costs a line in the log, not the
 * start.
 */
export async function resolveAddresses(
  endpoints: readonly Endpoint[],
  logger: Logger,
): Promise<NetAddress[]> {
  const found = await Promise.all(endpoints.map((endpoint) => resolveOne(endpoint, logger)));
  return found.flat();
}

/** Throws `Trouble` where nobody could call what is to be advertised. */
export function refuseUncallable(advertised: Endpoint): void {
  const host = canonicalHost(advertised.host);
  const scope = host === undefined ? undefined : scopeOf(host);
  const isNobody = scope === 'unspecified' || scope === 'multicast';
  if (!isNobody && advertised.port >= PORT_MIN) return;
  throw new Trouble(
    'not-callable',
    `--advertise ${printEndpoint(advertised)} is no address that others can call.`,
    `Name one of this computer as others see it, with a port from ${String(PORT_MIN)} on.`,
  );
}

/** Trackers call no lower one: those are the system's. */
const PORT_MIN = 1024;

async function resolveOne(endpoint: Endpoint, logger: Logger): Promise<NetAddress[]> {
  const { host: name, port } = endpoint;
  const literal = canonicalHost(name);
  if (literal !== undefined) return [{ host: literal, port }];
  try {
    const { address } = await lookup(name);
    const host = canonicalHost(address);
    return host === undefined ? [] : [{ host, port }];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    logger.warn('a name cannot be resolved; going on without it', {
      name: printEndpoint(endpoint),
      code,
    });
    return [];
  }
}
