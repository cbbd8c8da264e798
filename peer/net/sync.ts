/**
 * Headers first: asks peers for the headers after ours and gives them to the chain. Bodies are
 * `downloads`'.
 *
 * - Each peer is asked once after its handshake, and again when it pushes a header whose parent we
 *   do not have; full answers are continued. Until the first peer has no more, only one is asked at
 *   a time: the one that claims the most work. One question a peer is open at any time.
 * - Who leaves a question open for 5 s is passed over, and after 60 s disconnected: an answer may
 *   be empty, so an honest node always has one.
 * - A branch with less work than our tip's less 144 blocks (or than the configured minimum) goes
 *   through `HeadersPresync`. A single pushed header of such a branch is ignored.
 * - Headers from the future wait, 16 a peer.
 */

import { assertDefined, assertNever } from '../../shared/assert.js';
import { decodeHeader, HEADER_BYTES } from '../../shared/consensus/header.js';
import type { Reject } from '../../shared/consensus/reject.js';
import { targetOf, workOf } from '../../shared/consensus/work.js';
import type { Entropy } from '../../shared/entropy.js';
import type { BlockHash, MonoMs, Now, PeerId, UnixSeconds } from '../../shared/units.js';
import { HEADERS_MAX, LOCATOR_MAX } from '../../shared/wire/peerMessages.js';
import type { Chain } from '../chain/chain.js';
import { ancestorAt, pointOf, type HeaderEntry } from '../chain/headerEntry.js';
import { onFault } from './faults.js';
import { FutureHeaders } from './futureHeaders.js';
import { HeadersPresync } from './headersPresync.js';
import type { Knowledge } from './knowledge.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';

/** A peer that has not answered for so long is passed over. */
const PATIENCE_MS = 5_000;
/** One that has not answered for so long is disconnected. */
const ANSWER_MS = 60_000;
/** 13 years of blocks every hundred seconds; 512 kB of bits. */
const PRESYNC_COUNT_MAX = 4_194_304;
/** Branches so far below our tip cost too little to be stored without a look. */
const LOW_WORK_BLOCKS = 144n;

export interface SyncOptions {
  /** Chain work below which nothing is stored before it was read once. */
  readonly workMin: bigint;
}

export interface SyncDependencies {
  readonly chain: Chain;
  readonly knowledge: Knowledge;
  readonly entropy: Entropy;
  readonly outbox: Outbox;
  readonly onNewHeader: (entry: HeaderEntry) => void;
}

/** The headers of one peer. */
interface PeerHeaders {
  readonly session: Session;
  readonly future: FutureHeaders;
  /** It is to be asked, as soon as it is its turn. */
  isWanted: boolean;
  /** The open question: when it was asked, and the entry that its locator begins with. */
  asked: { readonly at: MonoMs; readonly from: HeaderEntry } | undefined;
  /** Where its last answer ended, when there is more behind. */
  continueFrom: HeaderEntry | undefined;
  presync: HeadersPresync | undefined;
  /** It has told all that it has, once at least, or claims nothing that we need. */
  isDone: boolean;
}

export class Sync {
  readonly #options: SyncOptions;
  readonly #parts: SyncDependencies;
  readonly #peers = new Map<PeerId, PeerHeaders>();
  /** Some peer had no more: from now on all are asked at once. */
  #isFirstDone = false;
  /** Something happened that may let a question be asked. */
  #isChanged = false;
  /** When a time-out or a header from the future is due. */
  #dueAt = Number.POSITIVE_INFINITY;

  constructor(options: SyncOptions, dependencies: SyncDependencies) {
    this.#options = options;
    this.#parts = dependencies;
  }

  /** Whether some peer has told us all that it has, or claims nothing that we need. */
  get isAnswered(): boolean {
    for (const { isDone } of this.#peers.values()) if (isDone) return true;
    return false;
  }

  /** Bytes that all branches under a first reading take. */
  get presyncBytes(): number {
    let bytes = 0;
    for (const { presync } of this.#peers.values()) bytes += presync?.sizeBytes ?? 0;
    return bytes;
  }

  onReady(session: Session): void {
    this.#isChanged = true;
    const isWanted = session.hello.tipWork >= this.#workMin();
    this.#peers.set(session.peer, {
      session,
      future: new FutureHeaders(),
      isWanted,
      asked: undefined,
      continueFrom: undefined,
      presync: undefined,
      isDone: !isWanted,
    });
  }

  onGone(session: Session): void {
    this.#peers.delete(session.peer);
    this.#isChanged = true;
  }

  /** Whether a `headers` of `session` answers a question. */
  isAsked(session: Session): boolean {
    return this.#peers.get(session.peer)?.asked !== undefined;
  }

