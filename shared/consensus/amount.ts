/** Sums of amounts that cannot overflow: compared at each step (CVE-2010-5139). */

import type { Amount } from '../units.js';

export const AMOUNT_MAX = Number.MAX_SAFE_INTEGER as Amount;

/** The sum of all amounts, or `undefined` as soon as it exceeds 2^53 − 1. */
export function sumAmounts(holders: readonly { readonly amount: Amount }[]): Amount | undefined {
  let sum = 0;
  for (const { amount } of holders) {
    if (amount > AMOUNT_MAX - sum) return undefined;
    sum += amount;
  }
  return sum as Amount;
}
