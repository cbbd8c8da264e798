/**
 * Short ids: six bytes in place of the 32 of a wtxid, under a key of whoever has to read them. And
 * places in a block: two bytes.
 */

import { hashBytes } from '../../shared/bytes.js';
import { SipHash } from '../../shared/sipHash.js';
import type { Wtxid } from '../../shared/units.js';
import { PLACE_BYTES, SHORT_ID_BYTES } from '../../shared/wire/peerMessages.js';

/** 48 bits, as a number. */
export type ShortId = number;

/** The function from wtxids to short ids under `key` (16 bytes): SipHash-2-4, lowest six bytes. */
export function shortIdsUnder(key: Uint8Array): (wtxid: Wtxid) => ShortId {
  const sip = new SipHash(key);
  return (wtxid) => sip.low48(hashBytes(wtxid));
}

/** One after the other, little-endian. */
export function packShortIds(ids: readonly ShortId[]): Uint8Array {
  const bytes = new Uint8Array(ids.length * SHORT_ID_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, id] of ids.entries()) {
    view.setUint32(i * SHORT_ID_BYTES, id >>> 0, true);
    view.setUint16(i * SHORT_ID_BYTES + 4, Math.floor(id / TWO_TO_32), true);
  }
  return bytes;
}

/** What `packShortIds` packed. */
export function unpackShortIds(bytes: Uint8Array): ShortId[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const ids: ShortId[] = [];
  for (let at = 0; at < bytes.length; at += SHORT_ID_BYTES) {
    ids.push(view.getUint16(at + 4, true) * TWO_TO_32 + view.getUint32(at, true));
  }
  return ids;
}

export function packPlaces(places: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(places.length * PLACE_BYTES);
  const view = new DataView(bytes.buffer);
  for (const [i, place] of places.entries()) view.setUint16(i * PLACE_BYTES, place, true);
  return bytes;
}

/** What `packPlaces` packed. */
export function unpackPlaces(bytes: Uint8Array): number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const places: number[] = [];
  for (let at = 0; at < bytes.length; at += PLACE_BYTES) places.push(view.getUint16(at, true));
  return places;
}

const TWO_TO_32 = 0x1_0000_0000;
