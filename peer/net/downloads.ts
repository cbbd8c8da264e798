/**
 * Fetches bodies on the way to what ready peers have shown, from all peers at once.
 *
 * - *Wanted* is a window towards each head that some peer showed and that beats our tip: the
 *   missing bodies among the next 1,024 blocks (`WantedBlocks`). A wanted block is *free* until a
 *   peer that has it is asked for it; 16 are in flight from one peer at most. While the chain is
 *   saturated nothing is asked for.
 * - State is kept by (peer, block): what one peer sends, or fails to send, takes nothing from
 *   another. (In Bitcoin Core a mutated block cleared another peer's download, published 2024-10.)
 * - *Stall*: a peer that delivers nothing for 2 s, while another could, is passed over: its blocks
 *   are free again, and it is asked for nothing until it delivers. Each stall doubles the time-out,
 *   to 64 s at most, and each block shortens it again, so that a slow network does not look like
 *   slow peers. Who is passed over is disconnected only if a window waits for it, or after two
 *   minutes.
 * - Who is in doubt (`Doubts`) is asked for nothing until it answers. What it owes is free after
 *   2 s, which count for no stall: that its line was cut says nothing of how fast peers are.
 * - A *head* that a peer showed may not be there itself yet: an honest node passes a header on
 *   before it has the body, and lets the question wait (decision 0009). Who owes nothing else is
 *   not passed over, and the time-out stays; it comes after those who owe less.
 * - What the disk lost of our own chain is wanted, too, after everything else (decision 0018).
 * - With nothing in flight nothing stalls: an idle network disconnects nobody.
 */

