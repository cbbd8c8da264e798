/**
 * Transactions that spend what one makes which is not here: they wait for it.
 *
 * - Each stands with who gave it and with those who announced it, too, and stays as long as one of
 *   them: who gives a child before its parent, and goes, hides it from nobody.
 * - Nobody's orphans push out those of another: a peer that has 100 of them, or 400 kB, loses its
 *   own oldest.
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
  /** One at least. */
  readonly givers: ReadonlySet<Giver>;
  readonly parent: Txid;
  readonly until: MonoMs;
}

/** What those of one giver take. */
interface Share {
  readonly wtxids: Set<Wtxid>;
  bytes: number;
}

interface Kept<Giver> extends Orphan<Giver> {
  readonly givers: Set<Giver>;
}

export class Orphans<Giver> {
  /** In the order in which they came, so in that of their time. */
  readonly #orphans = new Map<Wtxid, Kept<Giver>>();
  readonly #byParent = new Map<Txid, Set<Wtxid>>();
  readonly #shares = new Map<Giver, Share>();

  get count(): number {
    return this.#orphans.size;
  }

  has(wtxid: Wtxid): boolean {
    return this.#orphans.has(wtxid);
  }

  /** Keeps `tx` until `parent` comes; returns those of the same givers that had to go for it. */
  add(
    tx: DecodedTransaction,
    givers: readonly Giver[],
    parent: Txid,
    now: MonoMs,
  ): readonly Orphan<Giver>[] {
    const until = (now + ORPHAN_MS) as MonoMs;
    this.#orphans.set(tx.wtxid, { tx, givers: new Set(), parent, until });
    const children = this.#byParent.get(parent) ?? new Set();
    this.#byParent.set(parent, children.add(tx.wtxid));
    return givers.flatMap((giver) => this.addGiver(tx.wtxid, giver));
  }

  /** `giver` has it, too; returns those of the same giver that had to go for it. */
  addGiver(wtxid: Wtxid, giver: Giver): readonly Orphan<Giver>[] {
    const orphan = this.#orphans.get(wtxid);
    if (orphan === undefined || orphan.givers.has(giver)) return [];
    const share = this.#shares.get(giver) ?? { wtxids: new Set(), bytes: 0 };
    this.#shares.set(giver, share);
    orphan.givers.add(giver);
    share.wtxids.add(wtxid);
    share.bytes += orphan.tx.bytes.length;
    return this.#shrink(giver, share);
  }

  /** Takes out those that wait for `parent`, in their order. */
  takeChildren(parent: Txid): readonly Orphan<Giver>[] {
    return this.#takeAll([...(this.#byParent.get(parent) ?? [])]);
  }

  /** Takes out those that waited long enough. */
  takeExpired(now: MonoMs): readonly Orphan<Giver>[] {
    if (this.#orphans.size === 0) return [];
    const expired: Wtxid[] = [];
    for (const [wtxid, { until }] of this.#orphans) {
      if (now < until) break;
      expired.push(wtxid);
    }
    return this.#takeAll(expired);
  }

  /** `giver` is gone: takes out those that nobody else has. */
  takeOf(giver: Giver): readonly Orphan<Giver>[] {
    return this.#withdraw(giver, [...(this.#shares.get(giver)?.wtxids ?? [])]);
  }

  /** When the oldest has waited long enough. */
  get expiresAt(): MonoMs | undefined {
    const [oldest] = this.#orphans.values();
    return oldest?.until;
  }

  #shrink(giver: Giver, share: Share): readonly Orphan<Giver>[] {
    const gone: Orphan<Giver>[] = [];
    for (const wtxid of share.wtxids) {
      if (share.wtxids.size <= ORPHANS_MAX && share.bytes <= ORPHAN_BYTES_MAX) break;
      gone.push(...this.#withdraw(giver, [wtxid]));
    }
    return gone;
  }

  /** `giver` stands for these no more; returns those for which nobody else does. */
  #withdraw(giver: Giver, wtxids: readonly Wtxid[]): readonly Orphan<Giver>[] {
    const alone: Wtxid[] = [];
    for (const wtxid of wtxids) {
      const orphan = this.#orphans.get(wtxid);
      if (orphan === undefined) continue;
      if (orphan.givers.size === 1) alone.push(wtxid);
      else this.#leave(giver, orphan);
    }
    return this.#takeAll(alone);
  }

  #leave(giver: Giver, { tx, givers }: Kept<Giver>): void {
    givers.delete(giver);
    const share = this.#shares.get(giver);
    if (share === undefined) return;
    share.wtxids.delete(tx.wtxid);
    share.bytes -= tx.bytes.length;
    if (share.wtxids.size === 0) this.#shares.delete(giver);
  }

  #takeAll(wtxids: readonly Wtxid[]): readonly Orphan<Giver>[] {
    return wtxids.flatMap((wtxid) => {
      const orphan = this.#orphans.get(wtxid);
      if (orphan === undefined) return [];
      this.#orphans.delete(wtxid);
      const siblings = this.#byParent.get(orphan.parent);
      siblings?.delete(wtxid);
      if (siblings?.size === 0) this.#byParent.delete(orphan.parent);
      const givers = new Set(orphan.givers);
      for (const giver of givers) this.#leave(giver, orphan);
      return [{ ...orphan, givers }];
    });
  }
}
