/**
 * Fetches bodies on the way to the best header, from all peers at once.
 *
 * - *Wanted* is a window: the missing bodies among the next 1,024 blocks. A wanted block is *free*
 *   until a peer that has it is asked for it; 16 are in flight from one peer at most. While the
 *   chain is saturated nothing is asked for.
 * - State is kept by (peer, block): what one peer sends, or fails to send, takes nothing from
 *   another. (In Bitcoin Core a mutated block cleared another peer's download, published 2024-10.)
 * - *Stall*: a peer that delivers nothing for 2 s, while another could, is passed over: its blocks
 *   are free again, and it is asked for nothing until it delivers. Each stall doubles the time-out,
 *   to 64 s at most, and each block shortens it again, so that a slow network does not look like
 *   slow peers. Who is passed over is disconnected only if the window waits for it, or after two
 *   minutes.
 * - With nothing in flight nothing stalls: an idle network disconnects nobody.
 */

import { assertDefined } from '../../shared/assert.js';
import type { BlockHash, MonoMs, Now, PeerId } from '../../shared/units.js';
import { GET_BLOCKS_MAX } from '../../shared/wire/peerMessages.js';
import type { Chain } from '../chain/chain.js';
import { forkOf, isAncestor } from '../chain/headerEntry.js';
import type { Reject } from '../../shared/consensus/reject.js';
import { onFault } from './faults.js';
import type { Knowledge } from './knowledge.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';
import { StallTimeout } from './stallTimeout.js';
import { WantedBlocks } from './wantedBlocks.js';

/** Blocks asked for and not answered, of one peer. */
const IN_FLIGHT_MAX = GET_BLOCKS_MAX;
/** Asked again once half of them came, so that the peer always has something to do. */
const REFILL_AT = IN_FLIGHT_MAX / 2;
/** A peer that did not have a block may have it after so long. */
const ASK_AGAIN_MS = 10_000;
/** An honest node answers everything; for a slow one this is enough for four megabytes. */
const ANSWER_MS = 120_000;
/** So many bytes within one time-out are progress, too: a large block on a slow link. */
const PROGRESS_BYTES = 16_384;
/** Blocks of which we remember who sent them, until they are connected. */
const SENDERS_MAX = 4_096;

export interface DownloadsDependencies {
  readonly chain: Chain;
  readonly knowledge: Knowledge;
  readonly outbox: Outbox;
}

/** The blocks of one peer. */
interface PeerBlocks {
  readonly session: Session;
  /** What it was asked for and has not answered. */
  readonly inFlight: Set<BlockHash>;
  /** Blocks that it did not have, and when it may be asked again; soonest first. */
  readonly lacks: Map<BlockHash, MonoMs>;
  /** When it last answered, or was asked with nothing in flight. */
  answeredAt: MonoMs;
  /** The same, or when many bytes had come. */
  progressAt: MonoMs;
  /** Bytes received from it at `progressAt`. */
  bytesAtProgress: number;
  /** It stalled, and is asked for nothing until it delivers. */
  isPassedOver: boolean;
}

export class Downloads {
  readonly #parts: DownloadsDependencies;
  readonly #peers = new Map<PeerId, PeerBlocks>();
  readonly #wanted: WantedBlocks;
  readonly #timeout = new StallTimeout();
  /** Who sent the bodies that are not connected yet, oldest first. */
  readonly #senders = new Map<BlockHash, Session>();
  #lastBlockAt: MonoMs | undefined;
  /** Something happened that may let blocks be asked for. */
  #isChanged = false;
  /** When a time-out is due, or a peer may be asked again for what it lacked. */
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(dependencies: DownloadsDependencies) {
    this.#parts = dependencies;
    this.#wanted = new WantedBlocks(dependencies.chain);
  }

  /** When the last body came that we had asked for. */
  get lastBlockAt(): MonoMs | undefined {
    return this.#lastBlockAt;
  }

