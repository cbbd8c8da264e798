/**
 * Keeps as many outbound sessions as are wanted: chooses whom to dial, and learns from how it went.
 * Choosing waits until something changed, because it looks at every candidate.
 *
 * Those whom it lost are dialed in turn every two seconds, also when all places are taken: one more
 * is for them. So the halves of a network that was cut meet again soon after the line is whole.
 */

import type { MonoMs, NodeKey } from '../../shared/units.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import { printNetAddress, type NetAddress } from '../../shared/wire/netAddress.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import type { Bans } from './bans.js';
import type { Candidate, Candidates, CandidateSource } from './candidates.js';
import type { Connections } from './connections.js';
import { Doubts } from './doubts.js';
import type { Identity } from './identity.js';
import type { Knowledge } from './knowledge.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';

/** A session that was ready for so long shows that the address is good. */
const LASTING_MS = 30_000;
/** Between two dials of whom we lost. */
const LOST_GAP_MS = 2_000;

/** What says that nothing for us is at an address. */
const HOPELESS: ReadonlySet<DisconnectReason> = new Set([
  'self-connection',
  'wrong-network',
  'wrong-service',
]);

export interface DialingDependencies {
  readonly candidates: Candidates;
  readonly connections: Connections;
  readonly knowledge: Knowledge;
  readonly bans: Bans;
  readonly identity: Identity;
  readonly outbox: Outbox;
}

export class Dialing {
  /** Outbound sessions. */
  readonly #wanted: number;
  readonly #parts: DialingDependencies;
  readonly #doubts: Doubts;
  /** Dials under way, by printed address, and why. */
  readonly #dialing = new Map<string, 'wanted' | 'lost'>();
  /** When to choose again; `undefined`: when something changes. */
  #dueAt: MonoMs | undefined;
  #isChanged = true;
  /** When one of those whom we lost may be dialed again. */
  #mayDialLostAt = Number.NEGATIVE_INFINITY as MonoMs;
  /** When that is to be done; `undefined`: when something changes. */
  #lostDueAt: MonoMs | undefined;

  constructor(wanted: number, dependencies: DialingDependencies) {
    this.#wanted = wanted;
    this.#parts = dependencies;
    this.#doubts = new Doubts(dependencies.connections, dependencies.knowledge);
  }

  get candidateCount(): number {
    return this.#parts.candidates.size;
  }

