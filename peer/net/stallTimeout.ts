/** How long a peer may deliver nothing: doubles with each stall, falls with each block. */

export const STALL_LEAST_MS = 2_000;
const MOST_MS = 64_000;
/** Bitcoin Core's: about nine blocks halve it twice. */
const FALL = 0.85;

export class StallTimeout {
  #ms = STALL_LEAST_MS;

  get ms(): number {
    return this.#ms;
  }

  onStall(): void {
    this.#ms = Math.min(2 * this.#ms, MOST_MS);
  }

  onBlock(): void {
    this.#ms = Math.max(FALL * this.#ms, STALL_LEAST_MS);
  }
}
