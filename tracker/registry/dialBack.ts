/**
 * Which peer is dialed back next, and what keeps the tracker from being used as a scanner or as an
 * amplifier (docs/protocol.md, "With a tracker"):
 *
 *  - one dial in flight a source; the others of that source wait for their turn
 *  - six dials a minute a target (address and port) over all who announce it; at most three of them
 *    because somebody claimed it from elsewhere, so that strangers cannot use up the owner's dials
 *  - six dials a minute a host because of claims from elsewhere, over all its ports
 *  - a bounded number in flight and a second over all
 *
 * Reach and ports are checked before (tracker/announce.ts), back-off is the caller's due time.
 * Under attack: memory is bounded by the registry and two minutes of dials; each call looks at a
 * bounded number of slots.
 */

import type { MonoMs } from '../../shared/units.js';
import { Agenda } from './agenda.js';
import { DialRates } from './dialRates.js';
import { NO_SLOT } from './keyTable.js';

/** What is dialed, as texts that are equal when the thing is. */
export interface DialTarget {
  readonly source: string;
  readonly host: string;
  /** Host and port. */
  readonly target: string;
  readonly isClaimed: boolean;
}

/** A dial in flight; given back to `finish`. */
export interface DialTicket extends DialTarget {
  readonly slot: number;
}

export interface DialBackOptions {
  readonly inFlightMax: number;
  readonly perSecondMax: number;
}

/** Dials of one target in any minute. */
export const DIALS_A_TARGET_MAX = 6;

/** Of those, the ones for claims from elsewhere. */
export const CLAIMED_DIALS_A_TARGET_MAX = 3;

/** Dials of one host, all ports together, in any minute for claims from elsewhere. */
export const CLAIMED_DIALS_A_HOST_MAX = 6;

export class DialBack {
  readonly #options: DialBackOptions;
  readonly #targetOf: (slot: number) => DialTarget;
  readonly #agenda = new Agenda();
  readonly #rates = new DialRates();
  /** The slot that each source has in flight; `NO_SLOT` when it left the registry meanwhile. */
  readonly #inFlight = new Map<string, number>();
  readonly #targetsInFlight = new Set<string>();
  /** Slots whose source has a dial in flight, in the order in which they came. */
  readonly #waiting = new Map<string, Set<number>>();
  /** The source of each slot in flight or waiting, as it was then: a peer may change its own. */
  readonly #underWay = new Map<number, string>();
  /** Slots that were taken from those that wait for a source, and the source: one at a time. */
  readonly #turns = new Map<number, string>();
  #tokens: number;
  #filledAt: MonoMs | undefined;

  constructor(options: DialBackOptions, targetOf: (slot: number) => DialTarget) {
    this.#options = options;
    this.#targetOf = targetOf;
    this.#tokens = options.perSecondMax;
  }

  get inFlightCount(): number {
    return this.#inFlight.size;
  }