  /** Blocks asked for and not answered. */
  get inFlightCount(): number {
    let count = 0;
    for (const { inFlight } of this.#peers.values()) count += inFlight.size;
    return count;
  }

  onReady(session: Session, now: MonoMs): void {
    this.#peers.set(session.peer, {
      session,
      inFlight: new Set(),
      lacks: new Map(),
      answeredAt: now,
      progressAt: now,
      bytesAtProgress: 0,
      isPassedOver: false,
    });
  }

  onGone(session: Session): void {
    const peer = this.#peers.get(session.peer);
    if (peer === undefined) return;
    this.#peers.delete(session.peer);
    this.#isChanged = true;
    this.#release(peer);
  }

  /** Whether `session` owes us an answer about `hash`. */
  isAsked(session: Session, hash: BlockHash): boolean {
    return this.#peers.get(session.peer)?.inFlight.has(hash) === true;
  }

  /** A block that `session` owed us. */
  onBlock(session: Session, hash: BlockHash, block: Uint8Array, now: Now): void {
    const { chain, outbox } = this.#parts;
    const peer = this.#onAnswer(session, hash, now.mono);
    this.#timeout.onBlock();
    this.#lastBlockAt = now.mono;
    const accepted = chain.acceptBlock(block, now.unix);
    if (accepted.ok) {
      this.#wanted.remove(hash);
      if (accepted.value.isNew) this.#remember(hash, session);
      return;
    }
    this.#free(hash);
    this.#wanted.forget();
    peer.lacks.set(hash, (now.mono + ASK_AGAIN_MS) as MonoMs);
    onFault(session, 'block', accepted.error, outbox);
  }

  /** `session` does not have a block that it owed us. */
  onNotFound(session: Session, hash: BlockHash, now: MonoMs): void {
    const peer = this.#onAnswer(session, hash, now);
    peer.lacks.set(hash, (now + ASK_AGAIN_MS) as MonoMs);
    this.#free(hash);
  }

  /** A body came from elsewhere: we found the block, or the operator gave it. */
  onStored(hash: BlockHash): void {
    this.#wanted.remove(hash);
  }

  onConnected(hash: BlockHash): void {
    this.#senders.delete(hash);
  }

  /** A block failed its last checks: whoever sent it should have known. */
  onFailure(hash: BlockHash, reject: Reject): void {
    this.#wanted.forget();
    const sender = this.#senders.get(hash);
    this.#senders.delete(hash);
    if (sender?.isReady === true) onFault(sender, 'block', reject, this.#parts.outbox);
  }

  /** Finds stalls and asks; called in each step. */
  settle(now: MonoMs): void {
    if (this.#wanted.refresh((hash) => this.#isOwed(hash))) this.#forgetLacks();
    if (!this.#isChanged && this.#wanted.freeCount === 0 && now < this.#dueAt) return;
    for (const peer of this.#peers.values()) {
      forgetDue(peer.lacks, now);
      if (peer.inFlight.size > 0) this.#checkStall(peer, now);
    }
    if (this.#wanted.freeCount > 0 && !this.#parts.chain.isSaturated) {
      for (const peer of this.#peers.values()) {
        if (!peer.isPassedOver && peer.inFlight.size <= REFILL_AT) this.#ask(peer, now);
      }
    }
    this.#isChanged = false;
    this.#dueAt = this.#nextDue();
  }

  nextWake(): MonoMs | undefined {
    return this.#dueAt === Number.POSITIVE_INFINITY ? undefined : (this.#dueAt as MonoMs);
  }

  #nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const peer of this.#peers.values()) {
      if (peer.inFlight.size > 0) {
        next = Math.min(next, this.#stallAt(peer), peer.answeredAt + ANSWER_MS);
      }
      const [soonest] = peer.lacks.values();
      if (soonest !== undefined) next = Math.min(next, soonest);
    }
    return next;
  }

  #ask(peer: PeerBlocks, now: MonoMs): void {
    const { session, inFlight, lacks } = peer;
    const shown = this.#parts.knowledge.shown(session.peer);
    if (shown === undefined || !session.isReady) return;
    const upTo = forkOf(shown, this.#parts.chain.bestHeader).height;
    const entries = this.#wanted.take(
      IN_FLIGHT_MAX - inFlight.size,
      ({ hash, height }) => height <= upTo && !inFlight.has(hash) && !lacks.has(hash),
    );
    if (entries.length === 0) return;
    if (inFlight.size === 0) onAnswered(peer, now);
    for (const { hash } of entries) inFlight.add(hash);
    session.send({ type: 'getBlocks', hashes: entries.map(({ hash }) => hash) });
  }

  /** `session` answered about a block that it owed. */
  #onAnswer(session: Session, hash: BlockHash, now: MonoMs): PeerBlocks {
    const peer = assertDefined(this.#peers.get(session.peer), 'the session is ready');
    this.#isChanged = true;
    peer.inFlight.delete(hash);
    peer.isPassedOver = false;
    onAnswered(peer, now);
    return peer;
  }

  #checkStall(peer: PeerBlocks, now: MonoMs): void {
    const { session, inFlight } = peer;
    const isNeeded = [...inFlight].some((hash) => this.#wanted.has(hash));
    if (now >= peer.answeredAt + ANSWER_MS) {
      peer.answeredAt = now;
      if (!isNeeded || this.#canOthersServe(peer)) session.end('stalled');
      return;
    }
    if (now < this.#stallAt(peer)) return;
    const isFlowing = session.bytesReceived - peer.bytesAtProgress >= PROGRESS_BYTES;
    onProgress(peer, now);
    if (isFlowing) return;
    if (isNeeded) this.#timeout.onStall();
    if (!isNeeded || this.#canOthersServe(peer)) this.#passOver(peer);
  }

  #passOver(peer: PeerBlocks): void {
    const { lowest, isBlocked } = this.#wanted;
    const isInTheWay = isBlocked && lowest !== undefined && peer.inFlight.has(lowest.hash);
    peer.isPassedOver = true;
    this.#release(peer);
    if (isInTheWay) peer.session.end('stalled');
  }

  /** Whether a peer that is not passed over could give us something of what `peer` owes. */
  #canOthersServe(peer: PeerBlocks): boolean {
    const { chain, knowledge } = this.#parts;
    for (const hash of peer.inFlight) {
      const entry = chain.entry(hash);
      if (entry === undefined || !this.#wanted.has(hash)) continue;
      for (const other of this.#peers.values()) {
        if (other === peer || other.isPassedOver || other.lacks.has(hash)) continue;
        const shown = knowledge.shown(other.session.peer);
        if (shown !== undefined && isAncestor(entry, shown)) return true;
      }
    }
    return false;
  }

  #stallAt(peer: PeerBlocks): number {
    return peer.isPassedOver ? Number.POSITIVE_INFINITY : peer.progressAt + this.#timeout.ms;
  }

  /** What `peer` owes may be asked of others, unless some other is at it. */
  #release(peer: PeerBlocks): void {
    const released = [...peer.inFlight].filter((hash) => !this.#isOwed(hash, peer));
    if (released.length > 0) this.#wanted.release(released);
  }

  #free(hash: BlockHash): void {
    if (!this.#isOwed(hash)) this.#wanted.release([hash]);
  }

  /** Whether a peer other than `except`, which is not passed over, owes us `hash`. */
  #isOwed(hash: BlockHash, except?: PeerBlocks): boolean {
    for (const peer of this.#peers.values()) {
      if (peer !== except && !peer.isPassedOver && peer.inFlight.has(hash)) return true;
    }
    return false;
  }

  #remember(hash: BlockHash, session: Session): void {
    this.#senders.set(hash, session);
    const [oldest] = this.#senders.keys();
    if (this.#senders.size > SENDERS_MAX && oldest !== undefined) this.#senders.delete(oldest);
  }

  #forgetLacks(): void {
    for (const { lacks } of this.#peers.values()) {
      for (const hash of lacks.keys()) if (!this.#wanted.has(hash)) lacks.delete(hash);
    }
  }
}

function onAnswered(peer: PeerBlocks, now: MonoMs): void {
  peer.answeredAt = now;
  onProgress(peer, now);
}

function onProgress(peer: PeerBlocks, now: MonoMs): void {
  peer.progressAt = now;
  peer.bytesAtProgress = peer.session.bytesReceived;
}

function forgetDue(lacks: Map<BlockHash, MonoMs>, now: MonoMs): void {
  for (const [hash, at] of lacks) {
    if (at > now) return;
    lacks.delete(hash);
  }
}
