/**
 * What each peer is known to have: a few *heads*, which are headers that it showed, and with each
 * of them all its ancestors.
 *
 * Not only the best: an honest node passes a header on before it has the body (decision 0009), and
 * may then get, and tell of, a sibling with no more work.
 */

import type { PeerId } from '../../shared/units.js';
import { highestWhere, isAncestor, type HeaderEntry } from '../chain/headerEntry.js';
import { most } from './most.js';

/** Heads that are kept of one peer; an honest one has one or two that matter. */
export const HEADS_MAX = 8;

interface Known {
  /**
   * It sent these headers, or an answer of it showed that it has them; first shown first. None is
   * an ancestor of another.
   */
  heads: readonly HeaderEntry[];
  /** The last header that we pushed to it. */
  told: HeaderEntry | undefined;
}

/** Heads that came, and that went: with their peer, or for others of it. */
export interface News {
  /** The one with most work that came. */
  readonly best: HeaderEntry | undefined;
  /** The most work of all others; 0: of none. */
  readonly otherWork: bigint;
}

export class Knowledge {
  readonly #byPeer = new Map<PeerId, Known>();
  #news: News | undefined;

  /** Of all peers since the last call. */
  takeNews(): News | undefined {
    const news = this.#news;
    this.#news = undefined;
    return news;
  }

  /** Heads of the peer that showed most. */
  get headsMax(): number {
    return most(this.#byPeer.values(), ({ heads }) => heads.length);
  }

  /** What `peer` showed, first shown first: the same array until it shows something else. */
  heads(peer: PeerId): readonly HeaderEntry[] {
    return this.#byPeer.get(peer)?.heads ?? NONE;
  }

  /** The best header that `peer` showed and that is not invalid. */
  best(peer: PeerId): HeaderEntry | undefined {
    return this.heads(peer).map(validPart).reduce(better, undefined);
  }

  /** Whether `peer` has heard of `entry`, so that it need not be told. */
  hasHeard(peer: PeerId, entry: HeaderEntry): boolean {
    const known = this.#byPeer.get(peer);
    if (known === undefined) return false;
    const { heads, told } = known;
    return hasShown(heads, entry) || (told !== undefined && isAncestor(entry, told));
  }

  /** `peer` has `entry`. */
  onShown(peer: PeerId, entry: HeaderEntry): void {
    const known = this.#of(peer);
    const { heads } = known;
    if (hasShown(heads, entry)) return;
    known.heads = withHead(heads, entry);
    this.#onCame(entry);
    for (const head of heads) if (!known.heads.includes(head)) this.#onWent(head);
  }

  onTold(peer: PeerId, entry: HeaderEntry): void {
    this.#of(peer).told = entry;
  }

  onGone(peer: PeerId): void {
    for (const head of this.heads(peer)) this.#onWent(head);
    this.#byPeer.delete(peer);
  }

  #onCame(entry: HeaderEntry): void {
    const { best, otherWork = 0n } = this.#news ?? {};
    if (best === entry) return;
    this.#news = { best: better(best, entry), otherWork };
    if (best !== undefined) this.#onWent(this.#news.best === best ? entry : best);
  }

  #onWent({ chainWork }: HeaderEntry): void {
    const { best, otherWork = 0n } = this.#news ?? {};
    this.#news = { best, otherWork: chainWork > otherWork ? chainWork : otherWork };
  }

  #of(peer: PeerId): Known {
    const known = this.#byPeer.get(peer) ?? { heads: NONE, told: undefined };
    if (known.heads === NONE) this.#byPeer.set(peer, known);
    return known;
  }
}

/** Whether `entry` is one of `heads` or an ancestor of one. */
export const hasShown = (heads: readonly HeaderEntry[], entry: HeaderEntry): boolean =>
  heads.some((head) => isAncestor(entry, head));

/** The highest of `head` and its ancestors that is not invalid: who showed it has that, too. */
export const validPart = (head: HeaderEntry): HeaderEntry =>
  highestWhere(head, ({ status }) => status !== 'invalid');

const NONE: readonly HeaderEntry[] = [];

/**
 * In place of its ancestor; when there are too many then, of the oldest that is not the best. One
 * at most is its ancestor, for none is an ancestor of another: mostly what was shown last, and then
 * nobody walks down to heads that became stale long ago.
 */
function withHead(heads: readonly HeaderEntry[], entry: HeaderEntry): readonly HeaderEntry[] {
  const below = heads.findLastIndex((head) => isAncestor(head, entry));
  const all = [...heads.slice(0, Math.max(0, below)), ...heads.slice(below + 1), entry];
  if (all.length <= HEADS_MAX) return all;
  const best = all.reduce(better, undefined);
  const leaving = all.find((head) => head !== best);
  return all.filter((head) => head !== leaving);
}

/** The first seen of two with equal work. */
const better = (a: HeaderEntry | undefined, b: HeaderEntry): HeaderEntry =>
  a === undefined || b.chainWork > a.chainWork ? b : a;
