/** Transaction ids as people type them. */

import { Trouble } from '../shared/io/trouble.js';
import type { Txid } from '../shared/units.js';

/** Whether `text` has the form of one. */
export const isTxid = (text: string): boolean => /^[0-9a-f]{64}$/i.test(text);

/** Throws `Trouble` when it is none. */
export function parseTxid(text: string): Txid {
  if (isTxid(text)) return text.toLowerCase() as Txid;
  throw new Trouble('bad-txid', `${text} is no transaction id.`, 'It has 64 hex digits.');
}
