/** The threads that check signatures, as all machines of a world have them. */

import { answersTo } from '../../peer/chain/signatures.js';
import type { SignatureBatch, VerifyResult } from '../../peer/types.js';

/** A block is asked about by all nodes within a minute. */
const KEPT_MAX = 1_000;

/** Answers are facts about bytes: what one node asked is found once for all of them. */
export class Answers {
  readonly #networkId: Uint8Array;
  readonly #found = new Map<string, Found>();

  /** `networkId`: 32 bytes, as hashed. */
  constructor(networkId: Uint8Array) {
    this.#networkId = networkId;
  }

  to(batch: SignatureBatch): readonly VerifyResult[] {
    const key = batch.wtxids.join();
    const known = this.#found.get(key);
    if (known !== undefined && isSame(known.batch, batch)) return known.results;
    if (this.#found.size >= KEPT_MAX) this.#found.clear();
    const results = answersTo(this.#networkId, batch);
    this.#found.set(key, { batch, results });
    return results;
  }
}

interface Found {
  readonly batch: SignatureBatch;
  readonly results: readonly VerifyResult[];
}

/** Whether two questions about the same transactions are the same in all else. */
const isSame = (one: SignatureBatch, { owners, checks }: SignatureBatch): boolean =>
  one.owners.length === owners.length &&
  one.owners.every((owner, i) => owner === owners[i]) &&
  Buffer.compare(one.checks, checks) === 0;
