/** Claims and times for the tests of the registry. */

import { encodeHost } from '../../../shared/wire/netAddress.js';
import type { BlockHash, MonoMs, Now, UnixSeconds } from '../../../shared/units.js';
import type { Claim } from '../../../tracker/registry/peer.js';

export const NETWORKS = ['aa', 'bb'].map((byte) => byte.repeat(32) as BlockHash);

/** `seconds` after an arbitrary start. */
export const at = (seconds: number): Now => ({
  mono: (seconds * 1000) as MonoMs,
  unix: (1_800_000_000 + seconds) as UnixSeconds,
});

/** A node key that differs by `n`. */
export const keyOf = (n: number): Uint8Array => {
  const key = new Uint8Array(32).fill(7);
  key[0] = n >> 8;
  key[1] = n & 0xff;
  return key;
};

/** A claim of a public address that announces itself, with what `changes` say. */
export function claimOf(
  changes: Partial<Omit<Claim, 'address' | 'source'>> & { host?: string; from?: string } = {},
): Claim {
  const { host = '9.0.0.1', from = host, ...rest } = changes;
  return {
    network: 0,
    address: encodeHost(host),
    port: 6000,
    nodeKey: keyOf(1),
    source: encodeHost(from),
    isClaimed: host !== from,
    reach: 'public',
    name: 'cairn',
    height: 0,
    ...rest,
  };
}
