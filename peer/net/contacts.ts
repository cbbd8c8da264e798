/**
 * With whom a program of a network is connected, and how that comes about: dialing, trackers, the
 * sessions and their ends. Hands each input to the part that it concerns. What is said in the
 * sessions is for others.
 */

import { assertNever } from '../../shared/assert.js';
import type { Rng } from '../../shared/rng.js';
import type { MonoMs, Now, PeerId } from '../../shared/units.js';
import type { ConnectionInput } from '../../shared/wire/connection.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import type { PeerProtocol } from '../../shared/wire/peerMessages.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import { Bans } from './bans.js';
import { Candidates } from './candidates.js';
import { ClockWatch } from './clockWatch.js';
import { OUTBOUND_WANTED, Connections, type Connected } from './connections.js';
import { Dialing } from './dialing.js';
import { Duplicates } from './duplicates.js';
import type { Identity, Standing } from './identity.js';
import { Knowledge } from './knowledge.js';
import { Neighbours } from './neighbours.js';
import type { Outbox } from './outbox.js';
import type { Ending, Session, SessionEvent, SessionStatus } from './session.js';
import { Trackers, type TrackersOptions } from './trackers.js';

export interface ContactsOptions extends TrackersOptions {
  /** Those of the last run, best first. */
  readonly neighbours: readonly NetAddress[];
  /** Outbound sessions that it keeps up; without it `OUTBOUND_WANTED`. */
  readonly outboundWanted?: number;
}

export interface ContactsDependencies {
  readonly protocol: PeerProtocol;
  readonly identity: Identity;
  readonly outbox: Outbox;
  readonly rng: Rng;
  /** What `hello` tells of the chain. */
  readonly standing: () => Standing;
  readonly on: SessionHooks;
}

export type SessionMessage = Extract<SessionEvent, { type: 'message' }>;

/** What others want to know of sessions. */
export interface SessionHooks {
  readonly ready: (session: Session, now: Now) => void;
  readonly message: (session: Session, event: SessionMessage, now: Now) => void;
  /** Bytes that asked for it are with the operating system. */
  readonly sent: (peer: PeerId) => void;
  readonly gone: (session: Session) => void;
}

export interface PeerStatus extends SessionStatus {
  /** Of the best header that it told us of. */
  readonly height: number | undefined;
}

export class Contacts {
  readonly connections: Connections;
  readonly trackers: Trackers;
  /** What each peer is known to have. */
  readonly knowledge = new Knowledge();
  readonly #parts: ContactsDependencies;
  readonly #bans = new Bans();
  readonly #dialing: Dialing;
  readonly #duplicates: Duplicates;
  readonly #neighbours: Neighbours;
  readonly #clockWatch: ClockWatch;

  constructor(options: ContactsOptions, dependencies: ContactsDependencies) {
    const { protocol, identity, outbox, rng, standing } = dependencies;
    this.#parts = dependencies;
    const bans = this.#bans;
    const onPing = (session: Session, now: MonoMs): void => {
      this.#dialing.onPing(session, now);
    };
    this.connections = new Connections({ protocol, identity, outbox, rng, bans, onPing });
    const { connections, knowledge } = this;
    const candidates = new Candidates(rng);
    const { outboundWanted = OUTBOUND_WANTED, neighbours } = options;
    const parties = { candidates, connections, knowledge, bans, identity, outbox };
    this.#dialing = new Dialing(outboundWanted, parties);
    this.#duplicates = new Duplicates(identity.nodeKey, outbox);
    this.#neighbours = new Neighbours(neighbours, { connections, outbox });
    this.#clockWatch = new ClockWatch(outbox);
    this.trackers = new Trackers(options, {
      identity,
      outbox,
      rng,
      standing,
      onPeers: (peers) => {
        for (const { host, port, nodeKey } of peers) {
          this.#dialing.onHeard({ host, port }, 'tracker', nodeKey);
        }
      },
    });
    for (const address of neighbours) this.#dialing.onHeard(address, 'neighbour');
  }

  get peerCount(): number {
    return [...this.connections.peers()].length;
  }

