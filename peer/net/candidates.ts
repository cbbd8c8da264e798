/**
 * Addresses at which a node may be found, and when each may be dialed again.
 *
 * They come from trackers, from the neighbours of the last run and from the operator. What is
 * dialed without success waits, twice as long each time. Trackers' addresses are forgotten after
 * some failures, or for newer ones; the others stay, so that a node without a tracker finds back by
 * itself.
 *
 * *Lost* is, for an hour, where a session broke off, or where somebody is expected (a neighbour of
 * the last run, one of the operator's) and nobody answered; until a session is ready there. Those
 * are also dialed in turn, without that wait: a line that was cut may be whole again at any moment.
 */

import { sample, type Rng } from '../../shared/rng.js';
import type { MonoMs, NodeKey } from '../../shared/units.js';
import { printNetAddress, type NetAddress } from '../../shared/wire/netAddress.js';

/** In the order in which they are tried. */
const SOURCES = ['operator', 'neighbour', 'tracker'] as const;
export type CandidateSource = (typeof SOURCES)[number];

export interface Candidate {
  readonly address: NetAddress;
  readonly source: CandidateSource;
  /** The node key that was last found there, or that the tracker found. A hint. */
  readonly nodeKey: NodeKey | undefined;
  /** Failures since the last session that lasted. */
  readonly failures: number;
  /** Not to be dialed before, unless it is lost and has its turn. */
  readonly notBefore: MonoMs;
  /** Since when it is lost. */
  readonly lostAt: MonoMs | undefined;
  /** Of the lost ones, that with the smallest is next, and not before. */
  readonly turnAt: MonoMs;
}

/** Some samples of a tracker; 200 bytes each. */
const CANDIDATES_MAX = 256;
const BACK_OFF_MS = 1_000;
const BACK_OFF_MAX_MS = 300_000;
const TRACKER_FAILURES_MAX = 6;
const LOST_MS = 3_600_000;
/** Where somebody takes connections and says nothing, or the line broke once more. */
const MUTE_PAUSE_MS = 30_000;
/** Those lost last take turns: as many as the outbound sessions that we want. */
const LOST_MAX = 8;

export class Candidates {
  readonly #rng: Rng;
  readonly #byAddress = new Map<string, Candidate>();

  constructor(rng: Rng) {
    this.#rng = rng;
  }

  get size(): number {
    return this.#byAddress.size;
  }

  at(address: NetAddress): Candidate | undefined {
    return this.#byAddress.get(printNetAddress(address));
  }

  /**
   * Adds an address, or says more of a known one. An operator's may be dialed at once, whatever
   * was.
   */
  add(address: NetAddress, source: CandidateSource, nodeKey?: NodeKey): void {
    const known = this.at(address);
    if (known !== undefined && rankOf(known.source) <= rankOf(source) && source !== 'operator') {
      const isNews = nodeKey !== undefined && nodeKey !== known.nodeKey;
      if (isNews) this.#put({ ...known, nodeKey });
      return;
    }
    if (known === undefined) this.#makeRoom();
    const times = { notBefore: NEVER, lostAt: undefined, turnAt: NEVER };
    this.#put({ address, source, nodeKey, failures: 0, ...times });
  }

  /** A dial is under way. */
  onDialed(address: NetAddress, now: MonoMs): void {
    const known = this.at(address);
    if (known !== undefined) this.#put({ ...known, turnAt: now });
  }

  /** A session there is over, or in doubt. */
  onLost(address: NetAddress, now: MonoMs): void {
    const known = this.at(address);
    if (known !== undefined) this.#put({ ...known, lostAt: now });
  }

  /** A session with `nodeKey` is ready there. */
  onFound(address: NetAddress, nodeKey: NodeKey): void {
    const known = this.at(address);
    if (known !== undefined) this.#put({ ...known, nodeKey, lostAt: undefined });
  }

  /** Nobody answers there. */
  onUnreached(address: NetAddress, now: MonoMs): void {
    const known = this.at(address);
    if (known === undefined) return;
    const lostAt = known.lostAt ?? (known.source === 'tracker' ? undefined : now);
    this.#put({ ...known, lostAt });
    this.onFailure(address, now);
  }