  /** The answer to the open question. */
  onHeaders(session: Session, headers: Uint8Array, now: Now): void {
    const peer = this.#peerOf(session);
    this.#isChanged = true;
    const question = assertDefined(peer.asked, 'headers come only where they were asked for');
    peer.asked = undefined;
    peer.continueFrom = undefined;
    if (headers.length === 0) this.#onNothing(peer, question.from);
    else if (peer.presync !== undefined) this.#onPresync(peer, peer.presync, headers, now);
    else this.#onAnswer(peer, headers, now);
  }

  /** A push. */
  onNewHeaders(session: Session, headers: Uint8Array, now: Now): void {
    const peer = this.#peerOf(session);
    const parent = this.#parentOf(headers);
    if (parent === undefined) {
      peer.isWanted = true;
      this.#isChanged = true;
    } else if (parent.chainWork >= this.#workMin()) this.#store(peer, headers, now);
  }

  /** Tries again what has waited long enough, and asks; called in each step. */
  settle(now: Now): void {
    if (!this.#isChanged && now.mono < this.#dueAt) return;
    for (const peer of this.#peers.values()) {
      for (const headers of peer.future.takeDue(now.mono)) {
        peer.isWanted = this.#store(peer, headers, now) !== undefined || peer.isWanted;
      }
      const { asked, session } = peer;
      if (asked !== undefined && now.mono >= asked.at + ANSWER_MS) session.end('stalled');
    }
    for (const peer of this.#whomToAsk(now.mono)) this.#ask(peer, now.mono);
    this.#isChanged = false;
    this.#dueAt = this.#nextDue(now.mono);
  }

  nextWake(): MonoMs | undefined {
    return this.#dueAt === Number.POSITIVE_INFINITY ? undefined : (this.#dueAt as MonoMs);
  }

  #nextDue(now: MonoMs): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { asked, future } of this.#peers.values()) {
      next = Math.min(next, future.nextWake() ?? next);
      if (asked !== undefined) {
        next = Math.min(next, asked.at + (isLate(asked.at, now) ? ANSWER_MS : PATIENCE_MS));
      }
    }
    return next;
  }

  /**
   * Before the first peer has told all that it has, one at a time; one that is in the middle goes
   * on.
   */
  #whomToAsk(now: MonoMs): readonly PeerHeaders[] {
    const all = [...this.#peers.values()];
    const wanted = all.filter((peer) => peer.isWanted && peer.asked === undefined);
    if (this.#isFirstDone || wanted.length === 0) return wanted;
    if (all.some(({ asked }) => asked !== undefined && !isLate(asked.at, now))) return [];
    const inTheMiddle = wanted.find(
      ({ continueFrom, presync }) => continueFrom !== undefined || presync !== undefined,
    );
    return [inTheMiddle ?? wanted.reduce(withMoreWork)];
  }

  #ask(peer: PeerHeaders, now: MonoMs): void {
    const { chain } = this.#parts;
    const from = peer.continueFrom ?? chain.bestHeader;
    const hashes = chain.locator(from);
    if (peer.presync !== undefined) hashes.unshift(peer.presync.head);
    peer.asked = { at: now, from };
    peer.isWanted = false;
    const locator = hashes.slice(0, LOCATOR_MAX);
    peer.session.send({ type: 'getHeaders', locator, stop: NO_STOP });
  }

  /**
   * It has nothing after what we named; by what it said of its tip, it has at least a part of that.
   */
  #onNothing(peer: PeerHeaders, from: HeaderEntry): void {
    const height = Math.min(peer.session.hello.tipHeight, from.height);
    this.#parts.knowledge.onShown(peer.session.peer, ancestorAt(from, height));
    this.#onDone(peer);
  }