  /** Whether a connection may come about without any further input. */
  get isLooking(): boolean {
    if (!this.trackers.areKnown || this.#dialing.isDialing) return true;
    return [...this.connections.all()].some(({ readyAt }) => readyAt === undefined);
  }

  peers(now: MonoMs): PeerStatus[] {
    const sessions = [...this.connections.all()].filter(({ service }) => service !== 'tracker');
    return sessions.map((session) => {
      const told = session.isPeer ? session.hello.tipHeight : undefined;
      const shown = this.knowledge.best(session.peer)?.height;
      const height = told === undefined ? undefined : Math.max(told, shown ?? 0);
      return { ...session.status(now), height };
    });
  }

  /** What is remembered here. */
  queues(): { connections: number; bans: number; candidates: number; heads: number } {
    return {
      connections: this.connections.count,
      bans: this.#bans.size,
      candidates: this.#dialing.candidateCount,
      heads: this.knowledge.headsMax,
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
        this.#parts.on.sent(input.peer);
        return;
      case 'closed':
        this.trackers.at(input.peer)?.onClosed(now.mono);
        this.connections.at(input.peer)?.onClosed();
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

  /** Our tip moved: it is `tip`. */
  onTip(tip: HeaderEntry): void {
    this.#dialing.onTip(tip);
  }

  /** What follows from the time for the sessions that there are; the first thing in a settling. */
  watch(now: MonoMs): void {
    this.connections.onTime(now);
    this.#duplicates.settle(now);
    this.#dialing.watch(now);
  }

  /** Lets go of every session that some part gave up, or that was closed; true if there was one. */
  endSessions(now: MonoMs): boolean {
    const ending = this.connections.takeEnding();
    for (const session of ending) {
      if (session.ending !== undefined) this.#endSession(session, session.ending, now);
    }
    return ending.length > 0;
  }

  /** Looks for others; called in each step, after the sessions that are over were let go. */
  settle(now: MonoMs): void {
    this.trackers.settle(now);
    this.#dialing.settle(now);
    this.#neighbours.settle(now);
  }

  /** Ends everything: the program stops. */
  stop(now: MonoMs): void {
    this.#neighbours.stop();
    this.trackers.stop(now);
    for (const session of this.connections.all()) session.end('shutting-down');
    this.endSessions(now);
  }

  nextWake(now: MonoMs): MonoMs | undefined {
    let next = earlier(this.connections.nextWake(), this.#duplicates.nextWake(now));
    next = earlier(next, this.#dialing.nextWake(now));
    next = earlier(next, this.#neighbours.nextWake());
    return earlier(next, this.trackers.nextWake());
  }

  #onConnected(input: Connected, now: Now): void {
    const { dialed } = input;
    const tracker = this.trackers.dialing(dialed);
    if (tracker !== undefined) {
      tracker.onConnected(input.peer, now);
      return;
    }
    if (dialed !== undefined) this.#dialing.onConnected(dialed);
    this.connections.open(input, this.#parts.standing(), now);
  }

  #onDialFailed(address: NetAddress, now: MonoMs): void {
    const tracker = this.trackers.dialing(address);
    if (tracker !== undefined) tracker.onDialFailed(now);
    else this.#dialing.onDialFailed(address, now);
  }

  #onReceived(peer: PeerId, bytes: Uint8Array, now: Now): void {
    this.trackers.at(peer)?.onReceived(bytes, now);
    const session = this.connections.at(peer);
    if (session === undefined) return;
    for (const event of session.receive(bytes, now.mono)) {
      if (event.type === 'ready') this.#onReady(session, now);
      else this.#parts.on.message(session, event, now);
      if (session.ending !== undefined) return;
    }
  }

  #onReady(session: Session, now: Now): void {
    if (!session.isListener) return;
    this.#duplicates.onReady(session);
    if (session.ending !== undefined) return;
    const first = this.connections.withKey(session.nodeKey, session);
    if (first !== undefined) this.#duplicates.onDuplicate(first, session, now.mono);
    if (session.isPeer) {
      this.#dialing.onReady(session);
      this.#neighbours.onReady();
      this.#clockWatch.onReady(this.connections.peers());
    }
    this.#parts.on.ready(session, now);
    this.#parts.outbox.tell({ type: 'peer-ready', peer: session.summary });
  }

  #endSession(session: Session, ending: Ending, now: MonoMs): void {
    const { reason, sentence, isBan, isClosed } = ending;
    const { outbox, on } = this.#parts;
    if (!isClosed) outbox.disconnect(session.peer, reason);
    if (isBan && session.readyAt !== undefined) {
      this.#bans.add(session.facts.address.host, session.nodeKey, now);
    }
    this.connections.remove(session);
    on.gone(session);
    this.knowledge.onGone(session.peer);
    this.#dialing.onGone(session, reason, now);
    if (session.isWorthTelling(reason)) {
      outbox.tell({ type: 'peer-gone', peer: session.summary, reason, sentence });
    }
  }
}

/** Each step asks for the next one: no list is made for it. */
export const earlier = (a: MonoMs | undefined, b: MonoMs | undefined): MonoMs | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;
