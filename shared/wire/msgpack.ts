/** MessagePack, both ways, of the subset that the scanner admits. */

import { Packr } from 'msgpackr';

import { MALFORMED, type WireValue } from './fields.js';
import { isPlainMsgpack, type ScanLimits } from './scanner.js';

/**
 * `useRecords: false` keeps integers below 128 in one byte and never writes an extension. The other
 * two keep what could never come past the scanner harmless.
 */
const CODEC = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' });

/** The bytes of `value`, valid until the next call. */
export const packPlain = (value: WireValue): Uint8Array => CODEC.pack(value);

/**
 * The value that `bytes` are, when they are one of the subset within `limits`. Binaries in it are
 * views on `bytes`.
 */
export function unpackPlain(bytes: Uint8Array, limits: ScanLimits): unknown {
  return isPlainMsgpack(bytes, limits) ? (CODEC.unpack(bytes) as unknown) : MALFORMED;
}
