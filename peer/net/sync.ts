/**
 * Headers first: asks peers for the headers after ours and gives them to the chain. Bodies are
 * `downloads`'.
 *
 * - Each peer is asked once after its handshake, and again when it pushes a header whose parent we
 *   do not have. One question a peer is open at any time. Full answers are continued as long as
 *   they lead upwards; else a peer could keep us asking for what we know.
 * - Who leaves a question open for 60 s is disconnected: an answer may be empty, so an honest node
 *   always has one.
 * - A branch with less work than our tip's less 144 blocks (or than the configured minimum) goes
 *   through `HeadersPresync`. A single pushed header of such a branch is ignored.
 * - Headers from the future wait, 16 a peer. Then their peer is asked again, for a branch that was
 *   read but not stored is known to it alone.
 */

import { assertDefined, assertNever } from '../../shared/assert.js';
import { decodeHeader, HEADER_BYTES, headerHash } from '../../shared/consensus/header.js';
import type { Reject } from '../../shared/consensus/reject.js';
import { targetOf, workOf } from '../../shared/consensus/work.js';
import type { Entropy } from '../../shared/entropy.js';
import type { BlockHash, MonoMs, Now, PeerId, UnixSeconds } from '../../shared/units.js';
import { HEADERS_MAX, LOCATOR_MAX } from '../../shared/wire/peerMessages.js';
import type { Chain } from '../chain/chain.js';
import { pointOf, type HeaderEntry } from '../chain/headerEntry.js';
import { onFault } from './faults.js';
import { FutureHeaders } from './futureHeaders.js';
import { HeadersPresync } from './headersPresync.js';
import { HeaderTurns, type Askable } from './headerTurns.js';
import type { Knowledge } from './knowledge.js';
import { most } from './most.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';

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

/** What it needs of a chain: a light peer's has nothing but headers. */
export type HeaderChain = Pick<Chain, HeaderPart>;

type HeaderPart =
  'network' | 'tip' | 'bestHeader' | 'entry' | 'isActive' | 'locator' | 'acceptHeader';

export interface SyncDependencies {
  readonly chain: HeaderChain;
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
  asked: Question | undefined;
  /** Where its last answer ended, when there is more behind. */
  continueFrom: HeaderEntry | undefined;
  presync: HeadersPresync | undefined;
  /** It has told all that it has, once at least, or claims nothing that we need. */
  isDone: boolean;
}

interface Question {
  readonly at: MonoMs;
  readonly locator: readonly BlockHash[];
  /** Where the answer before ended, when this question continues it. */
  readonly continues: HeaderEntry | undefined;
}

export class Sync {
  readonly #options: SyncOptions;
  readonly #parts: SyncDependencies;
  readonly #peers = new Map<PeerId, PeerHeaders>();
  readonly #turns = new HeaderTurns();
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

  /** Headers that wait for their time, of the peer with most. */
  get futureHeadersMax(): number {
    return most(this.#peers.values(), ({ future }) => future.count);
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
    if (headers.length === 0) this.#onNothing(peer, question);
    else if (peer.presync !== undefined) this.#onPresync(peer, peer.presync, headers, now);
    else this.#onAnswer(peer, question, headers, now);
  }

  /** A push; true when it told us of a better tip than we had. */
  onNewHeaders(session: Session, headers: Uint8Array, now: Now): boolean {
    const peer = this.#peerOf(session);
    const known = this.#known(headers);
    if (known !== undefined) {
      this.#parts.knowledge.onShown(session.peer, known);
      return false;
    }
    const { chain } = this.#parts;
    const best = chain.bestHeader;
    const parent = this.#parentOf(headers);
    if (parent === undefined) {
      peer.isWanted = true;
      this.#isChanged = true;
    } else if (parent.chainWork >= this.#workMin()) this.#store(peer, headers, now);
    return chain.bestHeader !== best;
  }

  /** Tries again what has waited long enough, and asks; called in each step. */
  settle(now: Now): void {
    if (!this.#isChanged && now.mono < this.#dueAt) return;
    for (const peer of this.#peers.values()) {
      for (const headers of peer.future.takeDue(now.mono)) {
        const parent = this.#parentOf(headers);
        if (parent !== undefined && parent.chainWork >= this.#workMin()) {
          this.#store(peer, headers, now);
        }
        // It may have more behind them, and before them what was read only once.
        peer.isWanted = true;
      }
      const { asked, session } = peer;
      if (asked !== undefined && now.mono >= asked.at + ANSWER_MS) session.end('stalled');
    }
    for (const { peer } of this.#turns.take(this.#askable(), now.mono)) this.#ask(peer, now.mono);
    this.#isChanged = false;
    this.#dueAt = this.#nextDue();
  }

  nextWake(): MonoMs | undefined {
    return this.#dueAt === Number.POSITIVE_INFINITY ? undefined : (this.#dueAt as MonoMs);
  }

  #nextDue(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { asked, future } of this.#peers.values()) {
      next = Math.min(next, future.nextWake() ?? next);
      if (asked !== undefined) next = Math.min(next, asked.at + ANSWER_MS);
    }
    return Math.min(next, this.#turns.nextTurn(this.#askable()));
  }

  #askable(): readonly (Askable & { readonly peer: PeerHeaders })[] {
    return Array.from(this.#peers.values(), (peer) => ({
      peer,
      isWanted: peer.isWanted,
      isAsked: peer.asked !== undefined,
      isInTheMiddle: peer.continueFrom !== undefined || peer.presync !== undefined,
      tipWork: peer.session.hello.tipWork,
    }));
  }

