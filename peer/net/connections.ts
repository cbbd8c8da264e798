/**
 * All connections with other nodes: how many there may be, who may come in, and when each has
 * waited long enough. Connections with trackers that we dialed are `trackerClient`'s.
 */

import type { MonoMs, NodeKey, Now, PeerId } from '../../shared/units.js';
import type { ConnectionInput } from '../../shared/wire/connection.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import type { Hello } from '../../shared/wire/handshakeMessages.js';
import { scopeOf, type NetAddress } from '../../shared/wire/netAddress.js';
import type { Bans } from './bans.js';
import type { Standing } from './identity.js';
import { Session, type ConnectionFacts, type SessionDependencies } from './session.js';

export type Connected = Extract<ConnectionInput, { type: 'connected' }>;

/** Bitcoin Core's number. */
export const CONNECTIONS_MAX = 125;
/** Kept free of inbound sessions, so that nobody can fill all places from outside. */
export const OUTBOUND_WANTED = 8;
const INBOUND_MAX = CONNECTIONS_MAX - OUTBOUND_WANTED;
/** Above the places of nodes: those that still shake hands, and the dial-backs of trackers. */
const VISITORS_MAX = 32;
/** A class room may share one address; a whole network on one machine is no attack. */
const INBOUND_PER_HOST_MAX = 16;
/** Light peers do nothing for the network: they must not take the places of those who do. */
const CLIENTS_MAX = 32;
/** A tracker's dial-back shakes hands, pings and leaves. */
const TRACKER_VISIT_MS = 30_000;

export interface ConnectionsDependencies extends Omit<SessionDependencies, 'onEnding'> {
  readonly bans: Bans;
}

/** A session, and when it has something to do. */
interface Due {
  readonly session: Session;
  readonly at: number;
}

export class Connections {
  readonly #dependencies: ConnectionsDependencies;
  readonly #sessions = new Map<PeerId, Session>();
  readonly #forSessions: SessionDependencies;
  /** Sessions that are to end, in the order in which that was decided. */
  #ending: Session[] = [];
  /** The session that has something to do first, as far as that is known, and when. */
  #first: Due | undefined;

  constructor(dependencies: ConnectionsDependencies) {
    this.#dependencies = dependencies;
    const { protocol, identity, outbox, rng } = dependencies;
    const onEnding = (session: Session): void => {
      this.#ending.push(session);
    };
    const onPing = (session: Session, now: MonoMs): void => {
      // All else only puts off when a session has something to do.
      this.#first = undefined;
      dependencies.onPing(session, now);
    };
    this.#forSessions = { protocol, identity, outbox, rng, onPing, onEnding };
  }

  /** Every connection, in the order in which they were opened. */
  all(): Iterable<Session> {
    return this.#sessions.values();
  }