  /** Asks for a dial of `slot` at `due` instead of any time asked for before. */
  schedule(slot: number, due: MonoMs): void {
    if (!this.#underWay.has(slot)) this.#agenda.set(slot, due);
  }

  /** Asks for a dial of `slot` at `due` unless one is asked for earlier. */
  hasten(slot: number, due: MonoMs): void {
    const asked = this.#agenda.due(slot);
    if (asked === undefined || asked > due) this.schedule(slot, due);
  }

  /** The peer in `slot` leaves it. */
  forget(slot: number): void {
    const due = this.#agenda.due(slot);
    this.#agenda.remove(slot);
    if (due !== undefined) this.#endTurn(slot, due);
    const source = this.#underWay.get(slot);
    if (source === undefined) return;
    if (this.#inFlight.get(source) === slot) {
      this.#inFlight.set(source, NO_SLOT);
      this.#underWay.delete(slot);
    } else this.#takeWaiting(source, slot);
  }

  /** The next dial that is due and within all bounds; it is in flight until `finish`. */
  next(now: MonoMs): DialTicket | undefined {
    for (let looks = 0; looks < LOOKS_MAX && this.#hasBudget(now); looks++) {
      const due = this.#agenda.firstDue;
      const slot = this.#agenda.first;
      if (slot === undefined || due === undefined || due > now) return undefined;
      this.#agenda.remove(slot);
      const ticket = this.#admit(slot, now);
      this.#endTurn(slot, now);
      if (ticket !== undefined) return ticket;
    }
    return undefined;
  }

  /** The dial is over; the next of its source may go. */
  finish(ticket: DialTicket, now: MonoMs): void {
    const { source, slot } = ticket;
    if (this.#inFlight.get(source) === slot) this.#underWay.delete(slot);
    this.#inFlight.delete(source);
    this.#targetsInFlight.delete(ticket.target);
    this.#giveTurn(source, now);
  }

  /** When `next` may have something; `undefined` while only a `finish` or a `schedule` can help. */
  nextWake(now: MonoMs): MonoMs | undefined {
    const due = this.#agenda.firstDue;
    if (due === undefined || this.#inFlight.size >= this.#options.inFlightMax) return undefined;
    if (this.#hasBudget(now)) return due;
    const waitMs = Math.ceil(((1 - this.#tokens) * 1000) / this.#options.perSecondMax);
    return Math.max(due, now + waitMs) as MonoMs;
  }

  #admit(slot: number, now: MonoMs): DialTicket | undefined {
    const target = this.#targetOf(slot);
    if (this.#inFlight.has(target.source)) {
      this.#wait(target.source, slot);
      return undefined;
    }
    if (this.#targetsInFlight.has(target.target)) {
      this.#agenda.set(slot, (now + SAME_TARGET_MS) as MonoMs);
      return undefined;
    }
    if (!this.#isWithinRates(target, now)) {
      this.#agenda.set(slot, this.#rates.rotatesAt(now));
      return undefined;
    }
    this.#inFlight.set(target.source, slot);
    this.#underWay.set(slot, target.source);
    this.#targetsInFlight.add(target.target);
    this.#rates.add(target.target, now);
    if (target.isClaimed) this.#rates.add(target.host, now);
    this.#tokens -= 1;
    const { host, isClaimed, source } = target;
    return { host, target: target.target, isClaimed, source, slot };
  }

  #wait(source: string, slot: number): void {
    const waiting = this.#waiting.get(source);
    if (waiting === undefined) this.#waiting.set(source, new Set([slot]));
    else waiting.add(slot);
    this.#underWay.set(slot, source);
  }

  /** Nothing of `source` is in flight: the first that waits for it may be dialed at `due`. */
  #giveTurn(source: string, due: MonoMs): void {
    const [first] = this.#waiting.get(source) ?? [];
    if (first === undefined) return;
    this.#takeWaiting(source, first);
    this.#turns.set(first, source);
    this.#agenda.set(first, due);
  }

  /** `slot` was looked at, or left: it is the turn of the next, unless it is being dialed. */
  #endTurn(slot: number, due: MonoMs): void {
    const source = this.#turns.get(slot);
    if (source === undefined) return;
    this.#turns.delete(slot);
    if (!this.#inFlight.has(source)) this.#giveTurn(source, due);
  }

  #takeWaiting(source: string, slot: number): void {
    const waiting = this.#waiting.get(source);
    waiting?.delete(slot);
    if (waiting?.size === 0) this.#waiting.delete(source);
    this.#underWay.delete(slot);
  }

  #isWithinRates({ target, host, isClaimed }: DialTarget, now: MonoMs): boolean {
    const dials = this.#rates.count(target, now);
    if (!isClaimed) return dials < DIALS_A_TARGET_MAX;
    if (dials >= CLAIMED_DIALS_A_TARGET_MAX) return false;
    return this.#rates.count(host, now) < CLAIMED_DIALS_A_HOST_MAX;
  }

  #hasBudget(now: MonoMs): boolean {
    const { inFlightMax, perSecondMax } = this.#options;
    const elapsedMs = now - (this.#filledAt ?? now);
    this.#filledAt = now;
    this.#tokens = Math.min(perSecondMax, this.#tokens + (elapsedMs * perSecondMax) / 1000);
    return this.#inFlight.size < inFlightMax && this.#tokens >= 1;
  }
}

/** When a target that somebody else's dial is at is tried again. */
const SAME_TARGET_MS = 1000;

/** Slots looked at in one call of `next`; the rest follows at the next wake. */
const LOOKS_MAX = 256;
