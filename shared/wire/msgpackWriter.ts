/** Writes MessagePack, in the subset that `msgpackReader.ts` reads. */

import { Packr } from 'msgpackr';

import type { WireValue } from './fields.js';

/** `useRecords: false` keeps integers below 128 in one byte and never writes an extension. */
const CODEC = new Packr({ useRecords: false, mapsAsObjects: true, int64AsType: 'bigint' });

/** The bytes of `value`, valid until the next call. */
export const packPlain = (value: WireValue): Uint8Array => CODEC.pack(value);