  /** The ready sessions with nodes. */
  *peers(): Generator<Session, void> {
    for (const session of this.#sessions.values()) if (session.isPeer) yield session;
  }

  /** The ready sessions with nodes and with light peers. */
  *listeners(): Generator<Session, void> {
    for (const session of this.#sessions.values()) if (session.isListener) yield session;
  }

  get count(): number {
    return this.#sessions.size;
  }

  at(peer: PeerId): Session | undefined {
    return this.#sessions.get(peer);
  }

  /** The oldest ready session with the node, or light peer, of `nodeKey`, other than `except`. */
  withKey(nodeKey: NodeKey, except?: Session): Session | undefined {
    for (const session of this.listeners()) {
      if (session !== except && session.nodeKey === nodeKey) return session;
    }
    return undefined;
  }

  /** Begins the handshake on a new connection, or refuses it. */
  open(input: Connected, standing: Standing, now: Now): Session | undefined {
    const { outbox, identity } = this.#dependencies;
    const { peer, remote, dialed } = input;
    if (dialed === undefined && !this.#hasRoomFor(remote)) {
      outbox.disconnect(peer, 'too-many-connections');
      return undefined;
    }
    const facts: ConnectionFacts = {
      peer,
      address: dialed ?? remote,
      direction: dialed === undefined ? 'inbound' : 'outbound',
      since: now.mono,
      sinceUnix: now.unix,
      toldWork: standing.chainWork,
    };
    const role = dialed === undefined ? 'called' : 'caller';
    const accept = (theirs: Hello): DisconnectReason | undefined =>
      this.#refusal(facts, theirs, now.mono);
    const handshake = identity.handshake(role, standing, now, accept);
    const session = new Session(facts, handshake, this.#forSessions);
    this.#sessions.set(peer, session);
    this.#first = undefined;
    session.start();
    return session;
  }

  remove(session: Session): void {
    this.#sessions.delete(session.peer);
    this.#first = undefined;
  }

  /** Those that are to end, once each. */
  takeEnding(): readonly Session[] {
    if (this.#ending.length === 0) return NONE;
    const ending = this.#ending;
    this.#ending = [];
    return ending;
  }

  /** Handshakes, pings and visits whose time is over. */
  onTime(now: MonoMs): void {
    if (now < this.#dueAt()) return;
    for (const session of this.#sessions.values()) {
      session.onTime(now);
      if (now >= visitEnd(session)) session.end('not-needed');
    }
    this.#first = undefined;
  }

  /** In the past when sessions are to end. */
  nextWake(): MonoMs | undefined {
    if (this.#ending.length > 0) return Number.NEGATIVE_INFINITY as MonoMs;
    const dueAt = this.#dueAt();
    return dueAt === Number.POSITIVE_INFINITY ? undefined : (dueAt as MonoMs);
  }

  /** When some session has something to do: all are looked at only when the first one is heard. */
  #dueAt(): number {
    const known = this.#first;
    if (known !== undefined && isDueAt(known)) return known.at;
    let at = Number.POSITIVE_INFINITY;
    for (const session of this.#sessions.values()) {
      const due = dueAt(session);
      if (due >= at) continue;
      at = due;
      this.#first = { session, at };
    }
    return at;
  }

  #hasRoomFor({ host }: NetAddress): boolean {
    if (this.#sessions.size >= CONNECTIONS_MAX + VISITORS_MAX) return false;
    if (scopeOf(host) === 'loopback') return true;
    let count = 0;
    for (const { facts } of this.#sessions.values()) {
      if (facts.direction === 'inbound' && facts.address.host === host) count++;
    }
    return count < INBOUND_PER_HOST_MAX;
  }

  /** Why the other side may not come in, now that it said who it is. */
  #refusal(facts: ConnectionFacts, theirs: Hello, now: MonoMs): DisconnectReason | undefined {
    const { bans } = this.#dependencies;
    const isInbound = facts.direction === 'inbound';
    if (theirs.service === 'tracker' && isInbound) return undefined;
    const isClient = theirs.service === 'client' && isInbound;
    if (theirs.service !== 'peer' && !isClient) return 'wrong-service';
    if (bans.has(facts.address.host, theirs.nodeKey, now)) return 'banned';
    if (!isInbound) return undefined;
    const { all, clients } = this.#inboundCounts();
    const isFull = all >= INBOUND_MAX || (isClient && clients >= CLIENTS_MAX);
    return isFull ? 'too-many-connections' : undefined;
  }

  #inboundCounts(): { readonly all: number; readonly clients: number } {
    let [all, clients] = [0, 0];
    for (const { facts, service } of this.listeners()) {
      if (facts.direction !== 'inbound') continue;
      all++;
      if (service === 'client') clients++;
    }
    return { all, clients };
  }
}

const NONE: readonly Session[] = [];

const isDueAt = ({ session, at }: Due): boolean => dueAt(session) === at;

/** When `session` has something to do, or is over. */
const dueAt = (session: Session): number => Math.min(session.nextWake, visitEnd(session));

/** When a tracker's dial-back has been here long enough. */
const visitEnd = (session: Session): number =>
  session.isReady && session.hello.service === 'tracker'
    ? session.facts.since + TRACKER_VISIT_MS
    : Number.POSITIVE_INFINITY;
