/**
 * Asks peers about our addresses: three at a time where there are so many, each for everything,
 * for what one of them hides another may tell.
 *
 * - Addresses that a peer was not asked about yet it is asked about from genesis on; about all, it
 *   is asked from where it stood, whenever the tip moved. After a reorganisation that is the fork.
 * - A round of questions counts when its last answer is there. What the answers stand at may move
 *   on between two of them: the last block that all share counts.
 * - Whose answer is about a block that we do not know, or not about our tip, is asked again soon.
 */

import { assertDefined } from '../../shared/assert.js';
import type { AddressHash, MonoMs, PeerId } from '../../shared/units.js';
import { PROOF_ADDRESSES_MAX } from '../../shared/wire/peerMessages.js';
import { forkOf, isAncestor, type HeaderEntry } from '../chain/headerEntry.js';
import type { Outbox } from '../net/outbox.js';
import type { Session } from '../net/session.js';
import type { ProofAnswer, ProofQuestion } from '../types.js';
import { checkAnswer, type CheckedAnswer, type Proven } from './checkProofs.js';
import type { LightChain } from './lightChain.js';
import type { Testimonies } from './testimonies.js';

/** Peers that are asked at the same time. */
export const PROVERS_MAX = 3;
/** One that has not answered for so long is disconnected; it answers others before us. */
const ANSWER_MS = 120_000;
/** Until one that did not tell of our tip is asked again, doubling. */
const AGAIN_MS = 250;
const AGAIN_MAX_MS = 16_000;

export interface ProversDependencies {
  readonly chain: LightChain;
  readonly testimonies: Testimonies;
  readonly outbox: Outbox;
  /** What was proven in one answer. */
  readonly onProven: (proven: readonly Proven[]) => void;
}

/** Questions about some addresses that belong together. */
interface Round {
  /** `fresh`: from genesis on, about addresses that it was not asked about before. */
  readonly type: 'fresh' | 'again';
  readonly addresses: readonly AddressHash[];
  /** The block up to which it told of them before. */
  readonly base: HeaderEntry;
  /** How many of the addresses are done. */
  done: number;
  /** The last block that all answers so far share. */
  upTo: HeaderEntry | undefined;
}

interface Prover {
  readonly session: Session;
  round: Round | undefined;
  asked: { readonly question: ProofQuestion; readonly at: MonoMs } | undefined;
  /** It keeps no index, or speaks an older version. */
  isUseless: boolean;
  /** What our tip was when its last round began. */
  lastTip: HeaderEntry | undefined;
  againMs: number;
  againAt: MonoMs;
}

export class Provers {
  readonly #parts: ProversDependencies;
  readonly #provers = new Map<PeerId, Prover>();
  #wanted: readonly AddressHash[] = [];
  #wantedSet: ReadonlySet<AddressHash> = new Set();
  #roundCount = 0;

  constructor(dependencies: ProversDependencies) {
    this.#parts = dependencies;
    this.want([...dependencies.testimonies.addresses]);
  }

  /** All addresses of which we want to know. */
  get wanted(): readonly AddressHash[] {
    return this.#wanted;
  }

  /** Peers that are asked. */
  get count(): number {
    return this.#chosen.length;
  }

  /** Rounds that were answered, since the start. */
  get roundCount(): number {
    return this.#roundCount;
  }

