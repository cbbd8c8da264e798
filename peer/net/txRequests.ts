/**
 * Fetches the transactions that peers announce, each from one peer at a time.
 *
 * - State is kept by (peer, transaction). Who does not deliver in time is passed over, for this
 *   transaction for good, and for others as long as somebody else has them: so nobody hides a
 *   transaction by announcing it, again and again, and not giving it. (In Bitcoin Core an attacker
 *   could, published 2024-07.)
 * - A late answer is still an answer: only what was never asked for is a breach.
 * - Of what one peer announces 5,000 are remembered, of all 50,000, and in any case 500 of each.
 */

import type { MonoMs, PeerId, Wtxid } from '../../shared/units.js';
import { GET_TRANSACTIONS_MAX } from '../../shared/wire/peerMessages.js';
import { RecentIds } from '../chain/recentIds.js';
import { most } from './most.js';
import type { Session } from './session.js';

/** Asked of one peer and not answered. */
export const IN_FLIGHT_MAX = 2 * GET_TRANSACTIONS_MAX;
export const ANNOUNCED_MAX = 5_000;
const ANNOUNCED_ALL_MAX = 50_000;
const ANNOUNCED_SHARE = 500;
/** Nobody chooses who dials us, so those have less time. */
export const OUTBOUND_MS = 5_000;
export const INBOUND_MS = 2_000;
/** How long others are asked first after a peer did not deliver. */
const SLOW_MS = 60_000;
/** Of one peer: what it did not deliver, however often it announces that again. */
const FAILED_MIN = 1_000;

interface Supplier {
  readonly session: Session;
  /** What it announced and we may want. */
  readonly announced: Set<Wtxid>;
  /** Of those, what nobody was asked for when it was looked at last. */
  readonly free: Set<Wtxid>;
  /** What it was asked for and did not answer. */
  readonly inFlight: Set<Wtxid>;
  readonly failed: RecentIds;
  slowUntil: MonoMs;
}

interface Want {
  readonly holders: Supplier[];
  asked: Supplier | undefined;
  /** When the one that was asked is passed over. */
  until: MonoMs;
}

export class TxRequests {
  readonly #suppliers = new Map<PeerId, Supplier>();
  readonly #wants = new Map<Wtxid, Want>();
  /** Those that are asked for, in the order in which that was done. */
  readonly #asked = new Set<Wtxid>();
  #isChanged = false;
  /** When somebody may be late; not later than anybody is. */
  #lateAt = Number.POSITIVE_INFINITY;

