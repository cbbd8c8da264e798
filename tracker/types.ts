/**
 * The closed sets that cross the border of the tracker: what goes in, what comes out, what it
 * tells.
 */

import type { BlockHash } from '../shared/units.js';
import type { ConnectionEffect, ConnectionInput } from '../shared/wire/connection.js';
import type { DisconnectReason } from '../shared/wire/disconnect.js';
import type { NetAddress } from '../shared/wire/netAddress.js';
import type { AnnounceProblem } from './announce.js';
import type { PruneReason } from './registry/peer.js';
import type { Changes } from './registry/store.js';

export type TrackerInput =
  | ConnectionInput
  /**
   * The program is stopping: everything is saved and every connection closed. Nothing comes after.
   */
  | { readonly type: 'stop' };

export type TrackerEffect =
  | ConnectionEffect
  /** Keep these; the next ones come a second later at the earliest. */
  | { readonly type: 'save'; readonly changes: Changes }
  | { readonly type: 'event'; readonly event: TrackerEvent };

/** Why an announce was not taken into the registry. */
export type AnnounceRefusal = AnnounceProblem | 'address-taken' | 'source-full' | 'registry-full';

/** Why a peer did not answer as it should when it was dialed back. */
export type MissReason = DisconnectReason | 'refused' | 'timed-out' | 'unreachable';

/** What the tracker tells its log. */
export type TrackerEvent =
  | { readonly type: 'peer-live'; readonly peer: PeerNotice }
  | { readonly type: 'peer-missed'; readonly peer: PeerNotice; readonly why: MissReason }
  | { readonly type: 'peer-pruned'; readonly peer: PeerNotice; readonly why: PruneReason }
  | { readonly type: 'announce-refused'; readonly host: string; readonly why: AnnounceRefusal }
  | {
      readonly type: 'connection-ended';
      readonly remote: NetAddress;
      readonly reason: DisconnectReason;
      readonly sentence: string;
    };

export interface PeerNotice {
  readonly network: BlockHash;
  readonly address: NetAddress;
  readonly name: string;
}
