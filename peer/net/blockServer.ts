/**
 * Answers `getHeaders`, `getBlocks`, `getBlockTransactions` and `getTransactions`.
 *
 * - Only headers and blocks that we connected go out, and transactions that wait: so nobody can be
 *   blamed for what we sent. Parts of a block that we pushed compact go out before: nobody is
 *   blamed for those.
 * - A peer's answers leave in the order of its questions, at most about a megabyte at a time: the
 *   next piece waits until the one before is with the operating system. So a peer that does not
 * read costs its questions.
 * - A block that we told of and do not have yet is on its way: its answer waits for it, beside the
 *   others.
 */

import { assertNever } from '../../shared/assert.js';
import { HEADER_BYTES } from '../../shared/consensus/header.js';
import { concatBytes } from '../../shared/bytes.js';
import type { BlockHash, MonoMs, PeerId, Wtxid } from '../../shared/units.js';
import {
  GET_BLOCKS_MAX,
  GET_TRANSACTIONS_MAX,
  HEADERS_MAX,
  TRANSACTIONS_BYTES_MAX,
  type PeerMessage,
} from '../../shared/wire/peerMessages.js';
import type { Chain } from '../chain/chain.js';
import type { HeaderEntry } from '../chain/headerEntry.js';
import { most } from './most.js';
import type { Session } from './session.js';
import { unpackPlaces } from './shortIds.js';
import { IN_FLIGHT_MAX } from './txRequests.js';

/** Bytes of one peer that are with the sockets and not with the operating system. */
const UNSENT_BYTES_MAX = 1_000_000;
/** Bytes read and encoded in one step, over all peers: about 10 ms. */
const STEP_BYTES = 1_000_000;
/** What one peer may have asked for and not got: twice what an honest one ever has. */
const BLOCKS_ASKED_MAX = 4 * GET_BLOCKS_MAX;
/** The same of lists of transactions: an honest one has one transaction in each at least. */
const LISTS_ASKED_MAX = 2 * IN_FLIGHT_MAX;
/** An honest peer has one question for headers open. */
const HEADERS_ASKED_MAX = 2;
/** Of the transactions in one answer: leaves room for the length of each. */
const ANSWER_BYTES_MAX = TRANSACTIONS_BYTES_MAX - 5 * GET_TRANSACTIONS_MAX;
/** How long an answer waits for a block that is on its way. */
const ON_ITS_WAY_MS = 20_000;

type Question =
  | { readonly type: 'headers'; readonly locator: readonly BlockHash[]; readonly stop: BlockHash }
  /** `isLast`: it was waited for already. */
  | { readonly type: 'block'; readonly hash: BlockHash; readonly isLast: boolean }
  | { readonly type: 'rest'; readonly hash: BlockHash; readonly places: Uint8Array }
  | { readonly type: 'transactions'; readonly wtxids: readonly Wtxid[] };

type Rest = Extract<Question, { type: 'rest' }>;

/** What one peer waits for. */
interface Guest {
  readonly session: Session;
  readonly questions: Question[];
  /** Until when each block is waited for that is on its way. */
  readonly onTheirWay: Map<BlockHash, MonoMs>;
  headersAsked: number;
  listsAsked: number;
  /** Sizes of the pieces that the operating system has not taken, oldest first. */
  readonly unsent: number[];
}

/** What goes out and is no part of the chain yet. */
export interface BlockSources {
  /** The bytes of a transaction that waits. */
  readonly transaction: (wtxid: Wtxid) => Uint8Array | undefined;
  /** Transactions of a block that was pushed compact, if it is still at hand. */
  readonly rest: (hash: BlockHash, places: Uint8Array) => readonly Uint8Array[] | undefined;
}

export class BlockServer {
  readonly #chain: Chain;
  readonly #sources: BlockSources;
  readonly #guests = new Map<PeerId, Guest>();
  /** Those who wait for something, in the order of their turns. */
  readonly #waiting = new Set<Guest>();
  #isCutShort = false;

  constructor(chain: Chain, sources: BlockSources) {
    this.#chain = chain;
    this.#sources = sources;
  }

