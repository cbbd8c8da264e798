/**
 * Tells peers which transactions wait here: a new one soon, and all of them, a thousand a second,
 * to a peer that is new. So two halves of a network that come together know each other's.
 *
 * What goes out is bounded by what waits: no list is kept for a peer. (In Bitcoin Core such lists
 * grew until relay slowed down, published 2024-10.)
 */

import type { MonoMs, PeerId, Wtxid } from '../../shared/units.js';
import { INV_MAX } from '../../shared/wire/peerMessages.js';
import { RecentIds } from '../chain/recentIds.js';
import type { MempoolEntry } from '../mempool/entry.js';
import type { Mempool, MempoolChange } from '../mempool/mempool.js';
import type { Session } from './session.js';

/** Between two messages to a peer. */
export const ANNOUNCE_EVERY_MS = 50;
/** Between two pieces of what waited before a peer came: it can ask for as many in this time. */
const PIECE_EVERY_MS = 1_000;
/** What a peer is known to have: the last that it announced. */
const KNOWN_MIN = 5_000;

interface Listener {
  readonly session: Session;
  readonly known: RecentIds;
  /** What waited when it came, and what it was not told yet. */
  untold: Iterator<MempoolEntry> | undefined;
  nextPieceAt: number;
}

export class TxAnnouncements {
  readonly #mempool: Mempool;
  readonly #listeners = new Map<PeerId, Listener>();
  /** Those of them that are yet to be told of what waited when they came. */
  readonly #behind = new Set<Listener>();
  /** Came since the last announcement. */
  #fresh: MempoolEntry[] = [];
  #nextAt = Number.NEGATIVE_INFINITY;

  constructor(mempool: Mempool) {
    this.#mempool = mempool;
  }

  onReady(session: Session): void {
    if (!session.knows('inv')) return;
    const untold = this.#mempool.count > 0 ? this.#mempool.entries() : undefined;
    const known = new RecentIds(KNOWN_MIN);
    const nextPieceAt = Number.NEGATIVE_INFINITY;
    const listener = { session, known, untold, nextPieceAt };
    this.#listeners.set(session.peer, listener);
    if (untold !== undefined) this.#behind.add(listener);
  }

  onGone({ peer }: Session): void {
    const listener = this.#listeners.get(peer);
    this.#listeners.delete(peer);
    if (listener !== undefined) this.#behind.delete(listener);
  }

  /** `session` has it: it need not be told. */
  onKnown({ peer }: Session, wtxid: Wtxid): void {
    this.#listeners.get(peer)?.known.add(wtxid);
  }

  onChanges(changes: readonly MempoolChange[]): void {
    for (const { entry, departure } of changes)
      if (departure === undefined) this.#fresh.push(entry);
  }

  settle(now: MonoMs): void {
    if (!this.#hasNews || now < this.#nextAt) return;
    this.#nextAt = now + ANNOUNCE_EVERY_MS;
    const fresh = this.#fresh.filter((entry) => this.#isWaiting(entry));
    this.#fresh = [];
    for (const listener of this.#listeners.values()) this.#tell(listener, fresh, now);
  }

  nextWake(): MonoMs | undefined {
    return this.#hasNews ? (this.#nextAt as MonoMs) : undefined;
  }

  get #hasNews(): boolean {
    return this.#fresh.length > 0 || this.#behind.size > 0;
  }

  #isWaiting({ tx }: MempoolEntry): boolean {
    return this.#mempool.get(tx.txid)?.tx === tx;
  }

  #tell(listener: Listener, fresh: readonly MempoolEntry[], now: MonoMs): void {
    const isBehind = listener.untold !== undefined;
    const entries = isBehind ? [...nextPiece(listener, now), ...fresh] : fresh;
    if (isBehind && listener.untold === undefined) this.#behind.delete(listener);
    const wtxids = entries.map(({ tx }) => tx.wtxid).filter((one) => !listener.known.has(one));
    for (let at = 0; at < wtxids.length; at += INV_MAX) {
      listener.session.send({ type: 'inv', wtxids: wtxids.slice(at, at + INV_MAX) });
    }
  }
}

/** Of what `listener` was not told, as much as one message holds, when it is time. */
function nextPiece(listener: Listener, now: MonoMs): MempoolEntry[] {
  const entries: MempoolEntry[] = [];
  if (now < listener.nextPieceAt) return entries;
  listener.nextPieceAt = now + PIECE_EVERY_MS;
  while (entries.length < INV_MAX && listener.untold !== undefined) {
    const next = listener.untold.next();
    if (next.done === true) listener.untold = undefined;
    else entries.push(next.value);
  }
  return entries;
}
