/**
 * A light peer's side that faces others. It dials and takes no calls; peers see a client, which
 * nobody asks for anything but its own payments.
 */

import { assertNever } from '../../shared/assert.js';
import type { Entropy } from '../../shared/entropy.js';
import type { Rng } from '../../shared/rng.js';
import type { MonoMs, Now, PeerId } from '../../shared/units.js';
import type { ConnectionInput } from '../../shared/wire/connection.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { peerProtocol, type PeerMessage } from '../../shared/wire/peerMessages.js';
import { Bans } from '../net/bans.js';
import { Candidates } from '../net/candidates.js';
import { ClockWatch } from '../net/clockWatch.js';
import { Connections, OUTBOUND_WANTED, type Connected } from '../net/connections.js';
import { Dialing } from '../net/dialing.js';
import { Duplicates } from '../net/duplicates.js';
import type { Identity } from '../net/identity.js';
import { Knowledge } from '../net/knowledge.js';
import { Neighbours } from '../net/neighbours.js';
import type { PeerStatus } from '../net/net.js';
import type { Outbox } from '../net/outbox.js';
import type { Ending, Session, SessionEvent } from '../net/session.js';
import { Sync } from '../net/sync.js';
import type { TrackerStatus } from '../net/trackerClient.js';
import { Trackers } from '../net/trackers.js';
import type { LightChain } from './lightChain.js';
import type { Payments } from './payments.js';
import type { Provers } from './provers.js';

export interface LightNetOptions {
  readonly trackers: readonly NetAddress[];
  /** Those of the last run, best first. */
  readonly neighbours: readonly NetAddress[];
  /** Chain work below which headers are read before they are stored. */
  readonly workMin: bigint;
}

export interface LightNetDependencies {
  readonly chain: LightChain;
  readonly provers: Provers;
  readonly payments: Payments;
  readonly identity: Identity;
  readonly outbox: Outbox;
  readonly rng: Rng;
  readonly entropy: Entropy;
}

type Arrived = Extract<SessionEvent, { type: 'message' }>;

export class LightNet {
  readonly #parts: LightNetDependencies;
  readonly #bans = new Bans();
  readonly #knowledge = new Knowledge();
  readonly #connections: Connections;
  readonly #trackers: Trackers;
  readonly #sync: Sync;
  readonly #dialing: Dialing;
  readonly #duplicates: Duplicates;
  readonly #neighbours: Neighbours;
  readonly #clockWatch: ClockWatch;

