/** Amounts on the command line: whole numbers of smallest units, and nothing that looks alike. */

import { Trouble } from '../shared/io/trouble.js';

/** Throws `Trouble` for anything that could be meant in two ways, such as `1.000` or `1e3`. */
export function parseAmount(text: string): number {
  const amount = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(amount)) return amount;
  throw new Trouble(
    'bad-amount',
    `${JSON.stringify(text)} is no amount.`,
    'Give a whole number of smallest units below 2^53, digits only: 1500.',
  );
}
