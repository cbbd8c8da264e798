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
  readonly heads: readonly HeaderEntry[];
  /** The last header that we pushed to it. */
  readonly told: HeaderEntry | undefined;
}

export class Knowledge {
  readonly #byPeer = new Map<PeerId, Known>();
  #newsWork = 0n;

  /** The most work of a head that some peer showed, or lost, since the last call; 0: of none. */
  takeNews(): bigint {
    const work = this.#newsWork;
    this.#newsWork = 0n;
    return work;
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
    const told = this.#byPeer.get(peer)?.told;
    return hasShown(this.heads(peer), entry) || (told !== undefined && isAncestor(entry, told));
  }

  /** `peer` has `entry`. */
  onShown(peer: PeerId, entry: HeaderEntry): void {
    const heads = this.heads(peer);
    if (hasShown(heads, entry)) return;
    const told = this.#byPeer.get(peer)?.told;
    const kept = withHead(heads, entry);
    this.#byPeer.set(peer, { heads: kept, told });
    this.#onNews(entry);
    for (const head of heads) if (!kept.includes(head)) this.#onNews(head);
  }

  onTold(peer: PeerId, entry: HeaderEntry): void {
    this.#byPeer.set(peer, { heads: this.heads(peer), told: entry });
  }

  onGone(peer: PeerId): void {
    for (const head of this.heads(peer)) this.#onNews(head);
    this.#byPeer.delete(peer);
  }

  #onNews({ chainWork }: HeaderEntry): void {
    if (chainWork > this.#newsWork) this.#newsWork = chainWork;
  }
}

/** Whether `entry` is one of `heads` or an ancestor of one. */
export const hasShown = (heads: readonly HeaderEntry[], entry: HeaderEntry): boolean =>
  heads.some((head) => isAncestor(entry, head));

/** The highest of `head` and its ancestors that is not invalid: who showed it has that, too. */
export const validPart = (head: HeaderEntry): HeaderEntry =>
  highestWhere(head, ({ status }) => status !== 'invalid');

const NONE: readonly HeaderEntry[] = [];

/** In place of its ancestors; when there are too many then, of the oldest that is not the best. */
function withHead(heads: readonly HeaderEntry[], entry: HeaderEntry): readonly HeaderEntry[] {
  const all = [...heads.filter((head) => !isAncestor(head, entry)), entry];
  if (all.length <= HEADS_MAX) return all;
  const best = all.reduce(better, undefined);
  const leaving = all.find((head) => head !== best);
  return all.filter((head) => head !== leaving);
}

/** The first seen of two with equal work. */
const better = (a: HeaderEntry | undefined, b: HeaderEntry): HeaderEntry =>
  a === undefined || b.chainWork > a.chainWork ? b : a;