  /** There was a connection, and no session. */
  onMute(address: NetAddress, now: MonoMs): void {
    const known = this.at(address);
    if (known === undefined) return;
    this.#put({ ...known, turnAt: (now + MUTE_PAUSE_MS) as MonoMs });
    this.onFailure(address, now);
  }

  /** The dial failed, or the session did not last. */
  onFailure(address: NetAddress, now: MonoMs): void {
    const known = this.at(address);
    if (known === undefined) return;
    const failures = known.failures + 1;
    const isTrackers = known.source === 'tracker' && !isLost(known, now);
    if (isTrackers && failures >= TRACKER_FAILURES_MAX) this.forget(address);
    else this.#put({ ...known, failures, notBefore: this.#backedOff(failures, now) });
  }

  /** A session there lasted, and is over. */
  onParted(address: NetAddress, now: MonoMs): void {
    const known = this.at(address);
    if (known === undefined) return;
    this.#put({ ...known, failures: 0, notBefore: this.#backedOff(1, now), lostAt: now });
  }

  /** Nothing for us is there: ourselves, or another network. */
  forget(address: NetAddress): void {
    this.#byAddress.delete(printNetAddress(address));
  }

  /**
   * Up to `count` that may be dialed now and for which `isWanted` holds: by source, then those that
   * failed less, else by chance.
   */
  choose(count: number, now: MonoMs, isWanted: (candidate: Candidate) => boolean): Candidate[] {
    const due = [...this.#byAddress.values()].filter(
      (candidate) => candidate.notBefore <= now && isWanted(candidate),
    );
    const shuffled = sample(this.#rng, due, due.length);
    shuffled.sort((a, b) => rankOf(a.source) - rankOf(b.source) || a.failures - b.failures);
    return shuffled.slice(0, count);
  }

  /** When the next of those for which `isWanted` holds may be dialed. */
  nextDue(isWanted: (candidate: Candidate) => boolean): MonoMs | undefined {
    let next: MonoMs | undefined;
    for (const candidate of this.#byAddress.values()) {
      if (next !== undefined && candidate.notBefore >= next) continue;
      if (isWanted(candidate)) next = candidate.notBefore;
    }
    return next;
  }

  /** Of those lost last for which `isWanted` holds, the one whose turn is next. */
  nextLost(now: MonoMs, isWanted: (candidate: Candidate) => boolean): Candidate | undefined {
    const lost: Candidate[] = [];
    for (const candidate of this.#byAddress.values()) {
      if (isLost(candidate, now) && isWanted(candidate)) lost.push(candidate);
    }
    if (lost.length < 2) return lost[0];
    lost.sort((a, b) => (b.lostAt ?? 0) - (a.lostAt ?? 0));
    return lost.slice(0, LOST_MAX).sort((a, b) => a.turnAt - b.turnAt)[0];
  }

  /** An object of one shape: each step looks at all of them. */
  #put(candidate: Candidate): void {
    const { address, source, nodeKey, failures, notBefore, lostAt, turnAt } = candidate;
    const kept = { address, source, nodeKey, failures, notBefore, lostAt, turnAt };
    this.#byAddress.set(printNetAddress(address), kept);
  }

  /** The least promising of a tracker's goes first, then the oldest neighbour. */
  #makeRoom(): void {
    if (this.#byAddress.size < CANDIDATES_MAX) return;
    let worst: Candidate | undefined;
    for (const candidate of this.#byAddress.values()) {
      if (worst === undefined || isWorse(candidate, worst)) worst = candidate;
    }
    if (worst !== undefined) this.forget(worst.address);
  }

  #backedOff(failures: number, now: MonoMs): MonoMs {
    const waitMs = Math.min(BACK_OFF_MS * 2 ** (failures - 1), BACK_OFF_MAX_MS);
    return (now + waitMs * (0.75 + 0.5 * this.#rng.float())) as MonoMs;
  }
}

const NEVER = Number.NEGATIVE_INFINITY as MonoMs;

const isLost = ({ lostAt }: Candidate, now: MonoMs): boolean =>
  lostAt !== undefined && now < lostAt + LOST_MS;

const rankOf = (source: CandidateSource): number => SOURCES.indexOf(source);

const isWorse = (a: Candidate, b: Candidate): boolean =>
  a.source === b.source ? a.failures > b.failures : rankOf(a.source) > rankOf(b.source);
