/** What the registry is told of a peer, and what it tells. */

import type { Reach } from './peerColumns.js';

/** What a peer said of itself, checked: the address and its source have the same reach. */
export interface Claim {
  /** Number of the network. */
  readonly network: number;
  /** 16 bytes, as on the wire. */
  readonly address: Uint8Array;
  readonly port: number;
  /** 32 bytes, proven by the handshake of the connection that it came over. */
  readonly nodeKey: Uint8Array;
  /** 16 bytes: the address that it came from, as `sourceOf` groups it. */
  readonly source: Uint8Array;
  /** `address` is not the one that it came from. */
  readonly isClaimed: boolean;
  readonly reach: Reach;
  readonly name: string;
  readonly height: number;
}

export type PruneReason = 'stopped' | 'expired' | 'lost' | 'evicted' | 'replaced';

export interface PeerView {
  /** 16 bytes, as on the wire. */
  readonly address: Uint8Array;
  readonly port: number;
  readonly nodeKey: Uint8Array;
  readonly name: string;
  readonly height: number;
  readonly firstSeenUnix: number;
  readonly lastSeenUnix: number;
  readonly misses: number;
}

export interface PrunedPeer extends PeerView {
  readonly reason: PruneReason;
  readonly prunedUnix: number;
}

export interface Asker {
  readonly slot: number | undefined;
  readonly nodeKey: Uint8Array;
  readonly reach: Reach;
}
