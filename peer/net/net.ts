/**
 * The node's side that faces others: puts the parts together, hands each input to the parts that it
 * concerns, and ends the sessions that they gave up.
 */

import { assertNever } from '../../shared/assert.js';
import type { Entropy } from '../../shared/entropy.js';
import type { Rng } from '../../shared/rng.js';
import type { MonoMs, Now, PeerId } from '../../shared/units.js';
import type { ConnectionInput } from '../../shared/wire/connection.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { peerProtocol, SHORT_ID_KEY_BYTES } from '../../shared/wire/peerMessages.js';
import type { Block } from '../../shared/consensus/block.js';
import type { Advance, Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import type { Settled, Transactions } from '../mempool/transactions.js';
import type { ProofAnswer, QueueSizes } from '../types.js';
import { Bans } from './bans.js';
import { BlockServer } from './blockServer.js';
import { Candidates } from './candidates.js';
import { ClockWatch } from './clockWatch.js';
import { CompactBlocks } from './compactBlocks.js';
import { OUTBOUND_WANTED, Connections, type Connected } from './connections.js';
import { Dialing } from './dialing.js';
import { Downloads } from './downloads.js';
import { Duplicates } from './duplicates.js';
import type { Identity } from './identity.js';
import { Knowledge } from './knowledge.js';
import { Messages } from './messages.js';
import { Neighbours } from './neighbours.js';
import type { Outbox } from './outbox.js';
import { ProofServer } from './proofServer.js';
import { Progress, type Surroundings } from './progress.js';
import { Relay } from './relay.js';
import type { Ending, Session, SessionStatus } from './session.js';
import { Sync } from './sync.js';
import type { TrackerStatus } from './trackerClient.js';
import { Trackers } from './trackers.js';
import { TxRelay } from './txRelay.js';

export interface NetOptions {
  readonly trackers: readonly NetAddress[];
  /** The address to announce to trackers instead of the socket's. */
  readonly claimedHost: string | undefined;
  /** Those of the last run, best first. */
  readonly neighbours: readonly NetAddress[];
  /** Outbound sessions that it keeps up; without it `OUTBOUND_WANTED`. */
  readonly outboundWanted?: number;
  /** Chain work below which headers are read before they are stored. */
  readonly workMin: bigint;
}

export interface PeerStatus extends SessionStatus {
  /** Of the best header that it told us of. */
  readonly height: number | undefined;
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
  readonly #outbox: Outbox;
  readonly #bans = new Bans();
  readonly #connections: Connections;
  readonly #progress: Progress;
  readonly #trackers: Trackers;
  readonly #sync: Sync;
  readonly #knowledge = new Knowledge();
  readonly #dialing: Dialing;
  readonly #duplicates: Duplicates;
  readonly #neighbours: Neighbours;
  readonly #clockWatch: ClockWatch;
  readonly #downloads: Downloads;
  readonly #relay: Relay;
  readonly #compact: CompactBlocks;
  readonly #txRelay: TxRelay;
  readonly #server: BlockServer;
  readonly #proofs: ProofServer;
  readonly #messages: Messages;

  constructor(options: NetOptions, dependencies: NetDependencies) {
    const { chain, identity, outbox, rng, entropy } = dependencies;
    const { blockBytesMax } = chain.network.params;
    const protocol = peerProtocol(blockBytesMax);
    const knowledge = this.#knowledge;
    const bans = this.#bans;
    this.#chain = chain;
    this.#outbox = outbox;
    const onPing = (session: Session, now: MonoMs): void => {
      this.#dialing.onPing(session, now);
    };
    this.#connections = new Connections({ protocol, identity, outbox, rng, bans, onPing });
    const connections = this.#connections;
    const candidates = new Candidates(rng);
    const { outboundWanted = OUTBOUND_WANTED } = options;
    const parties = { candidates, connections, bans, identity, outbox };
    this.#dialing = new Dialing(outboundWanted, parties);
    this.#duplicates = new Duplicates(identity.nodeKey, outbox);
    this.#neighbours = new Neighbours(options.neighbours, { connections, outbox });
    this.#clockWatch = new ClockWatch(outbox);
    this.#relay = new Relay({ chain, connections, knowledge });
    this.#downloads = new Downloads({ chain, knowledge, outbox });
    this.#progress = new Progress(chain, this.#downloads);
    const { transactions } = dependencies;
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
    this.#trackers = this.#makeTrackers(options, dependencies);
    for (const address of options.neighbours) this.#dialing.onHeard(address, 'neighbour');
  }

  get isSynced(): boolean {
    return this.#progress.isSynced;
  }

  /** See `Progress`. */
  get goal(): HeaderEntry {
    return this.#progress.goal;
  }

  get peerCount(): number {
    return [...this.#connections.peers()].length;
  }

  get trackers(): readonly TrackerStatus[] {
    return this.#trackers.statuses;
  }

  peers(now: MonoMs): PeerStatus[] {
    const sessions = [...this.#connections.all()].filter(({ service }) => service !== 'tracker');
    return sessions.map((session) => {
      const told = session.isPeer ? session.hello.tipHeight : undefined;
      const shown = this.#knowledge.best(session.peer)?.height;
      const height = told === undefined ? undefined : Math.max(told, shown ?? 0);
      return { ...session.status(now), height };
    });
  }

  /** What waits here for others, or is remembered of them. */
  queues(): Omit<QueueSizes, keyof ReturnType<Chain['queues']> | OtherQueues> {
    return {
      connections: this.#connections.count,
      bans: this.#bans.size,
      candidates: this.#dialing.candidateCount,
      blocksInFlight: this.#downloads.inFlightMax,
      questions: Math.max(this.#server.questionsMax, this.#proofs.questionsMax),
      heads: this.#knowledge.headsMax,
      futureHeaders: this.#sync.futureHeadersMax,
      presyncBytes: this.#sync.presyncBytes,
      senders: this.#downloads.senderCount,
      announced: this.#txRelay.announcedMax,
    };
  }

  handle(input: ConnectionInput, now: Now): void {
    switch (input.type) {
      case 'connected':
        this.#onConnected(input, now);
        return;
      case 'dial-failed':
        this.#onDialFailed(input.address, now.mono);
        return;
      case 'received':
        this.#onReceived(input.peer, input.bytes, now);
        return;
      case 'sent':
        this.#server.onSent(input.peer);
        return;
      case 'closed':
        this.#trackers.at(input.peer)?.onClosed(now.mono);
        this.#connections.at(input.peer)?.onClosed();
        return;
      case 'wake':
        return;
      default:
        assertNever(input);
    }
  }

  /** The operator wants a connection to a node at `address`. */
  connect(address: NetAddress, now: MonoMs): void {
    this.#dialing.onCommand(address, now);
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
    this.#dialing.onTip();
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
    this.#connections.onTime(mono);
    this.#duplicates.settle(mono);
    this.#sync.settle(now);
    this.#downloads.settle(mono);
    if (this.#endSessions(mono)) {
      // What they owed is asked of others at once.
      this.#sync.settle(now);
      this.#downloads.settle(mono);
    }
    this.#server.settle(mono);
    this.#trackers.settle(mono);
    this.#dialing.settle(mono);
    this.#neighbours.settle(mono);
    this.#progress.settle(() => this.#surroundings(), mono);
    this.#relay.settle(this.#progress.isSynced);
    this.#txRelay.settle(mono, this.#progress.isSynced);
  }

  /** Ends everything: the node stops. */
  stop(now: MonoMs): void {
    this.#neighbours.stop();
    this.#trackers.stop(now);
    for (const session of this.#connections.all()) session.end('shutting-down');
    this.#endSessions(now);
  }

  /** When `settle` has something to do, if nothing comes in before. */
  nextWake(now: MonoMs): MonoMs | undefined {
    let next = earlier(this.#connections.nextWake(), this.#duplicates.nextWake());
    next = earlier(next, this.#sync.nextWake());
    next = earlier(next, this.#downloads.nextWake());
    next = earlier(next, this.#server.nextWake(now));
    next = earlier(next, this.#txRelay.nextWake());
    next = earlier(next, this.#dialing.nextWake());
    next = earlier(next, this.#neighbours.nextWake());
    next = earlier(next, this.#progress.nextWake());
    return earlier(next, this.#trackers.nextWake());
  }

  #makeTrackers(options: NetOptions, { identity, outbox, rng }: NetDependencies): Trackers {
    return new Trackers(options, {
      identity,
      outbox,
      rng,
      standing: () => this.#chain.tip,
      onPeers: (peers) => {
        for (const { host, port, nodeKey } of peers) {
          this.#dialing.onHeard({ host, port }, 'tracker', nodeKey);
        }
      },
    });
  }

  #onConnected(input: Connected, now: Now): void {
    const { dialed } = input;
    const tracker = this.#trackers.dialing(dialed);
    if (tracker !== undefined) {
      tracker.onConnected(input.peer, now);
      return;
    }
    if (dialed !== undefined) this.#dialing.onConnected(dialed);
    this.#connections.open(input, this.#chain.tip, now);
  }

  #onDialFailed(address: NetAddress, now: MonoMs): void {
    const tracker = this.#trackers.dialing(address);
    if (tracker !== undefined) tracker.onDialFailed(now);
    else this.#dialing.onDialFailed(address, now);
  }

  #onReceived(peer: PeerId, bytes: Uint8Array, now: Now): void {
    this.#trackers.at(peer)?.onReceived(bytes, now);
    const session = this.#connections.at(peer);
    if (session === undefined) return;
    for (const event of session.receive(bytes, now.mono)) {
      if (event.type === 'ready') this.#onReady(session, now);
      else this.#messages.onMessage(session, event, now);
      if (session.ending !== undefined) return;
    }
  }

  #onReady(session: Session, now: Now): void {
    if (!session.isListener) return;
    this.#duplicates.onReady(session);
    if (session.ending !== undefined) return;
    const first = this.#connections.withKey(session.nodeKey, session);
    if (first !== undefined) this.#duplicates.onDuplicate(first, session, now.mono);
    this.#server.onReady(session);
    if (session.isPeer) {
      this.#dialing.onReady(session);
      this.#neighbours.onReady();
      this.#clockWatch.onReady(this.#connections.peers());
      this.#downloads.onReady(session, now.mono);
      this.#sync.onReady(session);
      this.#compact.suppliers.onReady(session);
    }
    this.#relay.onReady(session);
    this.#txRelay.onReady(session);
    this.#outbox.tell({ type: 'peer-ready', peer: session.summary });
  }

  /** Lets go of every session that some part gave up, or that was closed; true if there was one. */
  #endSessions(now: MonoMs): boolean {
    const ending = this.#connections.takeEnding();
    for (const session of ending) {
      if (session.ending !== undefined) this.#endSession(session, session.ending, now);
    }
    return ending.length > 0;
  }

  #endSession(session: Session, ending: Ending, now: MonoMs): void {
    const { reason, sentence, isBan, isClosed } = ending;
    const { facts } = session;
    if (!isClosed) this.#outbox.disconnect(session.peer, reason);
    if (isBan && session.readyAt !== undefined) {
      this.#bans.add(facts.address.host, session.nodeKey, now);
    }
    this.#connections.remove(session);
    this.#sync.onGone(session);
    this.#downloads.onGone(session);
    this.#server.onGone(session);
    this.#proofs.onGone(session);
    this.#txRelay.onGone(session);
    this.#compact.onGone(session);
    this.#knowledge.onGone(session.peer);
    this.#dialing.onGone(session, reason, now);
    if (session.isWorthTelling(reason)) {
      this.#outbox.tell({ type: 'peer-gone', peer: session.summary, reason, sentence });
    }
  }

  #surroundings(): Surroundings {
    const sessions = [...this.#connections.all()];
    const isGreeting = sessions.some(({ readyAt }) => readyAt === undefined);
    return {
      isAnswered: this.#sync.isAnswered,
      isLooking: !this.#trackers.areKnown || isGreeting || this.#dialing.isDialing,
      peerCount: sessions.filter((session) => session.isPeer).length,
    };
  }
}

/** Of the miner and of what waits for a block. */
type OtherQueues = 'templates' | 'waiting' | 'waitingBytes' | 'intake' | 'orphans';

/** Each step asks for the next one: no list is made for it. */
const earlier = (a: MonoMs | undefined, b: MonoMs | undefined): MonoMs | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;
