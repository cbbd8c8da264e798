/** What others may ask about a light peer, between two steps. Only reads. */

import type { Network } from '../../shared/consensus/genesis.js';
import type { BlockHash, NodeKey, Now, Txid } from '../../shared/units.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import type { PeerStatus } from '../net/contacts.js';
import type { RunningClock } from '../net/runningClock.js';
import type { TrackerStatus } from '../net/trackerClient.js';
import type { Proven } from './checkProofs.js';
import type { LightChain } from './lightChain.js';
import { LightLedger } from './lightLedger.js';
import type { LightNet } from './lightNet.js';
import type { Payments } from './payments.js';
import type { ProofBook } from './proofBook.js';
import type { Provers } from './provers.js';
import type { Testimonies } from './testimonies.js';

export interface LightQueriesDependencies {
  readonly chain: LightChain;
  readonly book: ProofBook;
  readonly provers: Provers;
  readonly testimonies: Testimonies;
  readonly payments: Payments;
  readonly net: LightNet;
  readonly nodeKey: NodeKey;
  readonly clock: RunningClock;
}

export class LightQueries {
  readonly nodeKey: NodeKey;
  readonly network: Network;
  /** What a wallet reads. */
  readonly ledger: LightLedger;
  readonly #parts: LightQueriesDependencies;

  constructor(dependencies: LightQueriesDependencies) {
    this.nodeKey = dependencies.nodeKey;
    this.network = dependencies.chain.network;
    this.ledger = new LightLedger(dependencies);
    this.#parts = dependencies;
  }

  get tip(): HeaderEntry {
    return this.#parts.chain.tip;
  }

  /** A header is all that is wanted of a block. */
  get bestHeader(): HeaderEntry {
    return this.tip;
  }

  /** Whether a peer that is here has told all headers that it has. */
  get isSynced(): boolean {
    return this.#parts.net.isAnswered;
  }

  get trackers(): readonly TrackerStatus[] {
    return this.#parts.net.trackers;
  }

  /** Sessions that are ready. */
  get peerCount(): number {
    return this.#parts.net.peerCount;
  }

  /** Peers that are asked about our addresses. */
  get proverCount(): number {
    return this.#parts.provers.count;
  }

  /** Every connection; `now`: the real time. */
  peers(now: Now): PeerStatus[] {
    return this.#parts.net.peers(this.#parts.clock.peek(now).mono);
  }

  /** Bytes and number of the payments that peers took, and that no block holds. */
  get waiting(): { readonly count: number; readonly bytes: number } {
    const waiting = this.#parts.payments.waiting();
    const bytes = waiting.reduce((sum, { tx }) => sum + tx.bytes.length, 0);
    return { count: waiting.length, bytes };
  }

  /** Any known header. */
  entry(hash: BlockHash): HeaderEntry | undefined {
    return this.#parts.chain.entry(hash);
  }

  /** The header of the chain at `height`. */
  active(height: number): HeaderEntry | undefined {
    return this.#parts.chain.active(height);
  }

  /** The 80 bytes: a view. */
  headerBytes(entry: HeaderEntry): Uint8Array {
    return this.#parts.chain.headerBytes(entry);
  }

  /** A transaction on the chain that was proven. */
  proven(txid: Txid): Proven | undefined {
    return this.#parts.book.get(txid);
  }
}
