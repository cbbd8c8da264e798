/**
 * The node's side that faces others: puts together who is there (`Contacts`) and what is said, and
 * gives the parts their turns.
 */

import type { Entropy } from '../../shared/entropy.js';
import type { Rng } from '../../shared/rng.js';
import type { MonoMs, Now } from '../../shared/units.js';
import type { ConnectionInput } from '../../shared/wire/connection.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { peerProtocol, SHORT_ID_KEY_BYTES } from '../../shared/wire/peerMessages.js';
import type { Block } from '../../shared/consensus/block.js';
import type { Advance, Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import type { Settled, Transactions } from '../mempool/transactions.js';
import type { ProofAnswer, QueueSizes } from '../types.js';
import { BlockServer } from './blockServer.js';
import { CompactBlocks } from './compactBlocks.js';
import { Contacts, earlier, type ContactsOptions, type PeerStatus } from './contacts.js';
import { Downloads } from './downloads.js';
import type { Identity } from './identity.js';
import { Messages } from './messages.js';
import type { Outbox } from './outbox.js';
import { ProofServer } from './proofServer.js';
import { Progress, type Surroundings } from './progress.js';
import { Relay } from './relay.js';
import type { Session } from './session.js';
import { Sync } from './sync.js';
import type { TrackerStatus } from './trackerClient.js';
import { TxRelay } from './txRelay.js';

export interface NetOptions extends ContactsOptions {
  /** Chain work below which headers are read before they are stored. */
  readonly workMin: bigint;
}

export interface NetDependencies {
  readonly chain: Chain;
  readonly transactions: Transactions;
  readonly identity: Identity;
  readonly outbox: Outbox;
  readonly rng: Rng;
  readonly entropy: Entropy;
}

export class Net {
  readonly #chain: Chain;
  readonly #contacts: Contacts;
  readonly #progress: Progress;
  readonly #sync: Sync;
  readonly #downloads: Downloads;
  readonly #relay: Relay;
  readonly #compact: CompactBlocks;
  readonly #txRelay: TxRelay;
  readonly #server: BlockServer;
  readonly #proofs: ProofServer;
  readonly #messages: Messages;

  constructor(options: NetOptions, dependencies: NetDependencies) {
    const { chain, transactions, identity, outbox, rng, entropy } = dependencies;
    this.#chain = chain;
    const protocol = peerProtocol(chain.network.params.blockBytesMax);
    this.#contacts = new Contacts(options, {
      protocol,
      identity,
      outbox,
      rng,
      standing: () => chain.tip,
      on: {
        ready: (session, now) => {
          this.#onReady(session, now);
        },
        message: (session, event, now) => {
          this.#messages.onMessage(session, event, now);
        },
        sent: (peer) => {
          this.#server.onSent(peer);
        },
        gone: (session) => {
          this.#onGone(session);
        },
      },
    });
    const { connections, knowledge } = this.#contacts;
    this.#relay = new Relay({ chain, connections, knowledge });
    this.#downloads = new Downloads({ chain, knowledge, outbox });
    this.#progress = new Progress(chain, this.#downloads);
    this.#txRelay = new TxRelay({ transactions, connections });
    const { compact: compactPush } = this.#relay;
    const sources = { transaction: this.#txRelay.bytesOf, rest: compactPush.rest };
    this.#server = new BlockServer(chain, sources);
    const parts = { chain, downloads: this.#downloads, relay: this.#relay, outbox };
    this.#compact = new CompactBlocks(entropy.bytes(SHORT_ID_KEY_BYTES), parts);
    this.#proofs = new ProofServer(outbox);
    const onNewHeader = (entry: HeaderEntry): void => {
      this.#relay.onNewHeader(entry);
    };
    this.#sync = new Sync(options, { chain, knowledge, entropy, outbox, onNewHeader });
    this.#messages = new Messages({
      sync: this.#sync,
      downloads: this.#downloads,
      compact: this.#compact,
      compactPush,
      server: this.#server,
      txRelay: this.#txRelay,
      proofs: this.#proofs,
    });
  }

  get isSynced(): boolean {
    return this.#progress.isSynced;
  }

  /** See `Progress`. */
  get goal(): HeaderEntry {
    return this.#progress.goal;
  }

  get peerCount(): number {
    return this.#contacts.peerCount;
  }

  get trackers(): readonly TrackerStatus[] {
    return this.#contacts.trackers.statuses;
  }

  peers(now: MonoMs): PeerStatus[] {
    return this.#contacts.peers(now);
  }

  /** What waits here for others, or is remembered of them. */
  queues(): Omit<QueueSizes, keyof ReturnType<Chain['queues']> | OtherQueues> {
    const { connections, bans, candidates, heads } = this.#contacts.queues();
    return {
      connections,
      bans,
      candidates,
      heads,
      blocksInFlight: this.#downloads.inFlightMax,
      questions: Math.max(this.#server.questionsMax, this.#proofs.questionsMax),
      futureHeaders: this.#sync.futureHeadersMax,
      presyncBytes: this.#sync.presyncBytes,
      senders: this.#downloads.senderCount,
      announced: this.#txRelay.announcedMax,
    };
  }

  handle(input: ConnectionInput, now: Now): void {
    this.#contacts.handle(input, now);
  }

  /** The operator wants a connection to a node at `address`. */
  connect(address: NetAddress, now: MonoMs): void {
    this.#contacts.connect(address, now);
  }

  /** Whether others are to be told of a block before it is connected. */
  get isUrgent(): boolean {
    return this.#relay.isUrgent;
  }

  /** A block of our own, or of the operator's, was accepted. */
  onOwnBlock(entry: HeaderEntry, block?: Block): void {
    this.#downloads.onStored(entry.hash);
    this.#relay.onNewHeader(entry);
    if (block !== undefined) this.#relay.onNewBlock(entry, block);
  }

  /** See `ProofServer`. */
  onProven(id: number, answer: ProofAnswer | undefined): void {
    this.#proofs.onProven(id, answer);
  }

  /** The operator does not want to wait for others. */
  onImpatience(): void {
    this.#progress.onCommand();
  }

  onAdvance({ events, failures }: Advance): void {
    for (const { entry, reject } of failures) this.#downloads.onFailure(entry.hash, reject);
    let isTipNew = false;
    for (const event of events) {
      if (event.type === 'block-connected') this.#downloads.onConnected(event.hash);
      if (event.type === 'tip-changed') isTipNew = true;
    }
    if (!isTipNew) return;
    this.#relay.onTip();
    this.#contacts.onTip(this.#chain.tip);
  }

  /** What became of transactions in this step. */
  onTransactions({ outcomes, changes }: Settled): void {
    this.#compact.onChanges(changes);
    this.#txRelay.onOutcomes(outcomes);
    this.#txRelay.onChanges(changes);
  }

  /** All that follows from what happened and from the time; the last thing in each step. */
  settle(now: Now): void {
    const { mono } = now;
    this.#contacts.watch(mono);
    this.#sync.settle(now);
    this.#downloads.settle(mono);
    if (this.#contacts.endSessions(mono)) {
      // What they owed is asked of others at once.
      this.#sync.settle(now);
      this.#downloads.settle(mono);
    }
    this.#server.settle(mono);
    this.#contacts.settle(mono);
    this.#progress.settle(() => this.#surroundings(), mono);
    this.#relay.settle(this.#progress.isSynced);
    this.#txRelay.settle(mono, this.#progress.isSynced);
  }

  /** Ends everything: the node stops. */
  stop(now: MonoMs): void {
    this.#contacts.stop(now);
  }

  /** When `settle` has something to do, if nothing comes in before. */
  nextWake(now: MonoMs): MonoMs | undefined {
    let next = earlier(this.#contacts.nextWake(now), this.#sync.nextWake());
    next = earlier(next, this.#downloads.nextWake());
    next = earlier(next, this.#server.nextWake(now));
    next = earlier(next, this.#txRelay.nextWake());
    return earlier(next, this.#progress.nextWake());
  }

  #onReady(session: Session, now: Now): void {
    this.#server.onReady(session);
    if (session.isPeer) {
      this.#downloads.onReady(session, now.mono);
      this.#sync.onReady(session);
      this.#compact.suppliers.onReady(session);
    }
    this.#relay.onReady(session);
    this.#txRelay.onReady(session);
  }

  #onGone(session: Session): void {
    this.#sync.onGone(session);
    this.#downloads.onGone(session);
    this.#server.onGone(session);
    this.#proofs.onGone(session);
    this.#txRelay.onGone(session);
    this.#compact.onGone(session);
  }

  #surroundings(): Surroundings {
    const { isLooking, peerCount } = this.#contacts;
    return { isAnswered: this.#sync.isAnswered, isLooking, peerCount };
  }
}

/** Of the miner and of what waits for a block. */
type OtherQueues = 'templates' | 'waiting' | 'waitingBytes' | 'intake' | 'orphans';
