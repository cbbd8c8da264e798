/**
 * Two sessions with one node key. The first is pinged; if it answers, the second yields, else the
 * first is dead (the other side restarted, or its network moved) and goes.
 *
 * When two nodes dial each other at the same moment, each may have seen another of the two sessions
 * first, and both would be closed. So only the side with the smaller key closes a second session at
 * once; the other waits for that. Two running programs with one key cannot agree on anything: there
 * we decide alone.
 */

import type { MonoMs, NodeKey } from '../../shared/units.js';
import type { Outbox } from './outbox.js';
import type { Session } from './session.js';

const ANSWER_MS = 5_000;
/** After this, the side with the larger key closes the second session, too. */
const PATIENCE_MS = 30_000;

interface Duplicate {
  readonly first: Session;
  readonly second: Session;
  readonly askedAt: MonoMs;
  /** Messages of the first session before it was asked. */
  readonly countBefore: number;
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
    const countBefore = first.messageCount;
    first.ping(now);
    this.#open.push({ first, second, askedAt: now, countBefore });
  }

  /** Decides what can be decided; called in each step. */
  settle(now: MonoMs): void {
    if (this.#open.length === 0) return;
    this.#open = this.#open.filter((duplicate) => this.#isOpen(duplicate, now));
  }

  nextWake(): MonoMs | undefined {
    if (this.#open.length === 0) return undefined;
    const deadlines = this.#open.map(
      (open) => open.askedAt + (hasAnswered(open) ? PATIENCE_MS : ANSWER_MS),
    );
    return Math.min(...deadlines) as MonoMs;
  }

  #isOpen(duplicate: Duplicate, now: MonoMs): boolean {
    const { first, second, askedAt } = duplicate;
    if (!first.isReady || !second.isReady) return false;
    if (!hasAnswered(duplicate)) {
      if (now < askedAt + ANSWER_MS) return true;
      first.end('ping-timeout', 'It did not answer, and its node has opened another session.');
      return false;
    }
    const areTwoPrograms = first.hello.instance !== second.hello.instance;
    const isOurs = areTwoPrograms || this.#ownKey < first.nodeKey;
    if (!isOurs && now < askedAt + PATIENCE_MS) return true;
    if (areTwoPrograms) this.#outbox.notice('copied-data-directory', twoPrograms(first, second));
    second.end('duplicate-session');
    return false;
  }
}

const hasAnswered = ({ first, countBefore }: Duplicate): boolean =>
  first.messageCount > countBefore;

const twoPrograms = (first: Session, second: Session): string =>
  `Two running nodes, at ${first.facts.address.host} and ${second.facts.address.host}, ` +
  `have one node key: ${ADVICE}`;

const ourKeyElsewhere = (session: Session): string =>
  `Another running node, at ${session.facts.address.host}, has the node key of this one: ` + ADVICE;

const ADVICE =
  'one data directory is a copy of the other. ' +
  'Stop the copy and give it an empty data directory. Keep node.key: coins may belong to it.';