  /** Open questions of the peer with most. */
  get questionsMax(): number {
    return most(this.#guests.values(), ({ questions, onTheirWay }) => {
      return questions.length + onTheirWay.size;
    });
  }

  onReady(session: Session): void {
    this.#guests.set(session.peer, {
      session,
      questions: [],
      onTheirWay: new Map(),
      headersAsked: 0,
      listsAsked: 0,
      unsent: [],
    });
  }

  onGone(session: Session): void {
    const guest = this.#guests.get(session.peer);
    if (guest !== undefined) this.#waiting.delete(guest);
    this.#guests.delete(session.peer);
  }

  onGetHeaders(
    session: Session,
    question: Omit<Extract<Question, { type: 'headers' }>, 'type'>,
  ): void {
    const guest = this.#guests.get(session.peer);
    if (guest === undefined) return;
    const { locator, stop } = question;
    guest.headersAsked++;
    this.#waiting.add(guest);
    guest.questions.push({ type: 'headers', locator, stop });
    if (guest.headersAsked > HEADERS_ASKED_MAX) session.end('flooding');
  }

  onGetBlocks(session: Session, hashes: readonly BlockHash[]): void {
    const guest = this.#guests.get(session.peer);
    if (guest === undefined) return;
    this.#waiting.add(guest);
    for (const hash of hashes) guest.questions.push({ type: 'block', hash, isLast: false });
    if (blocksAsked(guest) > BLOCKS_ASKED_MAX) session.end('flooding');
  }

  onGetBlockTransactions(session: Session, question: Omit<Rest, 'type'>): void {
    const guest = this.#guests.get(session.peer);
    if (guest === undefined) return;
    const { hash, places } = question;
    if (!areOfOthers(unpackPlaces(places))) {
      session.breach('message-malformed', 'It asks for places that are not ascending, or for 0.');
      return;
    }
    this.#waiting.add(guest);
    guest.questions.push({ type: 'rest', hash, places });
    if (blocksAsked(guest) > BLOCKS_ASKED_MAX) session.end('flooding');
  }

  onGetTransactions(session: Session, wtxids: readonly Wtxid[]): void {
    const guest = this.#guests.get(session.peer);
    if (guest === undefined) return;
    this.#waiting.add(guest);
    guest.listsAsked++;
    guest.questions.push({ type: 'transactions', wtxids });
    if (guest.listsAsked > LISTS_ASKED_MAX) session.end('flooding');
  }

  /** A piece is with the operating system. */
  onSent(peer: PeerId): void {
    this.#guests.get(peer)?.unsent.shift();
  }

  /** Answers what can be answered; called in each step, after the chain moved. */
  settle(now: MonoMs): void {
    this.#isCutShort = false;
    if (this.#waiting.size === 0) return;
    let budget = STEP_BYTES;
    for (const guest of [...this.#waiting]) {
      this.#waiting.delete(guest);
      this.#recall(guest, now);
      budget -= this.#serve(guest, budget, now);
      // At the end of the row: the others come first in the next step.
      if (guest.questions.length > 0 || guest.onTheirWay.size > 0) this.#waiting.add(guest);
    }
  }

  /** In the past when a step was cut short. */
  nextWake(now: MonoMs): MonoMs | undefined {
    if (this.#isCutShort) return now;
    let next = Number.POSITIVE_INFINITY;
    for (const { onTheirWay } of this.#waiting) {
      for (const until of onTheirWay.values()) next = Math.min(next, until);
    }
    return next === Number.POSITIVE_INFINITY ? undefined : (next as MonoMs);
  }

  /** What was on its way and is here now, or will not come. */
  #recall({ onTheirWay, questions }: Guest, now: MonoMs): void {
    for (const [hash, until] of onTheirWay) {
      const isWaiting = this.#isOnItsWay(this.#chain.entry(hash)) && now < until;
      if (isWaiting) continue;
      onTheirWay.delete(hash);
      questions.unshift({ type: 'block', hash, isLast: true });
    }
  }

  /** Answers questions of one peer; returns the bytes of that. */
  #serve(guest: Guest, budget: number, now: MonoMs): number {
    const { session, questions, unsent } = guest;
    const room = UNSENT_BYTES_MAX - unsent.reduce((sum, bytes) => sum + bytes, 0);
    const answers: PeerMessage[] = [];
    let sizeBytes = 0;
    while (questions.length > 0 && sizeBytes < room && sizeBytes < budget) {
      const answer = this.#answer(guest, questions.shift() as Question, now);
      if (answer === undefined) continue;
      answers.push(answer);
      sizeBytes += sizeOf(answer);
    }
    if (questions.length > 0 && sizeBytes < room) this.#isCutShort = true;
    answers.forEach((answer, i) => {
      session.send(answer, i === answers.length - 1);
    });
    if (sizeBytes > 0) unsent.push(sizeBytes);
    return sizeBytes;
  }

  /** `undefined`: not now. */
  #answer(guest: Guest, question: Question, now: MonoMs): PeerMessage | undefined {
    switch (question.type) {
      case 'headers':
        guest.headersAsked--;
        return { type: 'headers', headers: this.#headersAfter(question.locator, question.stop) };
      case 'block':
        return this.#blockOf(guest, question, now);
      case 'rest':
        return this.#restOf(guest, question, now);
      case 'transactions':
        guest.listsAsked--;
        return this.#transactionsOf(guest, question.wtxids);
      default:
        return assertNever(question);
    }
  }

  /** As many as one message holds; the rest is the next question. */
  #transactionsOf(guest: Guest, wtxids: readonly Wtxid[]): PeerMessage {
    const transactions: Uint8Array[] = [];
    const missing: Wtxid[] = [];
    let sizeBytes = 0;
    for (const [i, wtxid] of wtxids.entries()) {
      const bytes = this.#sources.transaction(wtxid);
      if (bytes === undefined) missing.push(wtxid);
      else if (sizeBytes + bytes.length > ANSWER_BYTES_MAX) {
        guest.listsAsked++;
        guest.questions.unshift({ type: 'transactions', wtxids: wtxids.slice(i) });
        break;
      } else {
        transactions.push(bytes);
        sizeBytes += bytes.length;
      }
    }
    return { type: 'transactions', transactions, missing };
  }

  /** The whole block where its parts are not at hand. */
  #restOf(guest: Guest, { hash, places }: Rest, now: MonoMs): PeerMessage | undefined {
    const transactions = this.#sources.rest(hash, places);
    if (transactions !== undefined) return { type: 'blockTransactions', hash, transactions };
    return this.#blockOf(guest, { type: 'block', hash, isLast: false }, now);
  }

  #blockOf(
    guest: Guest,
    { hash, isLast }: Extract<Question, { type: 'block' }>,
    now: MonoMs,
  ): PeerMessage | undefined {
    const entry = this.#chain.entry(hash);
    const block = entry?.status === 'connected' ? this.#chain.block(hash) : undefined;
    if (block !== undefined) return { type: 'block', block };
    if (isLast || !this.#isOnItsWay(entry)) return { type: 'notFound', hash };
    guest.onTheirWay.set(hash, (now + ON_ITS_WAY_MS) as MonoMs);
    return undefined;
  }

  /** Whether we may have told of a block that is not connected yet, and may be soon. */
  #isOnItsWay(entry: HeaderEntry | undefined): boolean {
    return entry?.status === 'unproven' && entry.chainWork > this.#chain.tip.chainWork;
  }

  /** The headers of our chain after the first of `locator` that is on it, up to `stop`. */
  #headersAfter(locator: readonly BlockHash[], stop: BlockHash): Uint8Array {
    const pieces: Uint8Array[] = [];
    const from = this.#heightOfFirstActive(locator) + 1;
    for (let height = from; pieces.length < HEADERS_MAX; height++) {
      const entry = this.#chain.active(height);
      if (entry === undefined) break;
      pieces.push(this.#chain.headerBytes(entry));
      if (entry.hash === stop) break;
    }
    return concatBytes(...pieces);
  }

  #heightOfFirstActive(locator: readonly BlockHash[]): number {
    for (const hash of locator) {
      const entry = this.#chain.entry(hash);
      if (entry !== undefined && this.#chain.isActive(entry)) return entry.height;
    }
    return 0;
  }
}

/** Whether they are ascending, so each there once, and none is that of the coinbase. */
const areOfOthers = (places: readonly number[]): boolean =>
  places.every((place, i) => place > (places[i - 1] ?? 0));

/** Questions for blocks, or for parts of them, without an answer. */
const blocksAsked = ({ questions, onTheirWay, headersAsked, listsAsked }: Guest): number =>
  questions.length + onTheirWay.size - headersAsked - listsAsked;

function sizeOf(answer: PeerMessage): number {
  switch (answer.type) {
    case 'transactions':
    case 'blockTransactions':
      return answer.transactions.reduce((sum, { length }) => sum + length, HEADER_BYTES);
    case 'block':
      return answer.block.length;
    case 'headers':
      return answer.headers.length + HEADER_BYTES;
    default:
      return HEADER_BYTES;
  }
}
