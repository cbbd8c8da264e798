/**
 * The way of a transaction into the mempool.
 *
 *     queued → checked against coins and policy → signatures under way → in the mempool, or refused
 *            ↘ behind a parent whose signatures are under way
 *            ↘ orphan: its parent is not here
 *
 * - Cheap checks come first: what fails in form, fee or coins reaches no signature check.
 * - All states go by wtxid: a broken signature on somebody's txid hides nothing.
 * - Inside a reorganisation everything waits: the coins are those of another block.
 * - What a peer sends is bounded by what we ask for; what the operator submits, by `OWN_MAX`.
 */

import { assertDefined } from '../../shared/assert.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import { decodeTransaction } from '../../shared/consensus/transaction.js';
import type { MonoMs, PeerId, Txid, UnixSeconds, Wtxid } from '../../shared/units.js';
import type { Chain } from '../chain/chain.js';
import { RecentIds } from '../chain/recentIds.js';
import type { KeptTransaction } from '../chain/store.js';
import type { VerifyResult } from '../types.js';
import type { Checked, Mempool, MempoolContext } from './mempool.js';
import { Orphans } from './orphans.js';
import type { MempoolReject } from '../../shared/consensus/policyReject.js';

/** Transactions of the operator that wait here at once: two seconds of work. */
export const OWN_MAX = 20_000;
/** Looked at in one step: about 5 ms. */
const STEP_MAX = 200;
/** Refused ones that are not asked for again before the tip moves. */
const REFUSED_MIN = 8_192;

/** Where a transaction came from; `announcers`: other peers that have it. */
export type Origin =
  | { readonly type: 'peer'; readonly peer: PeerId; readonly announcers?: readonly PeerId[] }
  | { readonly type: 'command'; readonly id: number; readonly index: number }
  /** It waited before the last start. */
  | { readonly type: 'kept'; readonly number: number; readonly addedAt: UnixSeconds };

/** What became of one: it is in the mempool, or why not. */
export interface Outcome {
  readonly tx: DecodedTransaction;
  readonly origin: Origin;
  readonly reject: MempoolReject | undefined;
}

export interface IntakeDependencies {
  readonly chain: Pick<Chain, 'signatures' | 'isMoving'>;
  readonly mempool: Mempool;
}

interface Arrival {
  readonly tx: DecodedTransaction;
  readonly origin: Origin;
}

/** One whose signatures are under way. */
interface Checking {
  readonly tx: DecodedTransaction;
  readonly checked: Checked;
  readonly origins: Origin[];
}

export class Intake {
  readonly #chain: IntakeDependencies['chain'];
  readonly #mempool: Mempool;
  readonly #orphans = new Orphans<PeerId>();
  readonly #refused = new RecentIds(REFUSED_MIN);
  #queue: Arrival[] = [];
  /** Of those, and of those behind a parent. */
  readonly #queued = new Set<Wtxid>();
  readonly #checking = new Map<Wtxid, Checking>();
  /** What waits for a parent that is checked or behind another one itself, by its txid. */
  readonly #behind = new Map<Txid, Arrival[]>();
  /** How many of each txid are checked or behind. */
  readonly #underWay = new Map<Txid, number>();
  #answered: VerifyResult[] = [];
  #kept: readonly KeptTransaction[] = [];
  #keptTaken = 0;
  /** Of those, what came before what it spends. */
  #tooEarly: KeptTransaction[] = [];
  #isLastRound = false;
  #ownCount = 0;
  #outcomes: Outcome[] = [];

  constructor({ chain, mempool }: IntakeDependencies) {
    this.#chain = chain;
    this.#mempool = mempool;
  }

