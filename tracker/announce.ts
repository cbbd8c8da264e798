/**
 * Whether what a peer announces may be registered, before anything is dialed: its port, and an
 * address that it claims instead of the one that it is seen at. With the bounds of the dial-back
 * (registry/dialBack.ts) this keeps the tracker from being used as a scanner.
 */

import { equalBytes } from '../shared/bytes.js';
import { fail, ok, type Result } from '../shared/result.js';
import { encodeHost, scopeOf } from '../shared/wire/netAddress.js';
import type { Reach } from './registry/peerColumns.js';

/** Where a connection comes from. */
export interface Origin {
  /** Canonical text. */
  readonly host: string;
  /** 16 bytes, as on the wire. */
  readonly address: Uint8Array;
  readonly reach: Reach;
  /** 16 bytes: who is counted as one source. */
  readonly source: Uint8Array;
}

export interface Announcement {
  readonly port: number;
  /** Canonical text of the address to register instead of the origin's. */
  readonly claimed: string | undefined;
}

export interface Listener {
  /** 16 bytes, as on the wire. */
  readonly address: Uint8Array;
  readonly port: number;
  readonly isClaimed: boolean;
}

export type AnnounceProblem =
  /** Below 1024 live the services of the system, and no peer. */
  | 'port-reserved'
  /**
   * From the internet into a private network, from a network into this machine, or no host at all.
   */
  | 'claim-out-of-reach';

/** The origin of a connection from `host`; `undefined` when no connection can come from there. */
export function originOf(host: string): Origin | undefined {
  const reach = scopeOf(host);
  if (reach === 'multicast' || reach === 'unspecified') return undefined;
  const address = encodeHost(host);
  return { host, address, reach, source: sourceOf(host, address, reach) };
}

/** Where the peer says that it listens, if that may be dialed. */
export function checkAnnouncement(
  origin: Origin,
  { port, claimed }: Announcement,
): Result<Listener, AnnounceProblem> {
  if (port < PORT_MIN) return fail('port-reserved');
  if (claimed === undefined) return ok({ address: origin.address, port, isClaimed: false });
  if (scopeOf(claimed) !== origin.reach) return fail('claim-out-of-reach');
  const address = encodeHost(claimed);
  return ok({ address, port, isClaimed: !equalBytes(address, origin.address) });
}

const PORT_MIN = 1024;

/**
 * One who has a public IPv6 address usually has the 2^64 of its network; they count as one source.
 */
function sourceOf(host: string, address: Uint8Array, reach: Reach): Uint8Array {
  if (reach !== 'public' || !host.includes(':')) return address;
  const source = new Uint8Array(16);
  source.set(address.subarray(0, 8));
  return source;
}
