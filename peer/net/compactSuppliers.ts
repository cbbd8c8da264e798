/**
 * Who is asked to push new blocks compact: three peers at most, those that were the last to tell of
 * a new tip first, and among them one that we called, if there is one. More would send the same
 * thing more often.
 */

import type { Session } from './session.js';

const SUPPLIERS_MAX = 3;

export class CompactSuppliers {
  readonly #key: Uint8Array;
  /** Ready, and able to. */
  readonly #able = new Set<Session>();
  /** Who was asked, the one that was first with a tip last at the end. */
  #asked: Session[] = [];

  /** `key`: of our short ids. */
  constructor(key: Uint8Array) {
    this.#key = key;
  }

  /** Whether `session` may push blocks compact. */
  has(session: Session): boolean {
    return this.#asked.includes(session);
  }

  onReady(session: Session): void {
    if (!session.knows('compactWanted')) return;
    this.#able.add(session);
    this.#fill();
    if (isOutbound(session) && !this.#asked.some(isOutbound)) this.onFirst(session);
  }

  onGone(session: Session): void {
    this.#able.delete(session);
    this.#asked = this.#asked.filter((one) => one !== session);
    this.#fill();
  }

  /** `session` told of a tip before all others. */
  onFirst(session: Session): void {
    if (!this.#able.has(session)) return;
    if (!this.has(session)) {
      session.send({ type: 'compactWanted', key: this.#key });
      if (this.#asked.length >= SUPPLIERS_MAX) this.#dismissOne(session);
    }
    this.#asked = [...this.#asked.filter((one) => one !== session), session];
  }

  /** Not the last one that we called, unless `newcomer` is another: nobody chooses who calls us. */
  #dismissOne(newcomer: Session): void {
    const outbound = this.#asked.filter(isOutbound);
    const kept = outbound.length === 1 && !isOutbound(newcomer) ? outbound[0] : undefined;
    const leaving = this.#asked.find((one) => one !== kept);
    leaving?.send({ type: 'compactWanted', key: undefined });
    this.#asked = this.#asked.filter((one) => one !== leaving);
  }

  #fill(): void {
    const inOrder = [...this.#able].sort((a, b) => Number(isOutbound(b)) - Number(isOutbound(a)));
    for (const session of inOrder) {
      if (this.#asked.length >= SUPPLIERS_MAX) return;
      if (this.has(session)) continue;
      session.send({ type: 'compactWanted', key: this.#key });
      this.#asked.unshift(session);
    }
  }
}

const isOutbound = ({ facts }: Session): boolean => facts.direction === 'outbound';