  /** Those that wait for something here. */
  get count(): number {
    let behind = 0;
    if (this.#behind.size > 0) {
      for (const arrivals of this.#behind.values()) behind += arrivals.length;
    }
    return this.#queue.length + this.#checking.size + behind + this.#orphans.count;
  }

  /** The same without orphans, which wait for others and not for us. */
  get busyCount(): number {
    return this.count - this.#orphans.count;
  }

  get orphanCount(): number {
    return this.#orphans.count;
  }

  /** How many more of the operator's may come. */
  get ownRoom(): number {
    return OWN_MAX - this.#ownCount;
  }

  /** Whether it is here, or was refused a short while ago: it need not be asked for. */
  has(wtxid: Wtxid): boolean {
    return (
      this.#queued.has(wtxid) ||
      this.#checking.has(wtxid) ||
      this.#orphans.has(wtxid) ||
      this.#refused.has(wtxid)
    );
  }

  put(tx: DecodedTransaction, origin: Origin): void {
    if (origin.type === 'command') this.#ownCount++;
    this.#enqueue({ tx, origin });
  }

  /** What waited before the last start: it is looked at whenever there is nothing else. */
  restore(kept: readonly KeptTransaction[]): void {
    this.#kept = kept;
    this.#keptTaken = 0;
    this.#tooEarly = [];
    this.#isLastRound = false;
  }

  onVerified(results: readonly VerifyResult[]): void {
    for (const result of results) {
      if (this.#checking.has(result.wtxid)) this.#answered.push(result);
    }
  }

  /** The tip moved: what was wrong may be right now. */
  onTip(): void {
    this.#refused.clear();
  }

  /** `peer` has what is here or was refused. */
  onAnnounced(peer: PeerId, wtxid: Wtxid): void {
    this.#orphans.addGiver(wtxid, peer);
  }

  /** `peer` is gone, and the orphans that nobody else has. */
  onGone(peer: PeerId): void {
    this.#orphans.takeOf(peer);
  }

  /** Goes on as far as one step may. */
  settle(context: MempoolContext, mono: MonoMs): void {
    this.#orphans.takeExpired(mono);
    if (this.#chain.isMoving) return;
    if (this.#answered.length > 0) {
      const answered = this.#answered;
      this.#answered = [];
      for (const result of answered) this.#onAnswer(result, context);
    }
    this.#takeKept();
    let done = 0;
    while (done < STEP_MAX && done < this.#queue.length && this.#hasRoom) {
      this.#look(this.#queue[done++] as Arrival, context, mono);
    }
    if (done > 0) this.#queue = this.#queue.slice(done);
    this.#endKept();
  }

  /** Whether `settle` would go on at once. */
  get hasMore(): boolean {
    if (this.#chain.isMoving) return false;
    return this.#answered.length > 0 || (this.#hasWork && this.#hasRoom);
  }

  nextWake(): MonoMs | undefined {
    return this.#orphans.expiresAt;
  }

  takeOutcomes(): readonly Outcome[] {
    const outcomes = this.#outcomes;
    if (outcomes.length > 0) this.#outcomes = [];
    return outcomes;
  }

  get #hasRoom(): boolean {
    return this.#chain.signatures.hasRoomAlone;
  }

  get #hasWork(): boolean {
    return this.#queue.length > 0 || this.#keptTaken < this.#kept.length;
  }

  #enqueue(arrival: Arrival): void {
    this.#queue.push(arrival);
    this.#queued.add(arrival.tx.wtxid);
  }

  #takeKept(): void {
    while (this.#queue.length < STEP_MAX && this.#keptTaken < this.#kept.length) {
      const { number, addedAt, bytes } = this.#kept[this.#keptTaken++] as KeptTransaction;
      const tx = decodeTransaction(bytes);
      if (tx.ok) this.#enqueue({ tx: tx.value, origin: { type: 'kept', number, addedAt } });
    }
  }

