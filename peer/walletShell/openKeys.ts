/** The seed of an unlocked wallet: in memory only, and for a while. */

import type { UnixSeconds } from '../../shared/units.js';

const MINUTE_MS = 60_000;

export class OpenKeys {
  readonly #now: () => UnixSeconds;
  #seed: Uint8Array | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closesAt: UnixSeconds | undefined;

  constructor(now: () => UnixSeconds) {
    this.#now = now;
  }

  /** 64 bytes, while it is unlocked. */
  get seed(): Uint8Array | undefined {
    return this.#seed;
  }

  /** `undefined`: not of itself. */
  get closesAt(): UnixSeconds | undefined {
    return this.#closesAt;
  }

  /** For `minutes`; 0: until it is closed. */
  open(seed: Uint8Array, minutes: number): void {
    this.close();
    this.#seed = seed;
    if (minutes === 0) return;
    this.#closesAt = (this.#now() + minutes * 60) as UnixSeconds;
    this.#timer = setTimeout(() => {
      this.close();
    }, minutes * MINUTE_MS);
    // Nobody waits for it when the program ends.
    this.#timer.unref();
  }

  /** Overwrites the seed. */
  close(): void {
    clearTimeout(this.#timer);
    this.#seed?.fill(0);
    this.#seed = undefined;
    this.#closesAt = undefined;
  }
}