  constructor(options: LightNetOptions, dependencies: LightNetDependencies) {
    const { chain, identity, outbox, rng, entropy } = dependencies;
    this.#parts = dependencies;
    const protocol = peerProtocol(chain.network.params.blockBytesMax);
    const bans = this.#bans;
    const onPing = (session: Session, now: MonoMs): void => {
      this.#dialing.onPing(session, now);
    };
    this.#connections = new Connections({ protocol, identity, outbox, rng, bans, onPing });
    const connections = this.#connections;
    const candidates = new Candidates(rng);
    const parties = { candidates, connections, bans, identity, outbox };
    this.#dialing = new Dialing(OUTBOUND_WANTED, parties);
    this.#duplicates = new Duplicates(identity.nodeKey, outbox);
    this.#neighbours = new Neighbours(options.neighbours, { connections, outbox });
    this.#clockWatch = new ClockWatch(outbox);
    const knowledge = this.#knowledge;
    const onNewHeader = (): void => undefined;
    this.#sync = new Sync(options, { chain, knowledge, entropy, outbox, onNewHeader });
    this.#trackers = new Trackers(
      { trackers: options.trackers, claimedHost: undefined, isClient: true },
      {
        ...{ identity, outbox, rng, standing: () => NO_CHAIN },
        onPeers: (peers) => {
          for (const { host, port, nodeKey } of peers) {
            this.#dialing.onHeard({ host, port }, 'tracker', nodeKey);
          }
        },
      },
    );
    for (const address of options.neighbours) this.#dialing.onHeard(address, 'neighbour');
  }

  /** Whether some peer has told all headers that it has. */
  get isAnswered(): boolean {
    return this.#sync.isAnswered;
  }

  get peerCount(): number {
    return [...this.#connections.peers()].length;
  }

  get trackers(): readonly TrackerStatus[] {
    return this.#trackers.statuses;
  }

  peers(now: MonoMs): PeerStatus[] {
    return [...this.#connections.all()].map((session) => {
      const told = session.isPeer ? session.hello.tipHeight : undefined;
      const shown = this.#knowledge.best(session.peer)?.height;
      const height = told === undefined ? undefined : Math.max(told, shown ?? 0);
      return { ...session.status(now), height };
    });
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
      case 'closed':
        this.#trackers.at(input.peer)?.onClosed(now.mono);
        this.#connections.at(input.peer)?.onClosed();
        return;
      case 'sent':
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

  onTip(): void {
    this.#dialing.onTip();
  }

  /** All that follows from what happened and from the time; the last thing in each step. */
  settle(now: Now): void {
    const { mono } = now;
    this.#connections.onTime(mono);
    this.#duplicates.settle(mono);
    this.#sync.settle(now);
    this.#parts.provers.settle(mono);
    this.#parts.payments.settle(mono);
    this.#endSessions(mono);
    this.#trackers.settle(mono);
    this.#dialing.settle(mono);
    this.#neighbours.settle(mono);
  }

  /** Ends everything: the program stops. */
  stop(now: MonoMs): void {
    this.#neighbours.stop();
    this.#trackers.stop(now);
    for (const session of this.#connections.all()) session.end('shutting-down');
    this.#endSessions(now);
  }

  /** When `settle` has something to do, if nothing comes in before. */
  nextWake(): MonoMs | undefined {
    const parts = [
      ...[this.#connections, this.#duplicates, this.#sync, this.#dialing, this.#neighbours],
      ...[this.#trackers, this.#parts.provers, this.#parts.payments],
    ];
    const next = Math.min(...parts.map((part) => part.nextWake() ?? Number.POSITIVE_INFINITY));
    return next === Number.POSITIVE_INFINITY ? undefined : (next as MonoMs);
  }

  #onConnected(input: Connected, now: Now): void {
    const { dialed } = input;
    const tracker = this.#trackers.dialing(dialed);
    if (tracker !== undefined) {
      tracker.onConnected(input.peer, now);
      return;
    }
    if (dialed !== undefined) this.#dialing.onConnected(dialed);
    this.#connections.open(input, NO_CHAIN, now);
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
      else this.#onArrived(session, event, now);
      if (session.ending !== undefined) return;
    }
  }

  #onReady(session: Session, now: Now): void {
    this.#duplicates.onReady(session);
    if (session.ending !== undefined) return;
    const first = this.#connections.withKey(session.nodeKey, session);
    if (first !== undefined) this.#duplicates.onDuplicate(first, session, now.mono);
    this.#dialing.onReady(session);
    this.#neighbours.onReady();
    this.#clockWatch.onReady(this.#connections.peers());
    this.#sync.onReady(session);
    this.#parts.provers.onReady(session);
    this.#parts.payments.onReady(session);
    this.#parts.outbox.tell({ type: 'peer-ready', peer: session.summary });
  }

  #onArrived(session: Session, { message, arrival }: Arrived, now: Now): void {
    if (arrival === 'asked' && !this.#isAsked(session, message)) {
      session.breach('message-unexpected');
    } else this.#onMessage(session, message, now);
  }

  #isAsked(session: Session, { type }: PeerMessage): boolean {
    if (type === 'headers') return this.#sync.isAsked(session);
    return type === 'proofs' && this.#parts.provers.isAsked(session);
  }

  /** The table of what may arrive lets nothing else through. */
  #onMessage(session: Session, message: PeerMessage, now: Now): void {
    const { provers, payments } = this.#parts;
    if (message.type === 'headers') this.#sync.onHeaders(session, message.headers, now);
    if (message.type === 'newHeaders') this.#sync.onNewHeaders(session, message.headers, now);
    if (message.type === 'proofs') provers.onProofs(session, message, now.mono);
    if (message.type === 'getTransactions') payments.onGetTransactions(session, message.wtxids);
  }

  /** Lets go of every session that some part gave up, or that was closed. */
  #endSessions(now: MonoMs): void {
    for (const session of this.#connections.takeEnding()) {
      if (session.ending !== undefined) this.#endSession(session, session.ending, now);
    }
  }

  #endSession(session: Session, ending: Ending, now: MonoMs): void {
    const { reason, sentence, isBan, isClosed } = ending;
    const { provers, payments, outbox } = this.#parts;
    if (!isClosed) outbox.disconnect(session.peer, reason);
    if (isBan && session.readyAt !== undefined) {
      this.#bans.add(session.facts.address.host, session.nodeKey, now);
    }
    this.#connections.remove(session);
    this.#sync.onGone(session);
    provers.onGone(session);
    payments.onGone(session);
    this.#knowledge.onGone(session.peer);
    this.#dialing.onGone(session, reason, now);
    if (reason !== 'shutting-down') {
      outbox.tell({ type: 'peer-gone', peer: session.summary, reason, sentence });
    }
  }
}

/** What a client says of a chain: it means nothing. */
const NO_CHAIN = { height: 0, chainWork: 0n };