  /** Announcements of the peer that made most, of those that count. */
  get announcedMax(): number {
    return most(this.#suppliers.values(), ({ announced }) => announced.size);
  }

  onReady(session: Session): void {
    this.#suppliers.set(session.peer, {
      session,
      announced: new Set(),
      free: new Set(),
      inFlight: new Set(),
      failed: new RecentIds(FAILED_MIN),
      slowUntil: Number.NEGATIVE_INFINITY as MonoMs,
    });
  }

  onGone({ peer }: Session): void {
    const supplier = this.#suppliers.get(peer);
    if (supplier === undefined) return;
    this.#suppliers.delete(peer);
    for (const wtxid of supplier.announced) this.#withdraw(supplier, wtxid);
  }

  /** `session` has a transaction that we do not have. */
  onAnnounced({ peer }: Session, wtxid: Wtxid): void {
    const supplier = this.#suppliers.get(peer);
    if (supplier === undefined || !this.#hasRoomFor(supplier)) return;
    if (supplier.announced.has(wtxid) || supplier.failed.has(wtxid)) return;
    const want = this.#wants.get(wtxid) ?? { holders: [], asked: undefined, until: LATEST };
    this.#wants.set(wtxid, want);
    want.holders.push(supplier);
    supplier.announced.add(wtxid);
    supplier.free.add(wtxid);
    this.#isChanged = true;
  }

  /** Whether `session` owes us an answer about `wtxid`. */
  isAsked({ peer }: Session, wtxid: Wtxid): boolean {
    return this.#suppliers.get(peer)?.inFlight.has(wtxid) === true;
  }

  /**
   * `session` gave `wtxid`, which it owed us: nobody is asked for it any more. Returns who else has
   * it.
   */
  onDelivered({ peer }: Session, wtxid: Wtxid): readonly PeerId[] {
    this.#suppliers.get(peer)?.inFlight.delete(wtxid);
    const holders = this.#wants.get(wtxid)?.holders ?? [];
    this.onSettled(wtxid);
    this.#isChanged = true;
    return holders.map(({ session }) => session.peer).filter((other) => other !== peer);
  }

  /** `session` does not have it any more. */
  onMissing({ peer }: Session, wtxid: Wtxid): void {
    const supplier = this.#suppliers.get(peer);
    if (supplier === undefined) return;
    supplier.inFlight.delete(wtxid);
    if (supplier.announced.has(wtxid)) this.#withdraw(supplier, wtxid);
    this.#isChanged = true;
  }

  /** It is here, from wherever, or is not wanted. */
  onSettled(wtxid: Wtxid): void {
    const want = this.#wants.get(wtxid);
    if (want === undefined) return;
    for (const { announced, free } of want.holders) {
      announced.delete(wtxid);
      free.delete(wtxid);
    }
    this.#wants.delete(wtxid);
    this.#asked.delete(wtxid);
  }

  /** Passes over who is late, and asks as far as `mayAsk`. */
  settle(now: MonoMs, mayAsk: boolean): void {
    if (now >= this.#lateAt) this.#passOver(now);
    if (!mayAsk || !this.#isChanged) return;
    this.#isChanged = false;
    for (const supplier of this.#inOrder(now)) this.#ask(supplier, now);
  }

  nextWake(): MonoMs | undefined {
    return this.#lateAt === Number.POSITIVE_INFINITY ? undefined : (this.#lateAt as MonoMs);
  }

  /** Finds those who are late. */
  #passOver(now: MonoMs): void {
    this.#lateAt = Number.POSITIVE_INFINITY;
    for (const wtxid of this.#asked) {
      const want = this.#wants.get(wtxid);
      if (want === undefined) continue;
      if (now >= want.until) this.#onLate(want, wtxid, now);
      else this.#lateAt = Math.min(this.#lateAt, want.until);
    }
  }

  #hasRoomFor({ announced }: Supplier): boolean {
    if (announced.size < ANNOUNCED_SHARE) return true;
    return announced.size < ANNOUNCED_MAX && this.#wants.size < ANNOUNCED_ALL_MAX;
  }

  #onLate(want: Want, wtxid: Wtxid, now: MonoMs): void {
    const { asked } = want;
    if (asked === undefined) return;
    asked.slowUntil = (now + SLOW_MS) as MonoMs;
    asked.failed.add(wtxid);
    this.#withdraw(asked, wtxid);
    this.#isChanged = true;
  }

  /** `supplier` will not be asked for `wtxid` any more. */
  #withdraw(supplier: Supplier, wtxid: Wtxid): void {
    supplier.announced.delete(wtxid);
    supplier.free.delete(wtxid);
    const want = this.#wants.get(wtxid);
    if (want === undefined) return;
    want.holders.splice(want.holders.indexOf(supplier), 1);
    if (want.holders.length === 0) this.onSettled(wtxid);
    else if (want.asked === supplier) this.#free(want, wtxid);
  }

  #free(want: Want, wtxid: Wtxid): void {
    want.asked = undefined;
    want.until = LATEST;
    this.#asked.delete(wtxid);
    for (const holder of want.holders) holder.free.add(wtxid);
    this.#isChanged = true;
  }

  /** Those that deliver first, and among them those that we dialed. */
  #inOrder(now: MonoMs): readonly Supplier[] {
    const rank = ({ slowUntil, session }: Supplier): number =>
      (now < slowUntil ? 2 : 0) + (session.facts.direction === 'outbound' ? 0 : 1);
    return [...this.#suppliers.values()].sort((a, b) => rank(a) - rank(b));
  }

  #ask(supplier: Supplier, now: MonoMs): void {
    const { session, free, inFlight } = supplier;
    const limitMs = session.facts.direction === 'outbound' ? OUTBOUND_MS : INBOUND_MS;
    const wtxids: Wtxid[] = [];
    for (const wtxid of free) {
      if (inFlight.size >= IN_FLIGHT_MAX) break;
      free.delete(wtxid);
      const want = this.#wants.get(wtxid);
      if (want === undefined || want.asked !== undefined) continue;
      want.asked = supplier;
      want.until = (now + limitMs) as MonoMs;
      this.#lateAt = Math.min(this.#lateAt, want.until);
      this.#asked.add(wtxid);
      inFlight.add(wtxid);
      wtxids.push(wtxid);
    }
    for (let at = 0; at < wtxids.length; at += GET_TRANSACTIONS_MAX) {
      const part = wtxids.slice(at, at + GET_TRANSACTIONS_MAX);
      session.send({ type: 'getTransactions', wtxids: part });
    }
  }
}

const LATEST = Number.POSITIVE_INFINITY as MonoMs;
