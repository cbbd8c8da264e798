/**
 * Which bodies `downloads` wants, and which of them somebody is asked for: a window towards each
 * chosen head, and then what the disk lost of our own chain.
 *
 * A window stays while its head is chosen, so that one more head costs one more look, and not one
 * for each.
 */

import type { BlockHash } from '../../shared/units.js';
import type { Chain } from '../chain/chain.js';
import { isAncestor, type HeaderEntry } from '../chain/headerEntry.js';
import { chooseHeads, isFar } from './chosenHeads.js';
import { DownloadWindow } from './downloadWindow.js';
import type { News } from './knowledge.js';

/** Lost bodies that are asked for at a time: few enough that who lacks them all is still asked. */
const LOST_AT_ONCE = 8;

export class WantedBlocks {
  readonly #chain: Chain;
  /** The heads of each peer that may be asked, those of whom we trust most first. */
  readonly #headsByPeer: () => Iterable<readonly HeaderEntry[]>;
  #heads: readonly HeaderEntry[] = [];
  /** One for each head, in their order. */
  #windows: readonly DownloadWindow[] = [];
  /** What somebody is asked for, and others need not be; also what is not wanted any more. */
  readonly #asked = new Set<BlockHash>();
  /** Lost bodies at the last look. */
  #lostCount = 0;
  readonly #isAsked = (hash: BlockHash): boolean => this.#asked.has(hash);

  constructor(chain: Chain, headsByPeer: () => Iterable<readonly HeaderEntry[]>) {
    this.#chain = chain;
    this.#headsByPeer = headsByPeer;
  }

  /** Where the windows lead to, best first. */
  get heads(): readonly HeaderEntry[] {
    return this.#heads;
  }

  /** Whether there may be something that nobody is asked for. */
  get hasFree(): boolean {
    return this.#chain.lostBodies.size > 0 || this.#windows.some((window) => window.hasFree);
  }

  has(hash: BlockHash): boolean {
    const { lostBodies } = this.#chain;
    return lostBodies.has(hash) || this.#windows.some((window) => window.has(hash));
  }

  /** Whether a window waits for `hash` alone. */
  isHeldUpBy(hash: BlockHash): boolean {
    return this.#windows.some((window) => window.isHeldUpBy(hash, this.#isAsked));
  }

  /** Whether `entry` is on the way to a head that more than one block leads to. */
  isOnLongWay(entry: HeaderEntry): boolean {
    const { tip } = this.#chain;
    return this.#heads.some((head) => isFar(head, tip) && isAncestor(entry, head));
  }

  /** Looks again if that may change something; true if it may have. */
  refresh(news: News | undefined): boolean {
    const areHeadsNew = news !== undefined && this.#mayChoose(news);
    const isAnew = areHeadsNew || this.#heads.some((head) => !this.#isWorthIt(head));
    if (isAnew) this.#chooseAnew();
    const lostCount = this.#chain.lostBodies.size;
    let isNew = isAnew || lostCount > this.#lostCount;
    this.#lostCount = lostCount;
    for (const window of this.#windows) isNew = window.refresh() || isNew;
    return isNew;
  }

  /**
   * Takes up to `count` blocks that nobody is asked for, best head first, then lowest first, and
   * what was lost last: they are asked for now. `heightMax`: how far the peer has what leads to a
   * head; `holds`: whether a block may be asked of it.
   */
  take(
    count: number,
    heightMax: (head: HeaderEntry) => number,
    holds: (hash: BlockHash) => boolean,
  ): readonly BlockHash[] {
    const taken: BlockHash[] = [];
    for (const window of this.#windows) {
      if (taken.length >= count) break;
      if (!window.hasFree) continue;
      const room = count - taken.length;
      for (const { hash } of window.pick(room, heightMax(window.head), this.#isAsked, holds)) {
        this.#asked.add(hash);
        taken.push(hash);
      }
    }
    for (const hash of this.#lost(heightMax)) {
      if (taken.length >= count) break;
      if (this.#asked.has(hash) || !holds(hash)) continue;
      this.#asked.add(hash);
      taken.push(hash);
    }
    return taken;
  }

  /** Somebody is asked for `hash`: nobody else need be. */
  claim(hash: BlockHash): void {
    this.#asked.add(hash);
  }

  /** Others may be asked for these, too. */
  release(hashes: Iterable<BlockHash>): void {
    for (const hash of hashes) {
      this.#asked.delete(hash);
      for (const window of this.#windows) window.release(hash);
    }
  }

  /** The body of `hash` is here. */
  remove(hash: BlockHash): void {
    for (const window of this.#windows) window.remove(hash);
  }

  /** Lost bodies that somebody may have who has our chain up to `heightMax` of its tip. */
  *#lost(heightMax: (head: HeaderEntry) => number): Generator<BlockHash, void> {
    const { lostBodies, tip } = this.#chain;
    if (lostBodies.size === 0) return;
    const height = heightMax(tip);
    for (const entry of [...lostBodies.values()].slice(0, LOST_AT_ONCE)) {
      if (entry.height <= height) yield entry.hash;
    }
  }

  #chooseAnew(): void {
    const old = new Map(this.#windows.map((window) => [window.head, window]));
    this.#heads = chooseHeads(this.#headsByPeer(), this.#chain.tip);
    this.#windows = this.#heads.map(
      (head) => old.get(head) ?? new DownloadWindow(this.#chain, head),
    );
  }

  /** Not what does not beat our tip, nor that one more peer shows what is chosen already. */
  #mayChoose({ best, otherWork }: News): boolean {
    const { chainWork } = this.#chain.tip;
    if (otherWork > chainWork) return true;
    return best !== undefined && best.chainWork > chainWork && !this.#heads.includes(best);
  }

  #isWorthIt(head: HeaderEntry): boolean {
    return head.status !== 'invalid' && head.chainWork > this.#chain.tip.chainWork;
  }
}