  /** Whether a dial is under way; those whom we lost are nobody to wait for. */
  get isDialing(): boolean {
    return [...this.#dialing.values()].includes('wanted');
  }

  /** See `Doubts`. */
  onTip(tip: HeaderEntry): void {
    this.#doubts.onTip(tip);
  }

  /** See `Doubts`. */
  onPing(session: Session, now: MonoMs): void {
    this.#doubts.onPing(session, now);
  }

  /** An address at which a node may be. */
  onHeard(address: NetAddress, source: CandidateSource, nodeKey?: NodeKey): void {
    this.#parts.candidates.add(address, source, nodeKey);
    this.#isChanged = true;
  }

  /** The operator wants a connection there: now, whatever else we have. */
  onCommand(address: NetAddress, now: MonoMs): void {
    this.onHeard(address, 'operator');
    const candidate = this.#parts.candidates.at(address);
    if (candidate !== undefined && this.#isWanted(candidate, now))
      this.#dial(address, 'wanted', now);
  }

  /** A dial of ours is a connection now. */
  onConnected(address: NetAddress): void {
    this.#dialing.delete(printNetAddress(address));
  }

  onDialFailed(address: NetAddress, now: MonoMs): void {
    this.#dialing.delete(printNetAddress(address));
    this.#parts.candidates.onUnreached(address, now);
    this.#isChanged = true;
  }

  onReady({ facts, nodeKey }: Session): void {
    if (facts.direction === 'outbound') this.#parts.candidates.onFound(facts.address, nodeKey);
    this.#isChanged = true;
  }

  /** `session` ended for `reason`, and is no longer among the connections. */
  onGone({ facts, readyAt }: Session, reason: DisconnectReason, now: MonoMs): void {
    const { candidates } = this.#parts;
    this.#isChanged = true;
    if (facts.direction === 'inbound') return;
    if (HOPELESS.has(reason)) candidates.forget(facts.address);
    else if (readyAt === undefined) candidates.onMute(facts.address, now);
    else if (now - readyAt >= LASTING_MS) {
      candidates.onParted(facts.address, now);
    } else candidates.onFailure(facts.address, now);
  }

  /** Finds whom to doubt; called in each step, before others look for that. */
  watch(now: MonoMs): void {
    for (const { facts } of this.#doubts.settle(now)) {
      if (facts.direction === 'inbound') continue;
      this.#parts.candidates.onLost(facts.address, now);
      this.#isChanged = true;
    }
  }

  /** Dials whom we want; called in each step. */
  settle(now: MonoMs): void {
    const due = earlier(this.#dueAt, this.#lostDueAt);
    if (!this.#isChanged && (due === undefined || now < due)) return;
    const { candidates } = this.#parts;
    const isWanted = (candidate: Candidate): boolean => this.#isWanted(candidate, now);
    const missing = this.#wanted - this.#outboundCount();
    if (missing > 0) {
      for (const { address } of candidates.choose(missing, now, isWanted)) {
        this.#dial(address, 'wanted', now);
      }
    }
    this.#dialLost(now, isWanted);
    this.#isChanged = false;
    const isShort = this.#outboundCount() < this.#wanted;
    this.#dueAt = isShort ? candidates.nextDue(isWanted) : undefined;
  }

  nextWake(now: MonoMs): MonoMs | undefined {
    return earlier(earlier(this.#dueAt, this.#lostDueAt), this.#doubts.nextWake(now));
  }

  #dialLost(now: MonoMs, isWanted: (candidate: Candidate) => boolean): void {
    const hasPlace = this.#outboundCount() <= this.#wanted;
    const lost = hasPlace ? this.#parts.candidates.nextLost(now, isWanted) : undefined;
    this.#lostDueAt = undefined;
    if (lost === undefined) return;
    this.#lostDueAt = Math.max(this.#mayDialLostAt, lost.turnAt) as MonoMs;
    if (now < this.#lostDueAt) return;
    this.#dial(lost.address, 'lost', now);
    this.#mayDialLostAt = (now + LOST_GAP_MS) as MonoMs;
    this.#lostDueAt = this.#mayDialLostAt;
  }

  #dial(address: NetAddress, why: 'wanted' | 'lost', now: MonoMs): void {
    this.#dialing.set(printNetAddress(address), why);
    this.#parts.candidates.onDialed(address, now);
    this.#parts.outbox.dial(address);
  }

  #outboundCount(): number {
    let count = this.#dialing.size;
    for (const { facts } of this.#parts.connections.all()) {
      if (facts.direction === 'outbound') count++;
    }
    return count;
  }

  /** Whether a dial would bring somebody new. */
  #isWanted({ address, nodeKey }: Candidate, now: MonoMs): boolean {
    const { connections, bans, identity } = this.#parts;
    if (nodeKey === identity.nodeKey) return false;
    for (const session of connections.all()) {
      if (session.isInDoubt && session.facts.direction === 'outbound') continue;
      if (session.isReady && session.nodeKey === nodeKey) return false;
      const known = session.listenAddress;
      if (known?.port === address.port && known.host === address.host) return false;
    }
    // What is cheap stands before.
    if (this.#dialing.size > 0 && this.#dialing.has(printNetAddress(address))) return false;
    return nodeKey === undefined || !bans.has(address.host, nodeKey, now);
  }
}

const earlier = (a: MonoMs | undefined, b: MonoMs | undefined): MonoMs | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a;
