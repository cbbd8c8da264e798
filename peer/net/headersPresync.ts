/**
 * Reads a branch of headers of doubtful work twice, so that depth costs whoever made it up, and not
 * us.
 *
 *     counting → storing → (enough was stored)
 *
 * - *Counting* checks every header in full (we know each next target exactly) and keeps of it one
 *   salted bit, and of them all the last one and the sum of work. Memory: one bit a header.
 * - Once the work reaches the threshold the branch is asked for again. *Storing* compares the bits
 *   of a whole message before it gives the headers out: who sends others is found out with the
 *   first wrong bit, each with probability one half, and cannot try at home, for the salt is ours.
 *
 * A branch that fits into one message is given out at once. The same machine serves one peer and
 * one branch.
 */

import { sha256 } from '#crypto';
import { concatBytes, utf8 } from '../../shared/bytes.js';
import { checkHeaderForm, checkHeaderInContext } from '../../shared/consensus/checkHeader.js';
import type { ChainPoint } from '../../shared/consensus/difficulty.js';
import { decodeHeader, HEADER_BYTES, headerHash } from '../../shared/consensus/header.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import type { Reject } from '../../shared/consensus/reject.js';
import { workOf } from '../../shared/consensus/work.js';
import type { BlockHash, UnixSeconds } from '../../shared/units.js';

const FIRST_BITS_BYTES = 1_024;

/** A block as the branch continues from it. */
export interface PresyncPoint {
  readonly hash: BlockHash;
  readonly point: ChainPoint;
  readonly chainWork: bigint;
}

export interface PresyncOptions {
  readonly params: NetworkParams;
  /** The last block of the branch that we have. */
  readonly from: PresyncPoint;
  /** Chain work from which on a branch is worth storing. */
  readonly workMin: bigint;
  /** 16 secret bytes. */
  readonly salt: Uint8Array;
  /** Headers that may be read for that work. */
  readonly countMax: number;
}

export type PresyncStep =
  /** Nothing to store; ask for what comes after `head`. */
  | { readonly type: 'continue' }
  /** Its work is enough: ask for all of it again, after `head`, which is `from` again. */
  | { readonly type: 'again' }
  /** Store all headers of this message; `isDone`: nothing is left for the machine. */
  | { readonly type: 'store'; readonly isDone: boolean }
  /** Too many headers for too little work. */
  | { readonly type: 'too-long' }
  /** The second reading differs from the first: an honest node cannot do that on one branch. */
  | { readonly type: 'changed' }
  /** `headers`: from the one that was refused on. */
  | { readonly type: 'rejected'; readonly reject: Reject; readonly headers: Uint8Array };

/** What is known of the last header that was read. */
interface Head extends PresyncPoint {
  /** Headers after `from`, with this one. */
  readonly count: number;
}

export class HeadersPresync {
  readonly #options: PresyncOptions;
  readonly #bits: BitList;
  #phase: 'counting' | 'storing' = 'counting';
  #head: Head;

  constructor(options: PresyncOptions) {
    this.#options = options;
    this.#head = { ...options.from, count: 0 };
    this.#bits = new BitList(options.countMax);
  }

  /** The last header that was read: the next message must continue it. */
  get head(): BlockHash {
    return this.#head.hash;
  }

  /** Bytes that it keeps, beside a few hundred. */
  get sizeBytes(): number {
    return this.#bits.sizeBytes;
  }

  /** `headers`: 80 bytes each, at least one. */
  onHeaders(headers: Uint8Array, now: UnixSeconds): PresyncStep {
    const start = this.#head;
    for (let offset = 0; offset < headers.length; offset += HEADER_BYTES) {
      const problem = this.#read(headers.subarray(offset), now);
      if (problem === undefined) continue;
      // What comes before it is worth storing without it.
      if (isFromFuture(problem) && this.#isEnough) break;
      return problem;
    }
    const isEnough = this.#isEnough;
    if (this.#phase === 'storing') return { type: 'store', isDone: isEnough };
    if (!isEnough) return { type: 'continue' };
    if (start.count === 0) return { type: 'store', isDone: true };
    this.#phase = 'storing';
    this.#head = { ...this.#options.from, count: 0 };
    return { type: 'again' };
  }

  get #isEnough(): boolean {
    return this.#head.chainWork >= this.#options.workMin;
  }

  /** Takes the first of `headers`; what is wrong with it. */
  #read(headers: Uint8Array, now: UnixSeconds): PresyncStep | undefined {
    const { params } = this.#options;
    const bytes = headers.subarray(0, HEADER_BYTES);
    const rejected = (reject: Reject): PresyncStep => ({ type: 'rejected', reject, headers });
    const header = decodeHeader(bytes);
    const hash = headerHash(bytes);
    const { hash: parentHash, point: parent, chainWork, count } = this.#head;
    if (header.previous !== parentHash) {
      return rejected({ code: 'unknown-parent', parent: header.previous });
    }
    const form = checkHeaderForm(params, header, hash);
    if (!form.ok) return rejected(form.error);
    const checked = checkHeaderInContext(params, { header, hash, parent, now });
    if (!checked.ok) return rejected(checked.error);
    const bit = this.#bitOf(bytes);
    if (this.#phase === 'counting') {
      if (count >= this.#options.countMax) return { type: 'too-long' };
      this.#bits.push(bit);
    } else if (bit !== (this.#bits.at(count) ?? bit)) return { type: 'changed' };
    const { time, bits } = header;
    this.#head = {
      hash,
      point: { height: parent.height + 1, time, bits, parentTime: parent.time },
      chainWork: chainWork + workOf(checked.value.target),
      count: count + 1,
    };
    return undefined;
  }

  #bitOf(bytes: Uint8Array): 0 | 1 {
    const [first] = sha256(concatBytes(TAG, this.#options.salt, bytes));
    return ((first as number) & 1) as 0 | 1;
  }
}

const isFromFuture = (step: PresyncStep): boolean =>
  step.type === 'rejected' && step.reject.code === 'time-too-far-ahead';

const TAG = utf8('cairn/presync/1\0');

/** Bits in order, eight a byte. */
class BitList {
  readonly #countMax: number;
  #bytes = new Uint8Array(FIRST_BITS_BYTES);
  #count = 0;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  get sizeBytes(): number {
    return this.#bytes.length;
  }

  push(bit: 0 | 1): void {
    const at = this.#count >>> 3;
    if (at >= this.#bytes.length) this.#grow();
    this.#bytes[at] = (this.#bytes[at] as number) | (bit << (this.#count & 7));
    this.#count++;
  }

  /** `undefined` behind the end: what came there since the first reading, on top of enough work. */
  at(i: number): 0 | 1 | undefined {
    if (i >= this.#count) return undefined;
    return (((this.#bytes[i >>> 3] as number) >>> (i & 7)) & 1) as 0 | 1;
  }

  #grow(): void {
    const bytesMax = Math.ceil(this.#countMax / 8);
    const grown = new Uint8Array(Math.min(2 * this.#bytes.length, bytesMax));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}