  /** All of them were looked at: those that came too early once more, as long as some come in. */
  #endKept(): void {
    if (this.#kept.length === 0 || this.#keptTaken < this.#kept.length) return;
    if (this.#queue.length > 0 || this.#checking.size > 0) return;
    // Once none of them comes in any more, they are looked at a last time, and refused.
    const [left, isLastRound] = [this.#tooEarly, this.#tooEarly.length === this.#kept.length];
    this.restore(left);
    this.#isLastRound = isLastRound;
  }

  #look(arrival: Arrival, context: MempoolContext, mono: MonoMs): void {
    const { tx, origin } = arrival;
    this.#queued.delete(tx.wtxid);
    const checking = this.#checking.get(tx.wtxid);
    if (checking !== undefined) {
      checking.origins.push(origin);
      return;
    }
    const checked = this.#mempool.check(tx, context);
    if (!checked.ok) this.#onProblem(arrival, checked.error, mono);
    else if (this.#chain.signatures.isRight(tx)) this.#admit(arrival, checked.value, context);
    else {
      this.#checking.set(tx.wtxid, { tx, checked: checked.value, origins: [origin] });
      this.#count(tx.txid, 1);
      this.#chain.signatures.askAlone(tx);
    }
  }

  #onProblem(arrival: Arrival, reject: MempoolReject, mono: MonoMs): void {
    if (reject.code !== 'missing-coin') {
      this.#refuse(arrival, reject);
      return;
    }
    const parent = makerOf(reject.outpoint);
    const { tx, origin } = arrival;
    if (this.#underWay.has(parent)) {
      this.#behind.set(parent, [...(this.#behind.get(parent) ?? []), arrival]);
      this.#queued.add(tx.wtxid);
      this.#count(tx.txid, 1);
    } else if (origin.type === 'peer') {
      this.#orphans.add(tx, [origin.peer, ...(origin.announcers ?? [])], parent, mono);
      this.#release(tx.txid);
    } else if (origin.type === 'kept' && !this.#isLastRound) {
      this.#tooEarly.push({ ...origin, bytes: tx.bytes });
      this.#release(tx.txid);
    } else this.#refuse(arrival, reject);
  }

  #count(txid: Txid, change: 1 | -1): void {
    const count = (this.#underWay.get(txid) ?? 0) + change;
    if (count === 0) this.#underWay.delete(txid);
    else this.#underWay.set(txid, count);
  }

  #onAnswer({ wtxid, outcome }: VerifyResult, context: MempoolContext): void {
    const checking = this.#checking.get(wtxid);
    if (checking === undefined) return;
    this.#checking.delete(wtxid);
    this.#count(checking.tx.txid, -1);
    const { tx, checked } = checking;
    for (const origin of checking.origins) {
      const arrival = { tx, origin };
      if (outcome === 'valid') this.#admit(arrival, checked, context);
      // A thread died: that says nothing of the transaction.
      else if (outcome === 'not-run') this.#enqueue(arrival);
      else this.#refuse(arrival, { code: 'bad-signature', txid: tx.txid });
    }
  }

  #admit(arrival: Arrival, checked: Checked, context: MempoolContext): void {
    const { tx, origin } = arrival;
    const kept = origin.type === 'kept' ? origin : undefined;
    const added = this.#mempool.add(tx, context, { kept, checked });
    if (!added.ok) {
      this.#refuse(arrival, added.error);
      return;
    }
    this.#finish(arrival, undefined);
    for (const { tx: child, givers } of this.#orphans.takeChildren(tx.txid)) {
      const [first, ...announcers] = givers;
      const peer = assertDefined(first, 'somebody gave it');
      this.#enqueue({ tx: child, origin: { type: 'peer', peer, announcers } });
    }
  }

  #refuse(arrival: Arrival, reject: MempoolReject): void {
    this.#refused.add(arrival.tx.wtxid);
    this.#finish(arrival, reject);
  }

  #finish({ tx, origin }: Arrival, reject: MempoolReject | undefined): void {
    if (origin.type === 'command') this.#ownCount--;
    this.#outcomes.push({ tx, origin, reject });
    this.#release(tx.txid);
  }

  /** It is known what becomes of `txid`, for now: what waited for that goes on. */
  #release(txid: Txid): void {
    for (const arrival of this.#behind.get(txid) ?? []) {
      this.#count(arrival.tx.txid, -1);
      this.#enqueue(arrival);
    }
    this.#behind.delete(txid);
  }
}

/** The transaction that makes the coin of an outpoint key. */
const makerOf = (outpoint: string): Txid => outpoint.slice(0, 64) as Txid;
