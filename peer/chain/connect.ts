/**
 * The rules that need coins, and what they change. Form and signatures were checked before.
 *
 * A block's transactions apply in order, so that one may spend what an earlier one made. What a
 * block spent is its *undo*: the coins in the order of their inputs.
 */

import { assert, assertDefined } from '../../shared/assert.js';
import { addressOf } from '../../shared/consensus/address.js';
import type { Block } from '../../shared/consensus/block.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import type { Reject } from '../../shared/consensus/reject.js';
import { subsidyAt } from '../../shared/consensus/subsidy.js';
import {
  isCoinbase,
  outpointKey,
  outpointsOf,
  type DecodedTransaction,
} from '../../shared/consensus/transaction.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { AddressHash, Amount } from '../../shared/units.js';
import type { CoinView } from './coinView.js';
import type { Coin } from './store.js';

/** Where and by which rules a block is connected. */
export interface ConnectContext {
  readonly params: NetworkParams;
  readonly height: number;
}

/** The coins that a transaction spends, in the order of its inputs, and their outpoint keys. */
export interface Spends {
  readonly outpoints: readonly string[];
  readonly coins: readonly Coin[];
}

/** Applies `block` to `coins` and returns its undo. After a refusal `coins` are as before. */
export function connectBlock(
  context: ConnectContext,
  block: Block,
  coins: CoinView,
): Result<Coin[], Reject> {
  const undo: Coin[] = [];
  let fees = 0;
  for (const [index, tx] of block.transactions.entries()) {
    const spends = checkSpends(context, tx, (outpoint) => coins.coin(outpoint));
    if (!spends.ok) {
      takeBack(block.transactions.slice(0, index), coins, undo);
      return spends;
    }
    apply(tx, spends.value, context.height, coins);
    undo.push(...spends.value.coins);
    if (!isCoinbase(tx)) fees += valueOf(tx.inputs) - valueOf(tx.outputs);
  }
  const allowed = (subsidyAt(context.params, context.height) + fees) as Amount;
  const found = valueOf(block.transactions[0]?.outputs ?? []);
  if (found <= allowed) return ok(undo);
  takeBack(block.transactions, coins, undo);
  return fail({ code: 'bad-coinbase-amount', allowed, found });
}

/** Takes back what `connectBlock` did with the same block; `undo` is what it returned. */
export function disconnectBlock(block: Block, undo: readonly Coin[], coins: CoinView): void {
  const left = [...undo];
  takeBack(block.transactions, coins, left);
  assert(left.length === 0, 'an undo belongs to one block');
}

/**
 * The rules of one transaction against the coins that `coinOf` finds: what it spends, if it may.
 */
export function checkSpends(
  { params, height }: ConnectContext,
  tx: DecodedTransaction,
  coinOf: (outpoint: string) => Coin | undefined,
): Result<Spends, Reject> {
  const { txid, lockHeight } = tx;
  if (lockHeight > height) return fail({ code: 'locked', txid, lockHeight, height });
  const { addresses, outpoints } = claimsOf(tx);
  const coins: Coin[] = [];
  for (const [i, input] of tx.inputs.entries()) {
    const outpoint = outpoints[i] as string;
    const coin = coinOf(outpoint);
    if (coin === undefined) return fail({ code: 'missing-coin', txid, outpoint });
    const from = spendableFrom(params, coin);
    if (height < from) return fail({ code: 'immature-coin', txid, outpoint, from });
    const { amount: stated } = input;
    if (stated !== coin.amount) {
      return fail({ code: 'wrong-amount', txid, outpoint, stated, actual: coin.amount });
    }
    if (addresses[input.key] !== coin.address) return fail({ code: 'wrong-key', txid, outpoint });
    coins.push(coin);
  }
  return ok({ outpoints, coins });
}

/** What a transaction says of the coins that it spends. */
interface Claims {
  /** Of its keys, in their order. */
  readonly addresses: readonly AddressHash[];
  /** Keys of its outpoints, in the order of its inputs. */
  readonly outpoints: readonly string[];
}

const NO_CLAIMS: Claims = { addresses: [], outpoints: [] };

/** A transaction is looked at when it comes, and again with its block: bytes never change. */
const known = new WeakMap<DecodedTransaction, Claims>();

function claimsOf(tx: DecodedTransaction): Claims {
  if (isCoinbase(tx)) return NO_CLAIMS;
  let claims = known.get(tx);
  if (claims === undefined) {
    claims = { addresses: tx.keys.map(addressOf), outpoints: outpointsOf(tx) };
    known.set(tx, claims);
  }
  return claims;
}

/**
 * The first height at which `coin` may be spent. Genesis coins, which nobody mined, need not
 * mature.
 */
const spendableFrom = (params: NetworkParams, coin: Coin): number =>
  coin.isCoinbase && coin.height > 0 ? coin.height + params.maturity : coin.height;

function apply(tx: DecodedTransaction, spends: Spends, height: number, coins: CoinView): void {
  for (const outpoint of spends.outpoints) coins.remove(outpoint);
  addOutputs(tx, height, coins);
}

/** Adds the coins that `tx` makes in a block at `height`. */
export function addOutputs(tx: DecodedTransaction, height: number, coins: CoinView): void {
  const made = isCoinbase(tx);
  for (const [index, { amount, address }] of tx.outputs.entries()) {
    coins.add(outpointKey(tx.txid, index), { amount, address, height, isCoinbase: made });
  }
}

/**
 * Takes back `transactions` from the last to the first, and from `undo` the coins that they spent.
 */
function takeBack(
  transactions: readonly DecodedTransaction[],
  coins: CoinView,
  undo: Coin[],
): void {
  for (const tx of transactions.toReversed()) {
    for (let i = 0; i < tx.outputs.length; i++) coins.remove(outpointKey(tx.txid, i));
    for (const input of tx.inputs.toReversed()) {
      const coin = assertDefined(undo.pop(), 'an undo holds a coin for each input');
      coins.add(outpointKey(input.txid, input.index), coin);
    }
  }
}

/** Sum of amounts that are known to stay below 2^53: checkTransaction.ts compared them. */
function valueOf(holders: readonly { readonly amount: Amount }[]): number {
  let sum = 0;
  for (const { amount } of holders) sum += amount;
  return sum;
}
