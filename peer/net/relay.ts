/**
 * Tells peers of new tips by pushing headers, or blocks in compact form to those who want that.
 *
 * - A header that beats our tip goes out as soon as its own rules are checked (proof of work, exact
 *   bits) and its parent is connected, before its body is here: a bad body is no fault of whoever
 *   pushed the header. So does a block that is whole, before it is connected.
 * - Whatever else becomes our tip goes out when it is, with up to seven blocks below it that may be
 *   new; while we are syncing, at the end of that.
 * - Nobody is told what it showed us or what we told it.
 */

import { concatBytes } from '../../shared/bytes.js';
import type { Block } from '../../shared/consensus/block.js';
import { NEW_HEADERS_MAX, type PeerMessage } from '../../shared/wire/peerMessages.js';
import type { Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import { CompactPush } from './compactPush.js';
import type { Connections } from './connections.js';
import type { Knowledge } from './knowledge.js';
import type { Session } from './session.js';

/** A block with so few transactions is connected before it could be told. */
const QUICK_MAX = 32;

export interface RelayDependencies {
  readonly chain: Chain;
  readonly connections: Connections;
  readonly knowledge: Knowledge;
}

export class Relay {
  readonly compact = new CompactPush();
  readonly #parts: RelayDependencies;
  /** Better than our tip, and new in this step; with its block, if that is whole. */
  #fresh = new Map<HeaderEntry, Block | undefined>();
  /** The tip moved, and others were not told. */
  #isTipNew = false;
  /** What was pushed last. */
  #push: Push | undefined;

  constructor(dependencies: RelayDependencies) {
    this.#parts = dependencies;
  }

  /** Whether others wait for a block that takes a while to connect: they are to be told first. */
  get isUrgent(): boolean {
    if (this.#fresh.size === 0) return false;
    for (const [entry, block] of this.#fresh) {
      if ((block?.transactions.length ?? 0) > QUICK_MAX && this.#hasListener(entry)) return true;
    }
    return false;
  }

  /** A header is new to us: from a peer, or of a block that we found. */
  onNewHeader(entry: HeaderEntry): void {
    const { tip } = this.#parts.chain;
    const isBetter = entry.chainWork > tip.chainWork;
    if (isBetter && entry.parent?.status === 'connected') this.#fresh.set(entry, undefined);
  }

  /** The block of a header that came in this step is whole. */
  onNewBlock(entry: HeaderEntry, block: Block): void {
    if (this.#fresh.has(entry)) this.#fresh.set(entry, block);
  }

  /** The announced tip moved. */
  onTip(): void {
    this.#isTipNew = true;
  }

  /** Called in each step, once it is known whether we are synced. */
  settle(isSynced: boolean): void {
    if (this.#fresh.size > 0) {
      for (const [entry, block] of this.#fresh) this.#tellAll(entry, block);
      this.#fresh.clear();
    }
    if (!this.#isTipNew || !isSynced) return;
    this.#isTipNew = false;
    this.#tellAll(this.#parts.chain.tip);
  }

  /** Tells `session` what became our tip since we told it in our hello. */
  onReady(session: Session): void {
    const { tip } = this.#parts.chain;
    if (tip.chainWork > session.facts.toldWork) this.#tell(session, tip);
  }

  /** Whether somebody who wants blocks compact has not heard of `entry`. */
  #hasListener(entry: HeaderEntry): boolean {
    const { connections, knowledge } = this.#parts;
    for (const session of connections.peers()) {
      if (this.compact.isFor(session) && !knowledge.hasHeard(session.peer, entry)) return true;
    }
    return false;
  }

  /**
   * Those first who get the block at once, if it is here. So an empty block and its header, which
   * most are told of, are encoded once each.
   */
  #tellAll(entry: HeaderEntry, block?: Block): void {
    const { connections } = this.#parts;
    if (block !== undefined) {
      for (const session of connections.listeners()) {
        if (this.compact.isFor(session)) this.#tell(session, entry, block);
      }
    }
    for (const session of connections.listeners()) this.#tell(session, entry, block);
  }

  #tell(session: Session, entry: HeaderEntry, block?: Block): void {
    const { knowledge } = this.#parts;
    let count = 0;
    for (let at = entry; at.parent !== undefined && count < NEW_HEADERS_MAX; at = at.parent) {
      if (knowledge.hasHeard(session.peer, at)) break;
      count++;
    }
    if (count === 0) return;
    knowledge.onTold(session.peer, entry);
    // Who lacks more than one has no place yet for what the block holds.
    if (count === 1 && block !== undefined && this.compact.push(session, block)) return;
    session.send(this.#pushOf(entry, count));
  }

  /** `count` headers up to `entry`: one message for all who lack as many, encoded once. */
  #pushOf(entry: HeaderEntry, count: number): NewHeaders {
    if (this.#push?.entry === entry && this.#push.count === count) return this.#push.message;
    const headers: Uint8Array[] = [];
    for (let at: HeaderEntry | undefined = entry; at && headers.length < count; at = at.parent) {
      headers.unshift(this.#parts.chain.headerBytes(at));
    }
    const message: NewHeaders = { type: 'newHeaders', headers: concatBytes(...headers) };
    this.#push = { entry, count, message };
    return message;
  }
}

type NewHeaders = Extract<PeerMessage, { type: 'newHeaders' }>;

interface Push {
  readonly entry: HeaderEntry;
  readonly count: number;
  readonly message: NewHeaders;
}
