/** The number in a coinbase that makes its block another one than all others of the same height. */

import type { Rng } from '../../shared/rng.js';
import { EXTRA_NONCE_BYTES } from './template.js';

export class ExtraNonce {
  readonly #bytes: Uint8Array;

  /**
   * Chance, not a secret: it only keeps nodes that pay one address from hashing the same headers.
   */
  constructor(rng: Rng) {
    this.#bytes = Uint8Array.from({ length: EXTRA_NONCE_BYTES }, () => rng.below(256));
  }

  /** 8 bytes: one more than the last time, little-endian. */
  next(): Uint8Array {
    for (let i = 0; i < EXTRA_NONCE_BYTES; i++) {
      const byte = ((this.#bytes[i] as number) + 1) & 0xff;
      this.#bytes[i] = byte;
      if (byte !== 0) break;
    }
    return this.#bytes.slice();
  }
}
