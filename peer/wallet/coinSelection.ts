/**
 * Which coins pay for something. Best a set that needs no change: it is smaller now, and leaves
 * nothing to be spent later. Else the smallest coin that is enough alone, else the largest ones.
 *
 * A coin costs what it makes the transaction longer: its input, and its key with a signature,
 * unless another coin has the same key.
 */

import { assertDefined } from '../../shared/assert.js';
import { toHex } from '../../shared/bytes.js';
import {
  outpointKey,
  transactionBytes,
  type OutPoint,
  type TransactionParts,
} from '../../shared/consensus/transaction.js';
import type { Amount } from '../../shared/units.js';

/** A coin that its owner can spend. */
export interface OwnCoin extends OutPoint {
  readonly amount: Amount;
  /** The Ed25519 public key that unlocks it, 32 bytes. */
  readonly key: Uint8Array;
}

/** Smallest units for 1,000 bytes of a transaction, a whole number from 0. */
export type FeeRate = number;

export interface Need {
  /** What the outputs are worth together. */
  readonly amount: number;
  /** Parts beside coins and change. */
  readonly outputs: number;
  readonly memoBytes: number;
  readonly feeRate: FeeRate;
}

export interface Selection {
  readonly coins: readonly OwnCoin[];
  /** What goes back to the payer; 0: no output for it. */
  readonly change: number;
  /** Whatever is left. */
  readonly fee: number;
}

/** The fee of `bytes` bytes, rounded up. */
export const feeOf = (bytes: number, feeRate: FeeRate): number =>
  Math.ceil((bytes * feeRate) / 1_000);

/** Change below what it costs to make and to spend it is left to the miner. */
const CHANGE_PARTS: TransactionParts = { inputs: 1, keys: 1, outputs: 1, memoBytes: 0 };
const NOTHING: TransactionParts = { inputs: 0, keys: 0, outputs: 0, memoBytes: 0 };
/** Sets that are looked at for one without change, and coins that they are made of: some ms. */
const TRIES_MAX = 20_000;
const CANDIDATES_MAX = 200;

/** The coins to spend of `coins`; `undefined` when all of them are not enough. */
export function selectCoins(coins: readonly OwnCoin[], need: Need): Selection | undefined {
  const sorted = [...coins].sort(largestFirst);
  return withoutChange(sorted, need) ?? oneCoin(sorted, need) ?? largest(sorted, need);
}

/** What `coins` leave for the payer of `need`; `undefined` when they are not enough. */
export function settle(coins: readonly OwnCoin[], need: Need): Selection | undefined {
  const sum = coins.reduce((total, { amount }) => total + amount, 0);
  const inputs = coins.length;
  const keys = new Set(coins.map(keyOf)).size;
  if (sum < need.amount + feeFor({ inputs, keys }, need, 0)) return undefined;
  const change = sum - need.amount - feeFor({ inputs, keys }, need, 1);
  if (change < changeMin(need)) return { coins, change: 0, fee: sum - need.amount };
  return { coins, change, fee: sum - need.amount - change };
}

/** The least change that is worth its own spending, 1 at least. */
const changeMin = ({ feeRate }: Need): number =>
  Math.max(1, feeOf(transactionBytes(CHANGE_PARTS) - transactionBytes(NOTHING), feeRate));

function feeFor(coins: CoinParts, { outputs, memoBytes, feeRate }: Need, more: 0 | 1): number {
  return feeOf(transactionBytes({ ...coins, outputs: outputs + more, memoBytes }), feeRate);
}

type CoinParts = Pick<TransactionParts, 'inputs' | 'keys'>;

/**
 * Branch and bound: each coin is in or out, the largest decided first; a branch ends where all that
 * is left cannot be enough, or where there is more than change begins with.
 */
function withoutChange(coins: readonly OwnCoin[], need: Need): Selection | undefined {
  const fitting = coins.filter(({ amount }) => amount <= mostFor({ inputs: 1, keys: 1 }, need));
  const candidates = fitting.slice(0, CANDIDATES_MAX);
  const left = restSums(candidates);
  const chosen = new Chosen();
  let tries = 0;
  const isFound = (at: number): boolean => {
    if (++tries > TRIES_MAX) return false;
    // Most sets are less than the amount alone: no need to count their fee.
    if (chosen.sum >= need.amount) {
      if (chosen.sum > mostFor(chosen.parts, need)) return false;
      if (chosen.sum >= need.amount + feeFor(chosen.parts, need, 0)) return true;
    }
    const coin = candidates[at];
    if (coin === undefined || chosen.sum + (left[at] ?? 0) < need.amount) return false;
    chosen.add(coin);
    if (isFound(at + 1)) return true;
    chosen.removeLast();
    return isFound(at + 1);
  };
  return isFound(0) ? settle(chosen.coins, need) : undefined;
}

/** More than this, and there is change. */
const mostFor = (coins: CoinParts, need: Need): number =>
  need.amount + feeFor(coins, need, 1) + changeMin(need) - 1;

/** A set of coins that grows and shrinks at its end. */
class Chosen {
  readonly coins: OwnCoin[] = [];
  readonly #byKey = new Map<string, number>();
  sum = 0;

  get parts(): CoinParts {
    return { inputs: this.coins.length, keys: this.#byKey.size };
  }

  add(coin: OwnCoin): void {
    this.coins.push(coin);
    this.sum += coin.amount;
    const key = keyOf(coin);
    this.#byKey.set(key, (this.#byKey.get(key) ?? 0) + 1);
  }

  removeLast(): void {
    const coin = assertDefined(this.coins.pop(), 'there is a last one');
    this.sum -= coin.amount;
    const key = keyOf(coin);
    const count = (this.#byKey.get(key) ?? 0) - 1;
    if (count > 0) this.#byKey.set(key, count);
    else this.#byKey.delete(key);
  }
}

/** What the coins from each on are worth together. */
function restSums(coins: readonly OwnCoin[]): readonly number[] {
  let sum = 0;
  const sums = coins.toReversed().map(({ amount }) => (sum += amount));
  return sums.toReversed();
}

function oneCoin(coins: readonly OwnCoin[], need: Need): Selection | undefined {
  return coins
    .toReversed()
    .map((coin) => settle([coin], need))
    .find((one) => one !== undefined);
}

function largest(coins: readonly OwnCoin[], need: Need): Selection | undefined {
  const chosen: OwnCoin[] = [];
  let sum = 0;
  for (const coin of coins) {
    chosen.push(coin);
    sum += coin.amount;
    if (sum < need.amount) continue;
    const selection = settle(chosen, need);
    if (selection !== undefined) return selection;
  }
  return undefined;
}

/** Of equal ones in one order, so that the same wallet chooses the same. */
const largestFirst = (a: OwnCoin, b: OwnCoin): number =>
  b.amount - a.amount || (nameOf(a) < nameOf(b) ? -1 : 1);

const keyOf = ({ key }: OwnCoin): string => toHex(key);

const nameOf = ({ txid, index }: OutPoint): string => outpointKey(txid, index);
