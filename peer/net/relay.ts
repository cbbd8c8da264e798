/**
 * Tells peers of new tips by pushing headers.
 *
 * - A header that beats our tip goes out as soon as its own rules are checked (proof of work, exact
 *   bits) and its parent is connected, before its body is here: a bad body is no fault of whoever
 * pushed the header.
 * - Whatever else becomes our tip goes out when it is, with up to seven blocks below it that may be
 *   new; while we are syncing, at the end of that.
 * - Nobody is told what it showed us or what we told it.
 */

import { concatBytes } from '../../shared/bytes.js';
import { NEW_HEADERS_MAX, type PeerMessage } from '../../shared/wire/peerMessages.js';
import type { Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import type { Connections } from './connections.js';
import type { Knowledge } from './knowledge.js';
import type { Session } from './session.js';

export interface RelayDependencies {
  readonly chain: Chain;
  readonly connections: Connections;
  readonly knowledge: Knowledge;
}

export class Relay {
  readonly #parts: RelayDependencies;
  /** The tip moved, and others were not told. */
  #isTipNew = false;
  /** What was pushed last. */
  #push: Push | undefined;

  constructor(dependencies: RelayDependencies) {
    this.#parts = dependencies;
  }

  /** A header is new to us: from a peer, or of a block that we found. */
  onNewHeader(entry: HeaderEntry): void {
    const { tip } = this.#parts.chain;
    const isBetter = entry.chainWork > tip.chainWork;
    if (isBetter && entry.parent?.status === 'connected') this.#tellAll(entry);
  }

  /** The announced tip moved. */
  onTip(): void {
    this.#isTipNew = true;
  }

  /** Called in each step, once it is known whether we are synced. */
  settle(isSynced: boolean): void {
    if (!this.#isTipNew || !isSynced) return;
    this.#isTipNew = false;
    this.#tellAll(this.#parts.chain.tip);
  }

  /** Tells `session` what became our tip since we told it in our hello. */
  onReady(session: Session): void {
    const { tip } = this.#parts.chain;
    if (tip.chainWork > session.facts.toldWork) this.#tell(session, tip);
  }

  #tellAll(entry: HeaderEntry): void {
    for (const session of this.#parts.connections.listeners()) this.#tell(session, entry);
  }

  #tell(session: Session, entry: HeaderEntry): void {
    const { knowledge } = this.#parts;
    let count = 0;
    for (const at of downwards(entry, NEW_HEADERS_MAX)) {
      if (knowledge.hasHeard(session.peer, at)) break;
      count++;
    }
    if (count === 0) return;
    knowledge.onTold(session.peer, entry);
    session.send(this.#pushOf(entry, count));
  }

  /** `count` headers up to `entry`: one message for all who lack as many, encoded once. */
  #pushOf(entry: HeaderEntry, count: number): NewHeaders {
    if (this.#push?.entry === entry && this.#push.count === count) return this.#push.message;
    const headers: Uint8Array[] = [];
    for (const at of downwards(entry, count)) headers.unshift(this.#parts.chain.headerBytes(at));
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

/** `entry` and the blocks below it without genesis, `count` at most. */
function* downwards(entry: HeaderEntry, count: number): Generator<HeaderEntry, void> {
  let at = entry;
  for (let i = 0; i < count && at.parent !== undefined; i++) {
    yield at;
    at = at.parent;
  }
}
