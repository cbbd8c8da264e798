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
  const length = payload.length + 1;
  frame[0] = length >>> 24;
  frame[1] = length >>> 16;
  frame[2] = length >>> 8;
  frame[3] = length;
  frame[4] = type;
  frame.set(payload, FRAME_PREFIX_BYTES);
  return frame;
}

/** Makes frames of a stream of bytes that is cut anywhere. */
export class FrameDecoder {
  readonly #limits: FrameLimits;
  readonly #prefix = new DataView(new ArrayBuffer(FRAME_PREFIX_BYTES));
  #prefixLength = 0;
  #current: FrameUnderWay | undefined;
  /** What was added last, and how much of it is read. */
  #chunk = EMPTY;
  #offset = 0;
  #isBroken = false;

  constructor(limits: FrameLimits) {
    this.#limits = limits;
  }

  /** More of the stream: call `next` until it gives nothing, or give the connection up. */
  add(chunk: Uint8Array): void {
    this.#chunk = chunk;
    this.#offset = 0;
  }

  /**
   * The next frame that is whole, made when it is asked for, so that the limits may change between
   * two. A breach ends them, for good.
   */
  next(): Result<Frame, DisconnectReason> | undefined {
    const frame = this.#read();
    // A connection at rest holds nothing of what came.
    if (frame === undefined) this.#chunk = EMPTY;
    return frame;
  }

  #read(): Result<Frame, DisconnectReason> | undefined {
    const chunk = this.#chunk;
    while (this.#offset < chunk.length && !this.#isBroken) {
      if (this.#current === undefined) this.#offset = this.#fillPrefix(chunk, this.#offset);
      if (this.#prefixLength < FRAME_PREFIX_BYTES) return undefined;
      const begun = this.#current === undefined ? this.#begin() : ok(this.#current);
      if (!begun.ok) {
        this.#isBroken = true;
        return begun;
      }
      this.#current = begun.value;
      this.#offset = begun.value.fill(chunk, this.#offset);
      if (!begun.value.isComplete) return undefined;
      this.#current = undefined;
      this.#prefixLength = 0;
      return ok(begun.value.take());
    }
    return undefined;
  }

  /** Reads what is missing of the five bytes before a payload, and returns where it stopped. */
  #fillPrefix(chunk: Uint8Array, start: number): number {
    let offset = start;
    while (this.#prefixLength < FRAME_PREFIX_BYTES && offset < chunk.length) {
      this.#prefix.setUint8(this.#prefixLength++, chunk[offset++] as number);
    }
    return offset;
  }

  /** The frame of the prefix, if it may come. */
  #begin(): Result<FrameUnderWay, DisconnectReason> {
    const length = this.#prefix.getUint32(0);
    const type = this.#prefix.getUint8(4);
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
  #payload = EMPTY;
  #filled = 0;

  constructor(type: number, payloadLength: number) {
    this.#type = type;
    this.#length = payloadLength;
  }

  get isComplete(): boolean {
    return this.#filled === this.#length;
  }

  /** Takes what belongs to this frame from `chunk` on, and returns where it stopped. */
  fill(chunk: Uint8Array, start: number): number {
    const end = Math.min(chunk.length, start + this.#length - this.#filled);
    if (end - start === this.#length) {
      // Whole in one chunk, as most are.
      this.#payload = copyOf(chunk, start, end);
    } else {
      this.#reserve(this.#filled + end - start);
      this.#payload.set(chunk.subarray(start, end), this.#filled);
    }
    this.#filled += end - start;
    return end;
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

/** Bytes of its own. A view for the copying takes longer than to copy a few bytes one by one. */
function copyOf(chunk: Uint8Array, start: number, end: number): Uint8Array {
  if (end - start > FEW_BYTES) return new Uint8Array(chunk.subarray(start, end));
  const copy = new Uint8Array(end - start);
  for (let i = 0; i < copy.length; i++) copy[i] = chunk[start + i] as number;
  return copy;
}

const FEW_BYTES = 128;
const EMPTY: Uint8Array = new Uint8Array();
