/**
 * Compares our clock with those of the peers, and warns. It never shifts anything: who could move
 * our clock could split us from the network (published of Bitcoin Core in 2024-07).
 */

import type { Outbox } from './outbox.js';
import type { Session } from './session.js';

const OFFSET_MAX_S = 10;

export class ClockWatch {
  readonly #outbox: Outbox;
  #isWarned = false;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  /** `sessions`: all that are ready; the median of what their hellos said counts. */
  onReady(sessions: Iterable<Session>): void {
    const offsets = [...sessions].map(({ clockOffsetSeconds }) => clockOffsetSeconds);
    offsets.sort((a, b) => a - b);
    const median = offsets[offsets.length >> 1] ?? 0;
    const isOff = Math.abs(median) > OFFSET_MAX_S;
    if (isOff && !this.#isWarned) this.#outbox.notice('clock-offset', sentenceOf(median));
    this.#isWarned = isOff;
  }
}

function sentenceOf(seconds: number): string {
  const by = `${String(Math.abs(seconds))} seconds ${seconds > 0 ? 'ahead of' : 'behind'} ours`;
  return (
    `The clocks of our peers are ${by}. If this computer's clock is wrong, set it: ` +
    'blocks with a time that is too far ahead are refused, ours by others and theirs by us.'
  );
}
