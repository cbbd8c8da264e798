/**
 * Answers `getProofs` of light peers. The index is the shell's: a question leaves as an effect and
 * comes back as an input.
 *
 * One question is out at a time, over all peers, in the order in which they came; two of one peer
 * may wait. How long each takes is bounded where it is answered.
 */

import type { PeerId } from '../../shared/units.js';
import type { ProofAnswer, ProofQuestion } from '../types.js';
import { most } from './most.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';

/** An honest light peer has one open. */
const OPEN_MAX = 2;

interface Asked {
  readonly session: Session;
  readonly question: ProofQuestion;
}

export class ProofServer {
  readonly #outbox: Outbox;
  readonly #waiting: Asked[] = [];
  /** With the shell. */
  #out: Asked | undefined;
  #lastId = 0;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** Open questions of the peer with most. */
  get questionsMax(): number {
    const peers = new Set(this.#all.map(({ session }) => session.peer));
    return most(peers, (peer) => this.#countOf(peer));
  }

  onGetProofs(session: Session, { addresses, height, position }: ProofQuestion): void {
    if (this.#countOf(session.peer) >= OPEN_MAX) {
      session.end('flooding');
      return;
    }
    this.#waiting.push({ session, question: { addresses, height, position } });
    this.#next();
  }

  /** The shell's answer to the question that is out. `undefined`: it has none. */
  onProven(id: number, answer: ProofAnswer | undefined): void {
    if (id !== this.#lastId || this.#out === undefined) return;
    const { session } = this.#out;
    this.#out = undefined;
    session.send(answer === undefined ? NO_ANSWER : { type: 'proofs', ...answer });
    this.#next();
  }

  onGone(session: Session): void {
    const others = this.#waiting.filter((one) => one.session !== session);
    this.#waiting.splice(0, this.#waiting.length, ...others);
  }

  get #all(): readonly Asked[] {
    return this.#out === undefined ? this.#waiting : [this.#out, ...this.#waiting];
  }

  #countOf(peer: PeerId): number {
    return this.#all.filter(({ session }) => session.peer === peer).length;
  }

  #next(): void {
    if (this.#out !== undefined) return;
    this.#out = this.#waiting.shift();
    if (this.#out === undefined) return;
    this.#outbox.put({ type: 'prove', id: ++this.#lastId, question: this.#out.question });
  }
}

const NO_ANSWER = {
  type: 'proofs',
  state: 'no-index',
  upTo: '0'.repeat(64) as ProofAnswer['upTo'],
  proofs: [],
} as const;
