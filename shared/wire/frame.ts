/**
 * Frames: `length u32 big-endian ‖ type u8 ‖ payload`, where length counts the type byte and the
 * payload (docs/protocol.md §1). The limit of the type is checked as soon as the five bytes are
 * there.
 *
 * Memory: a frame under way holds at most four times the bytes received, however much it claims
 * (CVE-2015-3641), and each byte is copied once, or 1.33 times when the buffer of a large frame has
 * to grow.
 */

import { fail, ok, type Result } from '../result.js';
import type { DisconnectReason } from './disconnect.js';

/** Bytes before the payload. */
export const FRAME_PREFIX_BYTES = 5;

export interface Frame {
  readonly type: number;
  /** Bytes of its own: the chunk that they came in may be used again. */
  readonly payload: Uint8Array;
}

/** The most bytes that the payload of `type` may have now, or why the type may not come at all. */
export type FrameLimits = (type: number) => number | DisconnectReason;

/** The whole frame around `payload`. */
export function encodeFrame(type: number, payload: Uint8Array): Uint8Array {
  const frame = new Uint8Array(FRAME_PREFIX_BYTES + payload.length);
  new DataView(frame.buffer).setUint32(0, payload.length + 1);
  frame[4] = type;
  frame.set(payload, FRAME_PREFIX_BYTES);
  return frame;
}

/** Makes frames of a stream of bytes that is cut anywhere. */
export class FrameDecoder {
  readonly #limits: FrameLimits;
  readonly #prefix = new Uint8Array(FRAME_PREFIX_BYTES);
  #prefixLength = 0;
  #current: FrameUnderWay | undefined;
  #isBroken = false;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /**
   * The frames that `chunk` completes, each made when it is asked for, so that the limits may
   * change between two frames. A breach ends them, for good. Go through all of them, or give the
   * connection up: a rest that was not asked for is lost.
   */
  *push(chunk: Uint8Array): Generator<Result<Frame, DisconnectReason>, void> {
    let rest = chunk;
    while (rest.length > 0 && !this.#isBroken) {
      rest = rest.subarray(this.#current === undefined ? this.#fillPrefix(rest) : 0);
      if (this.#prefixLength < FRAME_PREFIX_BYTES) return;
      const begun = this.#current === undefined ? this.#begin() : ok(this.#current);
      if (!begun.ok) {
        this.#isBroken = true;
        yield begun;
        return;
      }
      this.#current = begun.value;
      rest = rest.subarray(begun.value.fill(rest));
      if (!begun.value.isComplete) return;
      this.#current = undefined;
      this.#prefixLength = 0;
      yield ok(begun.value.take());
    }
  }

  /** Reads at most the five bytes before a payload and returns how many it took. */
  #fillPrefix(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, FRAME_PREFIX_BYTES - this.#prefixLength);
    this.#prefix.set(bytes.subarray(0, taken), this.#prefixLength);
    this.#prefixLength += taken;
    return taken;
  }

  /** The frame of the prefix, if it may come. */
  #begin(): Result<FrameUnderWay, DisconnectReason> {
    const [a, b, c, d, type] = this.#prefix as unknown as [number, number, number, number, number];
    const length = a * 0x1_00_00_00 + ((b << 16) | (c << 8) | d);
    if (length === 0) return fail('frame-empty');
    const limit = this.#limits(type);
    if (typeof limit === 'string') return fail(limit);
    return length - 1 > limit ? fail('frame-too-large') : ok(new FrameUnderWay(type, length - 1));
  }
}

/** A frame of which only a part is there. */
class FrameUnderWay {
  readonly #type: number;
  readonly #length: number;
  #payload = new Uint8Array();
  #filled = 0;

  constructor(type: number, payloadLength: number) {
    this.#type = type;
    this.#length = payloadLength;
  }

  get isComplete(): boolean {
    return this.#filled === this.#length;
  }

  /**
   * Takes what belongs to this frame from the start of `bytes` and returns how many bytes that
   * were.
   */
  fill(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#length - this.#filled);
    this.#reserve(this.#filled + taken);
    this.#payload.set(taken === bytes.length ? bytes : bytes.subarray(0, taken), this.#filled);
    this.#filled += taken;
    return taken;
  }

  take(): Frame {
    return { type: this.#type, payload: this.#payload };
  }

  /** Makes room for the first `count` bytes: a claim alone reserves nothing. */
  #reserve(count: number): void {
    if (count <= this.#payload.length) return;
    const grown = new Uint8Array(Math.min(this.#length, Math.max(count, 4 * this.#payload.length)));
    grown.set(this.#payload.subarray(0, this.#filled));
    this.#payload = grown;
  }
}
