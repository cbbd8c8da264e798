/** What each peer is known to have: the best header that it showed, and with it all ancestors. */

import type { PeerId } from '../../shared/units.js';
import { isAncestor, type HeaderEntry } from '../chain/headerEntry.js';

interface Known {
  /** It sent this header, or a `getHeaders` of ours showed that it has it. */
  readonly shown: HeaderEntry | undefined;
  /** The last header that we pushed to it. */
  readonly told: HeaderEntry | undefined;
}

export class Knowledge {
  readonly #byPeer = new Map<PeerId, Known>();

  /** The best header that `peer` showed. */
  shown(peer: PeerId): HeaderEntry | undefined {
    return this.#byPeer.get(peer)?.shown;
  }

  /** Whether `peer` has heard of `entry`, so that it need not be told. */
  hasHeard(peer: PeerId, entry: HeaderEntry): boolean {
    const known = this.#byPeer.get(peer);
    return isAtOrBelow(entry, known?.shown) || isAtOrBelow(entry, known?.told);
  }

  /** `peer` has `entry`. */
  onShown(peer: PeerId, entry: HeaderEntry): void {
    const known = this.#byPeer.get(peer);
    if (known?.shown !== undefined && !isBetter(entry, known.shown)) return;
    this.#byPeer.set(peer, { shown: entry, told: known?.told });
  }

  onTold(peer: PeerId, entry: HeaderEntry): void {
    this.#byPeer.set(peer, { shown: this.shown(peer), told: entry });
  }

  onGone(peer: PeerId): void {
    this.#byPeer.delete(peer);
  }
}

/** A branch that turned out invalid is no longer what the peer is on. */
const isBetter = (entry: HeaderEntry, shown: HeaderEntry): boolean =>
  shown.status === 'invalid' || entry.chainWork > shown.chainWork;

const isAtOrBelow = (entry: HeaderEntry, other: HeaderEntry | undefined): boolean =>
  other !== undefined && isAncestor(entry, other);
