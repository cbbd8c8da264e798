/**
 * The frame of `announced`, written straight from the registry's columns. The protocol's codec
 * takes addresses as text and keys as hex and needs twenty times as long for 50 peers, which is
 * most of the cost of an announce (bench/tracker.ts); the test shows that both write the same
 * bytes.
 */

import type { MessageOf } from '../shared/wire/protocol.js';
import type { TrackerRow } from '../shared/wire/trackerMessages.js';

type Announced = Extract<MessageOf<TrackerRow>, { readonly type: 'announced' }>;

export interface AnnouncedAnswer {
  readonly intervalSeconds: number;
  /** 16 bytes. */
  readonly observed: Uint8Array;
  readonly reachable: Announced['reachable'];
  /** Slots of the peers to hand out, at most 50. */
  readonly slots: readonly number[];
}

/** Where addresses, ports and keys of slots are found. */
export interface PeerBytes {
  address(slot: number): Uint8Array;
  port(slot: number): number;
  nodeKey(slot: number): Uint8Array;
}

/** The whole frame of `answer`. */
export function encodeAnnounced(answer: AnnouncedAnswer, peers: PeerBytes): Uint8Array {
  const frame = new Uint8Array(HEAD_BYTES_MAX + answer.slots.length * PEER_BYTES_MAX);
  let end = writeUnsigned(frame, 6, answer.intervalSeconds);
  end = writeBinary(frame, end, answer.observed);
  frame[end++] = REACHABLE[answer.reachable];
  end = writeArrayHead(frame, end, answer.slots.length);
  for (const slot of answer.slots) {
    frame[end++] = FIXED_ARRAY | 3;
    end = writeBinary(frame, end, peers.address(slot));
    end = writeUnsigned(frame, end, peers.port(slot));
    end = writeBinary(frame, end, peers.nodeKey(slot));
  }
  new DataView(frame.buffer).setUint32(0, end - 4);
  frame[4] = ANNOUNCED_NUMBER;
  frame[5] = FIXED_ARRAY | 4;
  return frame.subarray(0, end);
}

const ANNOUNCED_NUMBER = 0x43;

/** Places in the closed set of the message. */
const REACHABLE = { unknown: 0, yes: 1, no: 2, refused: 3 } as const;

/** Length, type, array of four, u32, 16 bytes, u8, array head. */
const HEAD_BYTES_MAX = 4 + 1 + 1 + 5 + 18 + 1 + 3;

/** Array of three, 16 bytes, u16, 32 bytes. */
const PEER_BYTES_MAX = 1 + 18 + 3 + 34;

// The msgpack formats in use (https://github.com/msgpack/msgpack/blob/master/spec.md).
const FIXED_ARRAY = 0x90;
const ARRAY_16 = 0xdc;
const BINARY_8 = 0xc4;
const UNSIGNED_8 = 0xcc;
const UNSIGNED_16 = 0xcd;
const UNSIGNED_32 = 0xce;

function writeArrayHead(into: Uint8Array, offset: number, count: number): number {
  if (count <= 15) {
    into[offset] = FIXED_ARRAY | count;
    return offset + 1;
  }
  into[offset] = ARRAY_16;
  into[offset + 1] = count >> 8;
  into[offset + 2] = count & 0xff;
  return offset + 3;
}

function writeBinary(into: Uint8Array, offset: number, bytes: Uint8Array): number {
  into[offset] = BINARY_8;
  into[offset + 1] = bytes.length;
  into.set(bytes, offset + 2);
  return offset + 2 + bytes.length;
}

/** The shortest form, as msgpackr writes it. */
function writeUnsigned(into: Uint8Array, offset: number, value: number): number {
  if (value < 0x80) {
    into[offset] = value;
    return offset + 1;
  }
  const bytes = value <= 0xff ? 1 : value <= 0xffff ? 2 : 4;
  into[offset] = bytes === 1 ? UNSIGNED_8 : bytes === 2 ? UNSIGNED_16 : UNSIGNED_32;
  for (let i = 0; i < bytes; i++) into[offset + 1 + i] = value >>> (8 * (bytes - 1 - i));
  return offset + 1 + bytes;
}
