/** Transactions between peers and the mempool: announced, asked for, given, taken in. */

import { decodeTransaction } from '../../shared/consensus/transaction.js';
import { REJECTS, describeReject } from '../../shared/consensus/reject.js';
import type { MonoMs, Wtxid } from '../../shared/units.js';
import type { PeerMessage } from '../../shared/wire/peerMessages.js';
import type { Outcome } from '../mempool/intake.js';
import type { MempoolChange } from '../mempool/mempool.js';
import { isPolicy, type MempoolReject } from '../../shared/consensus/policyReject.js';
import type { Transactions } from '../mempool/transactions.js';
import type { Connections } from './connections.js';
import type { Session } from './session.js';
import { TxAnnouncements } from './txAnnouncements.js';
import { TxRequests } from './txRequests.js';

/** Nothing is asked for while so many wait for their checks. */
const INTAKE_MAX = 2_000;

export interface TxRelayDependencies {
  readonly transactions: Transactions;
  readonly connections: Connections;
}

type TransactionsMessage = Extract<PeerMessage, { type: 'transactions' }>;

export class TxRelay {
  readonly #transactions: Transactions;
  readonly #connections: Connections;
  readonly #requests = new TxRequests();
  readonly #announcements: TxAnnouncements;

  constructor({ transactions, connections }: TxRelayDependencies) {
    this.#transactions = transactions;
    this.#connections = connections;
    this.#announcements = new TxAnnouncements(transactions.mempool);
  }

  /** Announcements of the peer that made most, of those that count. */
  get announcedMax(): number {
    return this.#requests.announcedMax;
  }

  /** The bytes of one that waits, for a peer that asks. */
  readonly bytesOf = (wtxid: Wtxid): Uint8Array | undefined =>
    this.#transactions.mempool.byWtxid(wtxid)?.tx.bytes;

  onReady(session: Session): void {
    this.#requests.onReady(session);
    // A light peer has nothing to check them by.
    if (session.isPeer) this.#announcements.onReady(session);
  }

  onGone(session: Session): void {
    this.#requests.onGone(session);
    this.#announcements.onGone(session);
    this.#transactions.intake.onGone(session.peer);
  }

  onInv(session: Session, wtxids: readonly Wtxid[]): void {
    for (const wtxid of wtxids) {
      this.#announcements.onKnown(session, wtxid);
      if (this.#transactions.has(wtxid)) this.#transactions.intake.onAnnounced(session.peer, wtxid);
      else this.#requests.onAnnounced(session, wtxid);
    }
  }

  /** What `session` gives, if it was asked for all of it. */
  onTransactions(session: Session, { transactions, missing }: TransactionsMessage): void {
    const { peer } = session;
    for (const wtxid of missing) {
      if (this.#isUnasked(session, wtxid)) return;
      this.#requests.onMissing(session, wtxid);
    }
    for (const bytes of transactions) {
      const decoded = decodeTransaction(bytes);
      if (!decoded.ok) {
        session.breach('message-malformed', describeReject(decoded.error));
        return;
      }
      const { wtxid } = decoded.value;
      if (this.#isUnasked(session, wtxid)) return;
      const announcers = this.#requests.onDelivered(session, wtxid);
      if (this.#transactions.has(wtxid)) continue;
      this.#transactions.intake.put(decoded.value, { type: 'peer', peer, announcers });
    }
  }

  /** What became of those that peers gave. */
  onOutcomes(outcomes: readonly Outcome[]): void {
    for (const { tx, origin, reject } of outcomes) {
      this.#requests.onSettled(tx.wtxid);
      if (origin.type !== 'peer' || reject === undefined) continue;
      const session = this.#connections.at(origin.peer);
      if (session !== undefined) onRefused(session, reject);
    }
  }

  onChanges(changes: readonly MempoolChange[]): void {
    this.#announcements.onChanges(changes);
  }

  settle(now: MonoMs, isSynced: boolean): void {
    const mayAsk = isSynced && this.#transactions.intake.busyCount < INTAKE_MAX;
    this.#requests.settle(now, mayAsk);
    this.#announcements.settle(now);
  }

  nextWake(): MonoMs | undefined {
    const [late, news] = [this.#requests.nextWake(), this.#announcements.nextWake()];
    if (late === undefined || news === undefined) return late ?? news;
    return Math.min(late, news) as MonoMs;
  }

  #isUnasked(session: Session, wtxid: Wtxid): boolean {
    const isAsked = this.#requests.isAsked(session, wtxid);
    if (!isAsked) session.breach('message-unexpected');
    return !isAsked;
  }
}

/**
 * An honest peer checks everything before it announces; what depends on the tip may look otherwise
 * from another one.
 */
function onRefused(session: Session, reject: MempoolReject): void {
  if (isPolicy(reject) || DEPENDS_ON_TIP.has(reject.code)) return;
  const { fault } = REJECTS[reject.code];
  session.fault('invalid-transaction', fault === 'ban', describeReject(reject));
}

const DEPENDS_ON_TIP: ReadonlySet<string> = new Set(['missing-coin', 'immature-coin', 'locked']);