import { assertDefined } from '../../shared/assert.js';
import type { BlockHash, MonoMs, Now, PeerId } from '../../shared/units.js';
import type { Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import type { Reject } from '../../shared/consensus/reject.js';
import { onFault } from './faults.js';
import { hasShown, type Knowledge } from './knowledge.js';
import { most } from './most.js';
import type { Outbox } from './outbox.js';
import { PeerBlocks } from './peerBlocks.js';
import type { Session } from './session.js';
import { STALL_LEAST_MS, StallTimeout } from './stallTimeout.js';
import { WantedBlocks } from './wantedBlocks.js';

/** Blocks of which we remember who sent them, until they are connected. */
const SENDERS_MAX = 4_096;

export interface DownloadsDependencies {
  readonly chain: Chain;
  readonly knowledge: Knowledge;
  readonly outbox: Outbox;
}

interface Supplier {
  readonly session: Session;
  readonly blocks: PeerBlocks;
  /** It was, when blocks could be asked for last. */
  isInDoubt: boolean;
}

export class Downloads {
  readonly #parts: DownloadsDependencies;
  readonly #suppliers = new Map<PeerId, Supplier>();
  readonly #wanted: WantedBlocks;
  readonly #timeout = new StallTimeout();
  /** Who sent the bodies that are not connected yet, oldest first. */
  readonly #senders = new Map<BlockHash, Session>();
  #lastBlockAt: MonoMs | undefined;
  /** Lost bodies of which the operator was told. */
  readonly #toldLost = new Set<HeaderEntry>();
  /** Something happened that may let blocks be asked for. */
  #isChanged = false;
  /** The chain was saturated when blocks could have been asked for. */
  #isHeldBack = false;
  /** When a time-out is due, or a peer may be asked again for what it lacked. */
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(dependencies: DownloadsDependencies) {
    this.#parts = dependencies;
    this.#wanted = new WantedBlocks(dependencies.chain, () => this.#headsByPeer());
  }

  /** Where the blocks that it fetches lead to: better than our tip, best first. */
  get heads(): readonly HeaderEntry[] {
    return this.#wanted.heads;
  }

  /** When a body came that leads to a head with more than one missing block before it. */
  get lastBlockAt(): MonoMs | undefined {
    return this.#lastBlockAt;
  }

  /** Blocks asked for and not answered. */
  get inFlightCount(): number {
    let count = 0;
    for (const { blocks } of this.#suppliers.values()) count += blocks.inFlightCount;
    return count;
  }

  /** The same of the peer that owes most. */
  get inFlightMax(): number {
    return most(this.#suppliers.values(), ({ blocks }) => blocks.inFlightCount);
  }

  /** Blocks of which the sender is remembered. */
  get senderCount(): number {
    return this.#senders.size;
  }

  onReady(session: Session, now: MonoMs): void {
    const blocks = new PeerBlocks(session, now);
    this.#suppliers.set(session.peer, { session, blocks, isInDoubt: session.isInDoubt });
  }

  onGone({ peer }: Session): void {
    const supplier = this.#suppliers.get(peer);
    if (supplier === undefined) return;
    this.#suppliers.delete(peer);
    this.#isChanged = true;
    this.#wanted.release(supplier.blocks.pending);
  }

  /** Whether `session` owes us an answer about `hash`. */
  isAsked({ peer }: Session, hash: BlockHash): boolean {
    return this.#suppliers.get(peer)?.blocks.owes(hash) === true;
  }

  /** A block that `session` owed us. */
  onBlock(session: Session, hash: BlockHash, block: Uint8Array, now: Now): void {
    const { chain, outbox } = this.#parts;
    const blocks = this.#onAnswer(session, hash, now.mono);
    this.#timeout.onBlock();
    const isLost = chain.lostBodies.has(hash);
    const accepted = chain.acceptBlock(block, now.unix);
    if (!accepted.ok) {
      blocks.onLack(hash, now.mono);
      onFault(session, 'block', accepted.error, outbox);
      return;
    }
    const { entry, isNew } = accepted.value;
    if (isLost) this.#onRestored(entry);
    if (this.#wanted.isOnLongWay(entry)) this.#lastBlockAt = now.mono;
    this.#wanted.remove(hash);
    if (isNew) this.#remember(hash, session);
  }

  /** `session` is asked for the rest of a block, beside others; false if it has enough to do. */
  claim(session: Session, hash: BlockHash, now: MonoMs): boolean {
    const blocks = this.#suppliers.get(session.peer)?.blocks;
    if (blocks === undefined || blocks.room === 0 || blocks.owes(hash)) return false;
    if (session.isInDoubt) return false;
    this.#wanted.claim(hash);
    blocks.onAsked([hash], now);
    this.#isChanged = true;
    return true;
  }

  /** The rest of a block came: if that does not make it whole, somebody is asked for the whole. */
  onRest(session: Session, hash: BlockHash, now: MonoMs): void {
    this.#onAnswer(session, hash, now);
    this.#timeout.onBlock();
  }

  /** `session` does not have a block that it owed us. */
  onNotFound(session: Session, hash: BlockHash, now: MonoMs): void {
    this.#onAnswer(session, hash, now).onLack(hash, now);
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
    const sender = this.#senders.get(hash);
    this.#senders.delete(hash);
    if (sender?.isReady === true) onFault(sender, 'block', reject, this.#parts.outbox);
  }

  /** Finds stalls and asks; called in each step. */
  settle(now: MonoMs): void {
    const { chain, knowledge } = this.#parts;
    const news = knowledge.takeNews();
    if (this.#wanted.refresh(news)) this.#isChanged = true;
    // Who shows what does not beat our tip may have a part of the way to what does.
    if (news !== undefined && this.#wanted.hasFree) this.#isChanged = true;
    this.#tellLost();
    const isDue = this.#isChanged || this.#areDoubtsNew() || now >= this.#dueAt;
    if (!isDue && !(this.#isHeldBack && !chain.isSaturated)) return;
    for (const supplier of this.#suppliers.values()) {
      supplier.isInDoubt = supplier.session.isInDoubt;
      supplier.blocks.forgetLacks(now);
      this.#checkStall(supplier, now);
    }
    this.#isHeldBack = chain.isSaturated;
    if (!this.#isHeldBack && this.#wanted.hasFree) this.#askAll(now);
    this.#isChanged = false;
    this.#dueAt = this.#nextDue();
  }

  nextWake(): MonoMs | undefined {
    return this.#dueAt === Number.POSITIVE_INFINITY ? undefined : (this.#dueAt as MonoMs);
  }

  /** Tells the operator once of each body that the disk lost. */
  #tellLost(): void {
    const { chain, outbox } = this.#parts;
    if (chain.lostBodies.size === 0) return;
    for (const entry of chain.lostBodies.values()) {
      if (this.#toldLost.has(entry)) continue;
      this.#toldLost.add(entry);
      outbox.notice('block-lost', lost(entry));
    }
  }

  #onRestored(entry: HeaderEntry): void {
    this.#toldLost.delete(entry);
    this.#parts.outbox.notice('block-restored', restored(entry));
  }

  #nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { session, blocks } of this.#suppliers.values()) {
      next = Math.min(next, blocks.nextDue(this.#timeoutOf(session)));
    }
    return next;
  }

  #timeoutOf({ isInDoubt }: Session): number {
    return isInDoubt ? STALL_LEAST_MS : this.#timeout.ms;
  }

  /** Whether a doubt came or went. */
  #areDoubtsNew(): boolean {
    for (const { session, isInDoubt } of this.#suppliers.values()) {
      if (session.isInDoubt !== isInDoubt) return true;
    }
    return false;
  }

  /** Nobody chooses who dials us, so those come after those whom we dialed; the oldest first. */
  #headsByPeer(): readonly (readonly HeaderEntry[])[] {
    const outbound: (readonly HeaderEntry[])[] = [];
    const inbound: (readonly HeaderEntry[])[] = [];
    for (const { session } of this.#suppliers.values()) {
      if (!session.isReady) continue;
      const list = session.facts.direction === 'outbound' ? outbound : inbound;
      list.push(this.#parts.knowledge.heads(session.peer));
    }
    return [...outbound, ...inbound];
  }

  /** Until nothing is left to ask for. */
  #askAll(now: MonoMs): void {
    for (const supplier of this.#inOrder()) {
      if (!this.#wanted.hasFree) return;
      this.#ask(supplier, now);
    }
  }

  /** Who is late with the fewest comes first. */
  #inOrder(): Iterable<Supplier> {
    const suppliers = [...this.#suppliers.values()];
    if (suppliers.every(({ blocks }) => blocks.late.size === 0)) return suppliers;
    return suppliers.sort((a, b) => a.blocks.late.size - b.blocks.late.size);
  }

  #ask({ session, blocks }: Supplier, now: MonoMs): void {
    const { room } = blocks;
    if (room === 0 || !session.isReady || session.isInDoubt) return;
    const heads = this.#parts.knowledge.heads(session.peer);
    const hashes = this.#wanted.take(
      room,
      (head) => blocks.reach(heads, head),
      (hash) => !blocks.owes(hash) && !blocks.lacks(hash),
    );
    if (hashes.length === 0) return;
    blocks.onAsked(hashes, now);
    session.send({ type: 'getBlocks', hashes });
  }

  /** `session` answered about a block that it owed. */
  #onAnswer({ peer }: Session, hash: BlockHash, now: MonoMs): PeerBlocks {
    const { blocks } = assertDefined(this.#suppliers.get(peer), 'the session is ready');
    this.#isChanged = true;
    if (blocks.pending.has(hash)) this.#wanted.release([hash]);
    blocks.onAnswer(hash, now);
    return blocks;
  }

  #checkStall(supplier: Supplier, now: MonoMs): void {
    const { session, blocks } = supplier;
    if (now >= blocks.answerDueAt) {
      blocks.forgive(now);
      const owed = this.#wantedOf([...blocks.pending, ...blocks.late]);
      if (owed.length === 0 || this.#canOthersServe(supplier, owed)) session.end('stalled');
      return;
    }
    if (now < blocks.stallAt(this.#timeoutOf(session))) return;
    const { isFlowing } = blocks;
    blocks.onProgress(now);
    if (isFlowing) return;
    const owed = this.#wantedOf(blocks.pending);
    // A block with which others are late, too, says nothing of how fast they are; nor does one that
    // who showed it may not have yet.
    const isTelling = (hash: BlockHash): boolean => !this.#isAnyoneLate(hash);
    const isExcused = session.isInDoubt || this.#isExcused(supplier);
    if (!isExcused && owed.some(isTelling)) this.#timeout.onStall();
    if (owed.length === 0 || this.#canOthersServe(supplier, owed)) this.#passOver(supplier);
  }

  /** Whether it owes nothing but what it showed and may not have itself yet. */
  #isExcused({ session, blocks }: Supplier): boolean {
    const heads = this.#parts.knowledge.heads(session.peer).map(({ hash }) => hash);
    return [...blocks.pending].every((hash) => heads.includes(hash));
  }

  #passOver(supplier: Supplier): void {
    const { session, blocks } = supplier;
    const { pending } = blocks;
    const isExcused = this.#isExcused(supplier);
    const isInTheWay = [...pending].some((hash) => this.#wanted.isHeldUpBy(hash));
    this.#wanted.release(pending);
    blocks.onTooLate();
    if (isExcused) return;
    blocks.isPassedOver = true;
    if (isInTheWay && !session.isInDoubt) session.end('stalled');
  }

  /** Whether another, who is not passed over, could give us one of the `hashes` that one owes. */
  #canOthersServe(except: Supplier, hashes: readonly BlockHash[]): boolean {
    const { chain, knowledge } = this.#parts;
    for (const hash of hashes) {
      const entry = chain.entry(hash);
      if (entry === undefined) continue;
      for (const other of this.#suppliers.values()) {
        const { session, blocks } = other;
        if (other === except || blocks.isPassedOver || session.isInDoubt) continue;
        if (blocks.lacks(hash) || blocks.late.has(hash)) continue;
        if (hasShown(knowledge.heads(session.peer), entry)) return true;
      }
    }
    return false;
  }

  #wantedOf(hashes: Iterable<BlockHash>): readonly BlockHash[] {
    return [...hashes].filter((hash) => this.#wanted.has(hash));
  }

  #isAnyoneLate(hash: BlockHash): boolean {
    for (const { blocks } of this.#suppliers.values()) if (blocks.late.has(hash)) return true;
    return false;
  }

  #remember(hash: BlockHash, session: Session): void {
    this.#senders.set(hash, session);
    const [oldest] = this.#senders.keys();
    if (this.#senders.size > SENDERS_MAX && oldest !== undefined) this.#senders.delete(oldest);
  }
}

const lost = ({ height, hash }: HeaderEntry): string =>
  `The disk does not give back block ${String(height)} (${hash}) as it was stored. It is fetched ` +
  'again from peers. If this is told of more blocks, the disk is failing.';

const restored = ({ height }: HeaderEntry): string =>
  `Block ${String(height)} is whole again: a peer had it.`;