  #ask(peer: PeerHeaders, now: MonoMs): void {
    const { continueFrom: continues, presync, session } = peer;
    const known = continues === undefined ? this.#locator() : this.#parts.chain.locator(continues);
    const named = presync === undefined ? known : [presync.head, ...known];
    const locator = named.slice(0, LOCATOR_MAX);
    peer.asked = { at: now, locator, continues };
    peer.isWanted = false;
    session.send({ type: 'getHeaders', locator, stop: NO_STOP });
  }

  /**
   * Back from the best header, and from the tip: the best header may be on a branch that only its
   * maker has, and then too little of our chain is named on the way back from there.
   */
  #locator(): BlockHash[] {
    const { chain } = this.#parts;
    const isOffChain = (hash: BlockHash): boolean => {
      const entry = chain.entry(hash);
      return entry !== undefined && !chain.isActive(entry);
    };
    return [...chain.locator(chain.bestHeader).filter(isOffChain), ...chain.locator(chain.tip)];
  }

  /** It has nothing after what we named: its tip is one of that, the one with as much work. */
  #onNothing(peer: PeerHeaders, { locator }: Question): void {
    const { chain, knowledge } = this.#parts;
    const { peer: id, hello } = peer.session;
    const tip = locator.findLast((hash) => chain.entry(hash)?.chainWork === hello.tipWork);
    const entry = tip === undefined ? undefined : chain.entry(tip);
    if (entry !== undefined) knowledge.onShown(id, entry);
    this.#onDone(peer);
  }

  #onDone(peer: PeerHeaders): void {
    peer.presync = undefined;
    peer.isDone = true;
    this.#turns.onDone();
  }

  #onAnswer(peer: PeerHeaders, { continues }: Question, headers: Uint8Array, now: Now): void {
    const parent = this.#parentOf(headers);
    if (parent === undefined) {
      peer.session.breach('message-unexpected', 'Its headers continue none that we named.');
      return;
    }
    if (parent.chainWork >= this.#workMin()) {
      const last = this.#store(peer, headers, now);
      const isHigher = last !== undefined && last.height > (continues?.height ?? -1);
      this.#goOn(peer, isHigher ? last : undefined, headers);
      return;
    }
    if (continues !== undefined && continues !== parent) {
      // Far below where it was: no way upwards, and it could go round for ever.
      this.#onDone(peer);
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
        this.#onReject(peer, step.reject, { headers: step.headers, now });
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

  #onReject(peer: PeerHeaders, reject: Reject, rest: Rest): void {
    if (reject.code === 'time-too-far-ahead') {
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

  /** The entry of a single header that is no news: each peer but the first shows us one. */
  #known(headers: Uint8Array): HeaderEntry | undefined {
    if (headers.length !== HEADER_BYTES) return undefined;
    const entry = this.#parts.chain.entry(headerHash(headers));
    return entry?.status === 'invalid' ? undefined : entry;
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