  /** Sessions whose peers can tell us nothing. */
  get uselessCount(): number {
    return [...this.#provers.values()].filter(({ isUseless }) => isUseless).length;
  }

  want(addresses: readonly AddressHash[]): void {
    const fresh = addresses.filter((address) => !this.#wantedSet.has(address));
    if (fresh.length === 0) return;
    this.#wantedSet = new Set([...this.#wanted, ...fresh]);
    this.#wanted = [...this.#wantedSet];
    for (const prover of this.#provers.values()) prover.againAt = NEVER;
  }

  onReady(session: Session): void {
    this.#provers.set(session.peer, {
      session,
      round: undefined,
      asked: undefined,
      isUseless: !session.knows('getProofs'),
      lastTip: undefined,
      againMs: AGAIN_MS,
      againAt: NEVER,
    });
  }

  onGone({ peer }: Session): void {
    this.#provers.delete(peer);
  }

  /** Whether a `proofs` of `session` answers a question. */
  isAsked({ peer }: Session): boolean {
    return this.#provers.get(peer)?.asked !== undefined;
  }

  onProofs({ peer }: Session, answer: ProofAnswer, now: MonoMs): void {
    const prover = assertDefined(this.#provers.get(peer), 'the session is ready');
    const { question } = assertDefined(prover.asked, 'proofs come only where they were asked for');
    const round = assertDefined(prover.round, 'a question belongs to a round');
    prover.asked = undefined;
    if (answer.state === 'no-index') {
      prover.isUseless = true;
      prover.round = undefined;
      return;
    }
    const checked = checkAnswer(question, answer, this.#parts.chain);
    if (checked === undefined) this.#endRound(prover, now);
    else if (checked.ok) this.#onChecked(prover, round, { question, ...checked.value }, now);
    else {
      const sentence = `It sent a proof that is none (${checked.error}).`;
      prover.session.fault('invalid-proof', true, sentence);
    }
  }

  /** Asks whom it is time to ask; called in each step. */
  settle(now: MonoMs): void {
    for (const { asked, session } of this.#provers.values()) {
      if (asked !== undefined && now >= asked.at + ANSWER_MS) session.end('stalled');
    }
    for (const prover of this.#chosen) {
      if (prover.asked !== undefined) continue;
      prover.round ??= this.#nextRound(prover, now);
      if (prover.round !== undefined) this.#ask(prover, prover.round, now);
    }
  }

  nextWake(): MonoMs | undefined {
    let next = Number.POSITIVE_INFINITY;
    for (const { asked } of this.#provers.values()) {
      if (asked !== undefined) next = Math.min(next, asked.at + ANSWER_MS);
    }
    for (const prover of this.#chosen) {
      if (prover.asked === undefined && this.#isBehind(prover)) {
        next = Math.min(next, prover.againAt);
      }
    }
    return next === Number.POSITIVE_INFINITY ? undefined : (next as MonoMs);
  }

  /** The first that came and can answer. */
  get #chosen(): readonly Prover[] {
    const able = [...this.#provers.values()].filter(
      ({ isUseless, session }) => !isUseless && session.ending === undefined,
    );
    return able.slice(0, PROVERS_MAX);
  }

  #isBehind({ session }: Prover): boolean {
    const { chain, testimonies } = this.#parts;
    if (testimonies.missing(session.nodeKey, this.#wanted).length > 0) return true;
    const standing = testimonies.standing(session.nodeKey);
    return standing !== undefined && standing !== chain.tip;
  }

  #nextRound(prover: Prover, now: MonoMs): Round | undefined {
    const { chain, testimonies } = this.#parts;
    const { nodeKey } = prover.session;
    const isNews = prover.lastTip !== chain.tip;
    if (isNews) prover.againMs = AGAIN_MS;
    if (!this.#isBehind(prover) || (!isNews && now < prover.againAt)) return undefined;
    prover.lastTip = chain.tip;
    const fresh = testimonies.missing(nodeKey, this.#wanted).slice(0, PROOF_ADDRESSES_MAX);
    if (fresh.length > 0) {
      const base = assertDefined(chain.active(0), 'each chain has a genesis block');
      return { type: 'fresh', addresses: fresh, base, done: 0, upTo: undefined };
    }
    const base = assertDefined(testimonies.standing(nodeKey), 'it was asked before');
    const addresses = testimonies.addressesOf(nodeKey);
    return { type: 'again', addresses, base, done: 0, upTo: undefined };
  }

  #ask(prover: Prover, round: Round, now: MonoMs): void {
    const height = round.type === 'fresh' ? 0 : round.base.height + 1;
    const addresses = round.addresses.slice(round.done, round.done + PROOF_ADDRESSES_MAX);
    this.#send(prover, { addresses, height, position: 0 }, now);
  }

  #send(prover: Prover, question: ProofQuestion, now: MonoMs): void {
    prover.asked = { question, at: now };
    prover.session.send({ type: 'getProofs', ...question });
  }

  #onChecked(
    prover: Prover,
    round: Round,
    { question, upTo, proven, next }: CheckedAnswer & { readonly question: ProofQuestion },
    now: MonoMs,
  ): void {
    this.#parts.onProven(proven);
    round.upTo = round.upTo === undefined ? upTo : forkOf(round.upTo, upTo);
    if (next !== undefined) {
      this.#send(prover, { ...question, ...next }, now);
      return;
    }
    round.done += question.addresses.length;
    if (round.done < round.addresses.length) return;
    this.#onDone(prover, round, round.upTo);
    this.#endRound(prover, now);
  }

  #onDone({ session: { nodeKey } }: Prover, round: Round, upTo: HeaderEntry): void {
    const { testimonies } = this.#parts;
    this.#roundCount++;
    if (round.type === 'fresh') testimonies.onTold(nodeKey, round.addresses, upTo);
    // What it left out between the fork and where it stood before is not told.
    else if (isAncestor(round.base, upTo)) testimonies.onMore(nodeKey, upTo);
  }

  /** The next one comes at once where the tip moved or addresses are new, else after a while. */
  #endRound(prover: Prover, now: MonoMs): void {
    const { round } = prover;
    const { chain } = this.#parts;
    prover.round = undefined;
    if (round?.upTo === chain.tip) {
      prover.lastTip = undefined;
      prover.againAt = NEVER;
      return;
    }
    prover.againAt = (now + prover.againMs) as MonoMs;
    prover.againMs = Math.min(2 * prover.againMs, AGAIN_MAX_MS);
  }
}

const NEVER = Number.NEGATIVE_INFINITY as MonoMs;
