/**
 * Transactions that spend what one makes which is not here: they wait for it.
 *
 * - Each stands with who gave it, and nobody's orphans push out those of another: a peer that has
 *   100 of them, or 400 kB, loses its own oldest.
 * - One waits for the first of its parents that is missing, so that each parent that comes costs
 *   one look at those that wait for it.
 * - After a minute it is given up.
 */

import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { MonoMs, Txid, Wtxid } from '../../shared/units.js';

/** Of one giver. */
export const ORPHANS_MAX = 100;
export const ORPHAN_BYTES_MAX = 400_000;
export const ORPHAN_MS = 60_000;

export interface Orphan<Giver> {
  readonly tx: DecodedTransaction;
  readonly giver: Giver;
  readonly parent: Txid;
  readonly until: MonoMs;
}

/** What those of one giver take. */
interface Share {
  readonly wtxids: Set<Wtxid>;
  bytes: number;
}

export class Orphans<Giver> {
  /** In the order in which they came, so in that of their time. */
  readonly #orphans = new Map<Wtxid, Orphan<Giver>>();
  readonly #byParent = new Map<Txid, Set<Wtxid>>();
  readonly #shares = new Map<Giver, Share>();

  get count(): number {
    return this.#orphans.size;
  }

  has(wtxid: Wtxid): boolean {
    return this.#orphans.has(wtxid);
  }

  /** Keeps `tx` until `parent` comes; returns those of the same giver that had to go for it. */
  add(tx: DecodedTransaction, giver: Giver, parent: Txid, now: MonoMs): readonly Orphan<Giver>[] {
    const until = (now + ORPHAN_MS) as MonoMs;
    const share = this.#shares.get(giver) ?? { wtxids: new Set(), bytes: 0 };
    this.#shares.set(giver, share);
    this.#orphans.set(tx.wtxid, { tx, giver, parent, until });
    const children = this.#byParent.get(parent) ?? new Set();
    this.#byParent.set(parent, children.add(tx.wtxid));
    share.wtxids.add(tx.wtxid);
    share.bytes += tx.bytes.length;
    return this.#shrink(share);
  }

  /** Takes out those that wait for `parent`, in their order. */
  takeChildren(parent: Txid): readonly Orphan<Giver>[] {
    return this.#takeAll([...(this.#byParent.get(parent) ?? [])]);
  }

  /** Takes out those that waited long enough. */
  takeExpired(now: MonoMs): readonly Orphan<Giver>[] {
    const expired: Wtxid[] = [];
    for (const [wtxid, { until }] of this.#orphans) {
      if (now < until) break;
      expired.push(wtxid);
    }
    return this.#takeAll(expired);
  }

  /** Takes out those of one giver. */
  takeOf(giver: Giver): readonly Orphan<Giver>[] {
    return this.#takeAll([...(this.#shares.get(giver)?.wtxids ?? [])]);
  }

  /** When the oldest has waited long enough. */
  get expiresAt(): MonoMs | undefined {
    const [oldest] = this.#orphans.values();
    return oldest?.until;
  }

  #shrink(share: Share): readonly Orphan<Giver>[] {
    const gone: Orphan<Giver>[] = [];
    for (const wtxid of share.wtxids) {
      if (share.wtxids.size <= ORPHANS_MAX && share.bytes <= ORPHAN_BYTES_MAX) break;
      gone.push(...this.#takeAll([wtxid]));
    }
    return gone;
  }

  #takeAll(wtxids: readonly Wtxid[]): readonly Orphan<Giver>[] {
    return wtxids.flatMap((wtxid) => {
      const orphan = this.#orphans.get(wtxid);
      if (orphan === undefined) return [];
      this.#orphans.delete(wtxid);
      const siblings = this.#byParent.get(orphan.parent);
      siblings?.delete(wtxid);
      if (siblings?.size === 0) this.#byParent.delete(orphan.parent);
      const share = this.#shares.get(orphan.giver);
      share?.wtxids.delete(wtxid);
      if (share !== undefined) share.bytes -= orphan.tx.bytes.length;
      if (share?.wtxids.size === 0) this.#shares.delete(orphan.giver);
      return [orphan];
    });
  }
}
