/** The port through which the registry outlives the process. */

import type { BlockHash } from '../../shared/units.js';

export interface PeerKey {
  readonly network: BlockHash;
  readonly address: Uint8Array;
  readonly port: number;
}

/** A peer as it is stored. */
export interface PeerRow extends PeerKey {
  readonly nodeKey: Uint8Array;
  readonly source: Uint8Array;
  readonly isClaimed: boolean;
  readonly name: string;
  readonly height: number;
  readonly firstSeenUnix: number;
  readonly lastSeenUnix: number;
}

/** Removals come first: a peer in both is there. */
export interface Changes {
  readonly removals: readonly PeerKey[];
  readonly upserts: readonly PeerRow[];
}

/** Where peers are kept. Trouble (disk full, damaged file) throws. */
export interface RegistryStore {
  /** Calls `each` for every peer that was kept, one at a time: 100,000 at once would be 60 MB. */
  load(each: (row: PeerRow) => void): void;
  /** Keeps `changes`, all or none of them. */
  apply(changes: Changes): void;
  close(): void;
}
