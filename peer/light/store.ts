/**
 * What a light peer needs of a disk: headers, what it was proven, and how far each of those whom it
 * asked was asked. A synchronous, atomic port, as the chain's is; `peer/storage` implements it.
 */

import type { AddressHash, BlockHash, NodeKey } from '../../shared/units.js';
import type { ProvenTransaction } from '../../shared/wire/peerMessages.js';
import type { StoredHeader } from '../chain/store.js';

/** What one peer has told: all that it knows of `addresses`, up to the block `upTo`. */
export interface StoredTestimony {
  readonly nodeKey: NodeKey;
  readonly upTo: BlockHash;
  readonly addresses: readonly AddressHash[];
}

export interface LightStore {
  /** Runs `step` in one transaction: all of it is committed, or nothing. */
  atomically<T>(step: () => T): T;
  /** By id. */
  headers(): Iterable<StoredHeader>;
  putHeader(id: number, bytes: Uint8Array): void;
  /** In the order in which they came. */
  proofs(): Iterable<ProvenTransaction>;
  /** One that was not there. */
  putProof(proof: ProvenTransaction): void;
  /** The one that was heard of longest ago first. */
  testimonies(): Iterable<StoredTestimony>;
  /** Where the peer stands now, which becomes the last; and addresses that are new with it. */
  putTestimony(testimony: StoredTestimony): void;
  deleteTestimony(nodeKey: NodeKey): void;
}
