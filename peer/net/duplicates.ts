/**
 * Two sessions with one node key. The first is pinged; if it answers, the second yields, else the
 * first is dead (the other side restarted, its network moved, a line was cut) and goes. What comes
 * on it without being that answer may be old, and gives it more time, but not for ever.
 *
 * When two nodes dial each other at the same moment, each may have seen another of the two sessions
 * first, and both would be closed. So only the side with the smaller key closes a second session at
 * once; the other waits for that. Two running programs with one key cannot agree on anything: there
 * we decide alone.
 */

import type { MonoMs, NodeKey } from '../../shared/units.js';
import { answerMs } from './doubts.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';

/** The first may be silent for so long before it has answered; longer on a slow line. */
const ANSWER_MS = 5_000;
/**
 * After this, the first ends however much it says instead of answering, and the side with the
 * larger key closes the second, too.
 */
const PATIENCE_MS = 30_000;

interface Duplicate {
  readonly first: Session;
  readonly second: Session;
  readonly askedAt: MonoMs;
  /** The first has answered. */
  isAnswered: boolean;
}

export class Duplicates {
  readonly #ownKey: NodeKey;
  readonly #outbox: Outbox;
  #open: Duplicate[] = [];

  constructor(ownKey: NodeKey, outbox: Outbox) {
    this.#ownKey = ownKey;
    this.#outbox = outbox;
  }

  /**
   * Ends `session`, which became ready, if its node has our own key: only now is that proven, and
   * worth telling the operator.
   */
  onReady(session: Session): void {
    if (session.nodeKey !== this.#ownKey) return;
    this.#outbox.notice('copied-data-directory', ourKeyElsewhere(session));
    session.end('duplicate-session');
  }

  /** `second` became ready, and `first` was, with the same node key. */
  onDuplicate(first: Session, second: Session, now: MonoMs): void {
    first.ping(now);
    first.doubt(now);
    this.#open.push({ first, second, askedAt: now, isAnswered: false });
  }

  /** Decides what can be decided; called in each step. */
  settle(now: MonoMs): void {
    if (this.#open.length === 0) return;
    this.#open = this.#open.filter((duplicate) => this.#isOpen(duplicate, now));
  }

  nextWake(now: MonoMs): MonoMs | undefined {
    if (this.#open.length === 0) return undefined;
    return Math.min(...this.#open.map((one) => deadlineOf(one, now))) as MonoMs;
  }

  #isOpen(duplicate: Duplicate, now: MonoMs): boolean {
    const { first, second } = duplicate;
    if (!first.isReady || !second.isReady) return false;
    if (!first.isInDoubt) duplicate.isAnswered = true;
    const isTimeLeft = now < deadlineOf(duplicate, now);
    if (!duplicate.isAnswered) {
      if (isTimeLeft) return true;
      first.end('ping-timeout', 'It did not answer, and its node has opened another session.');
      return false;
    }
    const areTwoPrograms = first.hello.instance !== second.hello.instance;
    const isOurs = areTwoPrograms || this.#ownKey < first.nodeKey;
    if (!isOurs && isTimeLeft) return true;
    if (areTwoPrograms) this.#outbox.notice('copied-data-directory', twoPrograms(first, second));
    second.end('duplicate-session');
    return false;
  }
}

/** When it is decided whatever comes. */
const deadlineOf = ({ first, askedAt, isAnswered }: Duplicate, now: MonoMs): number => {
  const end = askedAt + PATIENCE_MS;
  const silentSince = Math.max(askedAt, first.heardAt);
  return isAnswered ? end : Math.min(end, silentSince + answerMs(first, ANSWER_MS, now));
};

const twoPrograms = (first: Session, second: Session): string =>
  `Two running nodes, at ${first.facts.address.host} and ${second.facts.address.host}, ` +
  `have one node key: ${ADVICE}`;

const ourKeyElsewhere = (session: Session): string =>
  `Another running node, at ${session.facts.address.host}, has the node key of this one: ` + ADVICE;

const ADVICE =
  'one data directory is a copy of the other. ' +
  'Stop the copy and give it an empty data directory. Keep node.key: coins may belong to it.';
