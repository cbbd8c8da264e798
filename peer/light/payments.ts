/**
 * Gives the wallet's payments to peers: announced to each once, given to whoever asks, and kept
 * until a block holds them. A light peer has no mempool, so that a payment is taken when some peer
 * asked for it; whether that one refused it nobody tells.
 */

import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { MonoMs, Now, PeerId, UnixSeconds, Wtxid, Txid } from '../../shared/units.js';
import { TRANSACTIONS_BYTES_MAX } from '../../shared/wire/peerMessages.js';
import type { Session } from '../net/session.js';

/** Payments that wait; more than a wallet makes in some blocks. */
export const PAYMENTS_MAX = 256;
/** A peer asks at once, or after its 2 s for somebody else, unless it is syncing. */
const TAKEN_MS = 10_000;
/** Whoever asked may have let it go: it is announced anew when the wallet sends it again. */
const ANEW_MS = 30_000;

/** What became of a payment. */
export type Taken =
  | 'taken'
  /** There is nobody to give it to. */
  | 'no-peer'
  /** Nobody asked for it. */
  | 'not-taken'
  /** Too many wait. */
  | 'full';

export interface Outcome {
  readonly id: number;
  readonly taken: Taken;
}

interface Payment {
  readonly tx: DecodedTransaction;
  readonly addedAt: UnixSeconds;
  /** Who was told of it since `toldAt`. */
  readonly told: Set<PeerId>;
  toldAt: MonoMs;
  isTaken: boolean;
  /** Who wants to know, and until when. */
  readonly asked: { readonly id: number; readonly until: MonoMs }[];
}

export interface WaitingPayment {
  readonly tx: DecodedTransaction;
  readonly addedAt: UnixSeconds;
}

export class Payments {
  readonly #sessions = new Map<PeerId, Session>();
  readonly #byWtxid = new Map<Wtxid, Payment>();
  #outcomes: Outcome[] = [];

  onReady(session: Session): void {
    if (session.knows('inv')) this.#sessions.set(session.peer, session);
  }

  onGone({ peer }: Session): void {
    this.#sessions.delete(peer);
    for (const { told } of this.#byWtxid.values()) told.delete(peer);
  }

  /** Those that some peer took, in the order in which they came. */
  waiting(): readonly WaitingPayment[] {
    return [...this.#byWtxid.values()].filter(({ isTaken }) => isTaken);
  }

  get(txid: Txid): WaitingPayment | undefined {
    return this.waiting().find(({ tx }) => tx.txid === txid);
  }

  /** The wallet wants `tx` to get into a block; its outcome has that `id`. */
  submit(id: number, tx: DecodedTransaction, now: Now): void {
    const known = this.#byWtxid.get(tx.wtxid);
    if (known === undefined && this.#byWtxid.size >= PAYMENTS_MAX) this.#end(id, 'full');
    else if (this.#sessions.size === 0) this.#end(id, 'no-peer');
    else if (known === undefined) this.#add(id, tx, now);
    else this.#again(id, known, now.mono);
  }

  /** Answers a peer that was told. */
  onGetTransactions(session: Session, wtxids: readonly Wtxid[]): void {
    const missing = wtxids.filter((wtxid) => !this.#byWtxid.has(wtxid));
    let transactions: Uint8Array[] = [];
    let sizeBytes = 0;
    for (const wtxid of wtxids) {
      const payment = this.#byWtxid.get(wtxid);
      if (payment === undefined) continue;
      if (sizeBytes + payment.tx.bytes.length > PIECE_BYTES_MAX) {
        session.send({ type: 'transactions', transactions, missing: [] });
        [transactions, sizeBytes] = [[], 0];
      }
      transactions.push(payment.tx.bytes);
      sizeBytes += payment.tx.bytes.length;
      this.#onTaken(payment);
    }
    session.send({ type: 'transactions', transactions, missing });
  }

  /** A block holds it: nobody has to be told any more. */
  onProven(txid: Txid): void {
    for (const [wtxid, payment] of this.#byWtxid) {
      if (payment.tx.txid !== txid) continue;
      this.#onTaken(payment);
      this.#byWtxid.delete(wtxid);
    }
  }

  /** Tells whom nobody told, and gives up what nobody took; called in each step. */
  settle(now: MonoMs): void {
    for (const [wtxid, payment] of this.#byWtxid) {
      const late = payment.asked.filter(({ until }) => now >= until);
      if (late.length > 0 && !payment.isTaken) {
        this.#byWtxid.delete(wtxid);
        for (const { id } of payment.asked) this.#end(id, 'not-taken');
        continue;
      }
      for (const [peer, session] of this.#sessions) {
        if (payment.told.has(peer)) continue;
        payment.told.add(peer);
        session.send({ type: 'inv', wtxids: [wtxid] });
      }
    }
  }

  nextWake(): MonoMs | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const { asked } of this.#byWtxid.values()) {
      for (const { until } of asked) next = Math.min(next, until);
    }
    return next === Number.POSITIVE_INFINITY ? undefined : (next as MonoMs);
  }

  /** Since the last call. */
  takeOutcomes(): readonly Outcome[] {
    const outcomes = this.#outcomes;
    this.#outcomes = [];
    return outcomes;
  }

  #add(id: number, tx: DecodedTransaction, { mono, unix }: Now): void {
    const asked = [{ id, until: (mono + TAKEN_MS) as MonoMs }];
    const payment = { tx, addedAt: unix, told: new Set<PeerId>(), toldAt: mono, isTaken: false };
    this.#byWtxid.set(tx.wtxid, { ...payment, asked });
  }

  #again(id: number, payment: Payment, now: MonoMs): void {
    if (payment.isTaken) this.#end(id, 'taken');
    else payment.asked.push({ id, until: (now + TAKEN_MS) as MonoMs });
    if (now < payment.toldAt + ANEW_MS) return;
    payment.toldAt = now;
    payment.told.clear();
  }

  #onTaken(payment: Payment): void {
    payment.isTaken = true;
    for (const { id } of payment.asked.splice(0)) this.#end(id, 'taken');
  }

  #end(id: number, taken: Taken): void {
    this.#outcomes.push({ id, taken });
  }
}

/** Leaves room for the length of each. */
const PIECE_BYTES_MAX = TRANSACTIONS_BYTES_MAX - 1_000;
