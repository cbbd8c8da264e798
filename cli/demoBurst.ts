/**
 * Many payments at once: a coin is split into many, and each of these pays once. A transaction may
 * have 100 kB, and 25 may wait for each other: so the splits are wide, and go into a block first.
 */

import { assert } from '../shared/assert.js';
import {
  transactionBytes,
  type DecodedTransaction,
  type OutPoint,
} from '../shared/consensus/transaction.js';
import type { AddressHash, Amount } from '../shared/units.js';
import type { KeyPair } from '../peer/wallet/accountKeys.js';
import { feeOf, type FeeRate, type OwnCoin } from '../peer/wallet/coinSelection.js';
import { planPayment, signPayment, type PaymentRequest } from '../peer/wallet/payment.js';

export interface Burst {
  /** Who owns the coin, and all that comes of it. */
  readonly pair: KeyPair;
  readonly feeRate: FeeRate;
  /** 32 bytes, as hashed. */
  readonly networkId: Uint8Array;
}

/** What each payment of a burst pays. */
export const BURST_AMOUNT = 1_000;
/** Outputs of one split: 73 kB. */
const SPLIT_MAX = 2_500;

/** What `count` payments and their splits cost together. */
export function costOf(count: number, { feeRate }: Pick<Burst, 'feeRate'>): number {
  const splits = sizesOf(count).map((outputs) => feeOf(splitBytes(outputs), feeRate));
  return count * coinAmount(feeRate) + splits.reduce((sum, fee) => sum + fee, 0);
}

export interface Split {
  /** The first spends the coin; each of the others the change of the one before it. */
  readonly transactions: readonly DecodedTransaction[];
  readonly coins: readonly OwnCoin[];
}

/** `count` coins, each of which can pay once, out of `coin`, which is worth all of them. */
export function split(
  coin: OutPoint & { readonly amount: number },
  count: number,
  burst: Burst,
): Split {
  const { pair, feeRate } = burst;
  const amount = coinAmount(feeRate);
  const transactions: DecodedTransaction[] = [];
  const coins: OwnCoin[] = [];
  let rest = ownCoin(coin, coin.amount, pair);
  for (const size of sizesOf(count)) {
    const outputs = Array.from({ length: size }, () => ({ amount, address: pair.address }));
    const tx = pay({ coins: [rest], outputs, feeRate, changeTo: pair.address }, burst);
    transactions.push(tx);
    const made = tx.outputs.map((output, index) => {
      return ownCoin({ txid: tx.txid, index }, output.amount, pair);
    });
    coins.push(...made.filter((one) => one.amount === amount).slice(0, size));
    rest = made.find((one) => one.amount !== amount) ?? rest;
  }
  return { transactions, coins };
}

/** A payment of `BURST_AMOUNT` that leaves nothing of `coin`, one of a split. */
export function payOnce(coin: OwnCoin, to: AddressHash, burst: Burst): DecodedTransaction {
  const { feeRate, pair } = burst;
  const outputs = [{ amount: BURST_AMOUNT as Amount, address: to }];
  return pay({ coins: [coin], outputs, feeRate, changeTo: pair.address }, burst);
}

function pay(request: PaymentRequest, { pair, networkId }: Burst): DecodedTransaction {
  const plan = planPayment(request);
  assert(plan.ok, 'the coin is worth what it pays');
  const signed = signPayment(plan.value.unsigned, [pair], networkId);
  assert(signed.ok && signed.value.missing === 0, 'one key signs it');
  return signed.value.transaction;
}

function sizesOf(count: number): readonly number[] {
  const splits = Math.ceil(count / SPLIT_MAX);
  return Array.from({ length: splits }, (_, i) => Math.min(SPLIT_MAX, count - i * SPLIT_MAX));
}

/** What pays once, and its fee. */
const coinAmount = (feeRate: FeeRate): Amount =>
  (BURST_AMOUNT +
    feeOf(transactionBytes({ inputs: 1, keys: 1, outputs: 1, memoBytes: 0 }), feeRate)) as Amount;

/** With change. */
const splitBytes = (outputs: number): number =>
  transactionBytes({ inputs: 1, keys: 1, outputs: outputs + 1, memoBytes: 0 });

const ownCoin = ({ txid, index }: OutPoint, amount: number, { key }: KeyPair): OwnCoin => ({
  ...{ txid, index, amount: amount as Amount, key },
});
