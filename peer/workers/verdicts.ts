/**
 * Gathers the answers for the slices of one signature batch into one outcome for each transaction.
 */

import { assertDefined } from '../../shared/assert.js';
import type { SignatureBatch, VerifyOutcome, VerifyResult } from '../types.js';

export class Verdicts {
  readonly #batch: SignatureBatch;
  readonly #outcomes: VerifyOutcome[];
  #openChecks: number;

  constructor(batch: SignatureBatch) {
    this.#batch = batch;
    this.#outcomes = batch.wtxids.map(() => 'valid');
    this.#openChecks = batch.owners.length;
  }

  /** Whether every check has its answer. */
  get isComplete(): boolean {
    return this.#openChecks === 0;
  }

  /** One byte for each check from `firstCheck` on: 1 valid, 0 not. */
  onChecked(firstCheck: number, isValid: Uint8Array): void {
    for (let i = 0; i < isValid.length; i++) {
      if (isValid[i] !== 1) this.#outcomes[this.#ownerOf(firstCheck + i)] = 'invalid';
    }
    this.#openChecks -= isValid.length;
  }

  /** Nobody checked these. One invalid signature is enough for a verdict, so that one stays. */
  onNotRun(firstCheck: number, count: number): void {
    for (let i = firstCheck; i < firstCheck + count; i++) {
      const owner = this.#ownerOf(i);
      if (this.#outcomes[owner] === 'valid') this.#outcomes[owner] = 'not-run';
    }
    this.#openChecks -= count;
  }

  results(): VerifyResult[] {
    const { wtxids } = this.#batch;
    return wtxids.map((wtxid, i) => ({ wtxid, outcome: this.#outcomes[i] ?? 'not-run' }));
  }

  #ownerOf(check: number): number {
    return assertDefined(this.#batch.owners[check], 'a batch says whose each check is');
  }
}