  #onDone(peer: PeerHeaders): void {
    peer.presync = undefined;
    peer.isDone = true;
    this.#isFirstDone = true;
  }

  #onAnswer(peer: PeerHeaders, headers: Uint8Array, now: Now): void {
    const parent = this.#parentOf(headers);
    if (parent === undefined) {
      peer.session.breach('message-unexpected', 'Its headers continue none that we named.');
      return;
    }
    if (parent.chainWork >= this.#workMin()) {
      this.#goOn(peer, this.#store(peer, headers, now), headers);
      return;
    }
    peer.presync = new HeadersPresync({
      params: this.#parts.chain.network.params,
      from: { hash: parent.hash, point: pointOf(parent), chainWork: parent.chainWork },
      workMin: this.#workMin(),
      salt: this.#parts.entropy.bytes(16),
      countMax: PRESYNC_COUNT_MAX,
    });
    this.#onPresync(peer, peer.presync, headers, now);
  }

  #onPresync(peer: PeerHeaders, presync: HeadersPresync, headers: Uint8Array, now: Now): void {
    const step = presync.onHeaders(headers, now.unix);
    switch (step.type) {
      case 'continue':
        if (isFull(headers)) peer.isWanted = true;
        else this.#onDone(peer);
        return;
      case 'again':
        peer.isWanted = true;
        return;
      case 'store':
        if (step.isDone) peer.presync = undefined;
        this.#goOn(peer, this.#store(peer, headers, now), headers);
        return;
      case 'too-long':
        peer.session.end('flooding', 'It has millions of headers with less work than ours.');
        return;
      case 'changed':
        // On two branches of an honest node in the middle of a reorganisation this may happen.
        peer.session.fault('invalid-header', false, 'Its headers changed between two readings.');
        return;
      case 'rejected':
        this.#onReject(peer, step.reject);
        this.#onDone(peer);
        return;
      default:
        assertNever(step);
    }
  }

  /** After an answer was stored up to `last`: there is more, or that was all. */
  #goOn(peer: PeerHeaders, last: HeaderEntry | undefined, headers: Uint8Array): void {
    if (last === undefined || !isFull(headers)) {
      this.#onDone(peer);
      return;
    }
    peer.isWanted = true;
    peer.continueFrom = last;
  }

  /** Gives headers to the chain; returns the last that it took, `undefined` when it refused one. */
  #store(peer: PeerHeaders, headers: Uint8Array, now: Now): HeaderEntry | undefined {
    const { chain, knowledge } = this.#parts;
    let last: HeaderEntry | undefined;
    let isWhole = true;
    for (let at = 0; at < headers.length && isWhole; at += HEADER_BYTES) {
      const rest = headers.subarray(at + HEADER_BYTES, at + 2 * HEADER_BYTES);
      const successor = rest.length > 0 ? rest : undefined;
      const header = headers.subarray(at, at + HEADER_BYTES);
      const accepted = chain.acceptHeader(header, now.unix, successor);
      if (!accepted.ok) {
        this.#onReject(peer, accepted.error, { headers: headers.subarray(at), now });
        isWhole = false;
      } else {
        const { entry, isNew } = accepted.value;
        if (last !== undefined && entry.parent !== last) isWhole = this.#onGap(peer);
        last = entry;
        if (isNew) this.#onNew(peer, entry);
      }
    }
    if (last !== undefined) knowledge.onShown(peer.session.peer, last);
    return isWhole ? last : undefined;
  }

  /** That the peer has it is noted first: it is not to be told. */
  #onNew(peer: PeerHeaders, entry: HeaderEntry): void {
    this.#parts.knowledge.onShown(peer.session.peer, entry);
    this.#parts.onNewHeader(entry);
  }

  #onReject(peer: PeerHeaders, reject: Reject, rest?: Rest): void {
    if (reject.code === 'time-too-far-ahead' && rest !== undefined) {
      const { futureLimit } = this.#parts.chain.network.params;
      peer.future.keep(rest.headers, (reject.time - futureLimit) as UnixSeconds, rest.now);
      this.#isChanged = true;
    }
    onFault(peer.session, 'header', reject, this.#parts.outbox);
  }

  /** Two headers that follow each other in a message are not parent and child. */
  #onGap(peer: PeerHeaders): false {
    peer.session.breach('message-malformed', 'Its headers are not each the parent of the next.');
    return false;
  }

  /** The entry that the first of `headers` names as its parent. */
  #parentOf(headers: Uint8Array): HeaderEntry | undefined {
    return this.#parts.chain.entry(decodeHeader(headers.subarray(0, HEADER_BYTES)).previous);
  }

  /** Chain work from which on headers are stored without a first reading. */
  #workMin(): bigint {
    const { tip } = this.#parts.chain;
    const target = assertDefined(targetOf(tip.bits), 'bits of an entry have a target');
    const near = tip.chainWork - LOW_WORK_BLOCKS * workOf(target);
    return near > this.#options.workMin ? near : this.#options.workMin;
  }

  #peerOf(session: Session): PeerHeaders {
    return assertDefined(this.#peers.get(session.peer), 'the session is ready');
  }
}

/** Headers that the chain did not look at, from the one that it refused. */
interface Rest {
  readonly headers: Uint8Array;
  readonly now: Now;
}

const NO_STOP = '0'.repeat(64) as BlockHash;

const isFull = (headers: Uint8Array): boolean => headers.length === HEADERS_MAX * HEADER_BYTES;

const isLate = (askedAt: MonoMs, now: MonoMs): boolean => now >= askedAt + PATIENCE_MS;

const withMoreWork = (a: PeerHeaders, b: PeerHeaders): PeerHeaders =>
  b.session.hello.tipWork > a.session.hello.tipWork ? b : a;
