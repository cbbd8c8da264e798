/**
 * What others may ask about a node: API, metrics, simulator. Only reads; what changes something
 * enters as a command. To be called between two steps; entries may be kept, they are never changed
 * to mean another block.
 */

import type { Network } from '../shared/consensus/genesis.js';
import type { AddressHash, BlockHash, NodeKey, Now, Txid } from '../shared/units.js';
import type { Chain } from './chain/chain.js';
import type { HeaderEntry } from './chain/headerEntry.js';
import type { Coin } from './chain/store.js';
import type { MempoolEntry } from './mempool/entry.js';
import type { Fate } from './mempool/departures.js';
import type { Departure } from './mempool/mempool.js';
import { feeRates, placeOf, type FeeRate, type Place } from './mempool/outlook.js';
import type { Transactions } from './mempool/transactions.js';
import type { Miner, MiningStatus } from './mining/miner.js';
import type { PeerStatus } from './net/contacts.js';
import type { Net } from './net/net.js';
import type { RunningClock } from './net/runningClock.js';
import type { TrackerStatus } from './net/trackerClient.js';
import type { QueueSizes } from './types.js';

export interface QueriesDependencies {
  readonly chain: Chain;
  readonly transactions: Transactions;
  readonly net: Net;
  readonly miner: Miner;
  readonly nodeKey: NodeKey;
  readonly clock: RunningClock;
}

export type { Departure, Fate, MempoolEntry };

export interface MempoolStatus {
  readonly count: number;
  /** Of all transactions that wait. */
  readonly bytes: number;
  /** Smallest units for 1,000 bytes below which nothing is taken in. */
  readonly feeRateMin: number;
}

export class Queries {
  readonly nodeKey: NodeKey;
  readonly network: Network;
  readonly #chain: Chain;
  readonly #transactions: Transactions;
  readonly #net: Net;
  readonly #miner: Miner;
  readonly #clock: RunningClock;

  constructor({ chain, transactions, net, miner, nodeKey, clock }: QueriesDependencies) {
    this.nodeKey = nodeKey;
    this.network = chain.network;
    this.#chain = chain;
    this.#transactions = transactions;
    this.#net = net;
    this.#miner = miner;
    this.#clock = clock;
  }

  /** The announced tip. */
  get tip(): HeaderEntry {
    return this.#chain.tip;
  }

  /** Where a sync goes; the tip when it is over. Headers whose blocks nobody gives do not count. */
  get bestHeader(): HeaderEntry {
    return this.#net.goal;
  }

  /** Whether it has all blocks that are to be had, and has looked for peers before. */
  get isSynced(): boolean {
    return this.#net.isSynced;
  }

  get trackers(): readonly TrackerStatus[] {
    return this.#net.trackers;
  }

  /** Sessions with other nodes that are ready. */
  get peerCount(): number {
    return this.#net.peerCount;
  }

  /** Every connection with another node; `now`: the real time. */
  peers(now: Now): PeerStatus[] {
    return this.#net.peers(this.#clock.peek(now).mono);
  }

  mining(now: Now): MiningStatus {
    return this.#miner.status(this.#clock.peek(now));
  }

  /** How full it is, for whoever watches over its limits. */
  queues(): QueueSizes {
    const { mempool, intake } = this.#transactions;
    const net = this.#net.queues();
    const chain = this.#chain.queues();
    return {
      connections: net.connections,
      bans: net.bans,
      candidates: net.candidates,
      heads: net.heads,
      blocksInFlight: net.blocksInFlight,
      questions: net.questions,
      futureHeaders: net.futureHeaders,
      presyncBytes: net.presyncBytes,
      senders: net.senders,
      announced: net.announced,
      decodedBlocks: chain.decodedBlocks,
      decodedBytes: chain.decodedBytes,
      signatureChecks: chain.signatureChecks,
      templates: this.#miner.templateCount,
      waiting: mempool.count,
      waitingBytes: mempool.bytes,
      intake: intake.count,
      orphans: intake.orphanCount,
    };
  }

  /** Any known block. */
  entry(hash: BlockHash): HeaderEntry | undefined {
    return this.#chain.entry(hash);
  }

  /** The block of the active chain at `height`. */
  active(height: number): HeaderEntry | undefined {
    return this.#chain.active(height);
  }

  isActive(entry: HeaderEntry): boolean {
    return this.#chain.isActive(entry);
  }

  /** The 80 bytes of its header: a view. */
  headerBytes(entry: HeaderEntry): Uint8Array {
    return this.#chain.headerBytes(entry);
  }

  /** The whole block, if its body is stored. */
  block(hash: BlockHash): Uint8Array | undefined {
    return this.#chain.block(hash);
  }

  /** The transaction that waits for a block. */
  waiting(txid: Txid): MempoolEntry | undefined {
    return this.#transactions.mempool.get(txid);
  }

  /** What waits for a block as a whole. */
  mempool(now: Now): MempoolStatus {
    const { mempool } = this.#transactions;
    const feeRateMin = mempool.feeRateMin(now.unix);
    return { count: mempool.count, bytes: mempool.bytes, feeRateMin };
  }

  /** What a new transaction should pay, by the blocks that it may wait. */
  feeRates(now: Now): readonly FeeRate[] {
    const { mempool } = this.#transactions;
    return feeRates(mempool.entries(), this.#blockBytes, mempool.feeRateMin(now.unix));
  }

  /** Where `entry` stands among those that wait. */
  placeOf(entry: MempoolEntry): Place {
    return placeOf(entry, this.#transactions.mempool.entries(), this.#blockBytes);
  }

  /** What became of a transaction that does not wait, if that was not long ago. */
  fateOf(txid: Txid): Fate | undefined {
    return this.#transactions.departures.of(txid);
  }

  /** Those that wait, the first that came first. */
  waitingOnes(): Iterable<MempoolEntry> {
    return this.#transactions.mempool.entries();
  }

  get #blockBytes(): number {
    return this.network.params.blockBytesMax;
  }

  /** Those that wait and pay to `address`, or spend its coins. */
  waitingOf(address: AddressHash): readonly MempoolEntry[] {
    return [...this.#transactions.mempool.entriesOf(address)];
  }

  /** The coin of an outpoint key, if it is unspent. */
  coin(outpoint: string): Coin | undefined {
    return this.#chain.coin(outpoint);
  }
}
