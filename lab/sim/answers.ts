/** The threads that check signatures, as all machines of a world have them. */

import { answersTo } from '../../peer/chain/signatures.js';
import type { SignatureBatch, VerifyResult } from '../../peer/types.js';

/** A block is asked about by all nodes within a minute. */
const KEPT_MAX = 1_000;

/** Answers are facts about bytes: what one node asked is found once for all of them. */
export class Answers {
  readonly #networkId: Uint8Array;
  readonly #found = new Map<string, readonly VerifyResult[]>();

  /** `networkId`: 32 bytes, as hashed. */
  constructor(networkId: Uint8Array) {
    this.#networkId = networkId;
  }

  to(batch: SignatureBatch): readonly VerifyResult[] {
    const key = keyOf(batch);
    const known = this.#found.get(key);
    if (known !== undefined) return known;
    if (this.#found.size >= KEPT_MAX) this.#found.clear();
    const results = answersTo(this.#networkId, batch);
    this.#found.set(key, results);
    return results;
  }
}

function keyOf({ wtxids, owners, checks }: SignatureBatch): string {
  const bytes = Buffer.from(checks.buffer, checks.byteOffset, checks.length);
  return `${wtxids.join()} ${owners.join()} ${bytes.toString('latin1')}`;
}
