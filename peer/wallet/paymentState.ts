/**
 * How far the payments of a wallet have come. Asked anew each time, for a reorganisation can take
 * any of them back.
 */

import { addressOf } from '../../shared/consensus/address.js';
import {
  outpointKey,
  type DecodedTransaction,
  type OutPoint,
  type TxInput,
} from '../../shared/consensus/transaction.js';
import { assert, assertDefined } from '../../shared/assert.js';
import type { AddressHash, Txid } from '../../shared/units.js';
import type { PaymentMade, WalletDocument } from './document.js';
import type { Ledger } from './ledger.js';
import { readPayment } from './payment.js';

export type PaymentState =
  | { readonly type: 'confirmed'; readonly confirmations: number }
  /** The node has it, and tells others of it. */
  | { readonly type: 'waiting' }
  /** Neither the chain nor the node has it: it is to be sent again. */
  | { readonly type: 'unsent' }
  /** A coin that it spends is not there, or another transaction spends it. */
  | { readonly type: 'failed'; readonly outpoint: string };

export interface TrackedPayment {
  readonly made: PaymentMade;
  readonly tx: DecodedTransaction;
  readonly state: PaymentState;
}

/** Blocks after which nobody looks after a payment any more: no reorganisation was ever so deep. */
export const SETTLED_CONFIRMATIONS = 100;

/** Each payment of the document, in its order. */
export function trackPayments(
  { payments }: WalletDocument,
  ledger: Ledger,
): readonly TrackedPayment[] {
  const tracked = new Map<Txid, TrackedPayment>();
  const sources = { ledger, before: tracked, coins: new CoinsSeen(ledger) };
  for (const made of payments) {
    const tx = decoded(made);
    const state = stateOf(tx, sources);
    tracked.set(made.txid, { made, tx, state });
  }
  return [...tracked.values()];
}

/** Whether it may still come into the chain, and so holds its coins. */
export const isLive = ({ state }: TrackedPayment): boolean =>
  state.type === 'waiting' || state.type === 'unsent';

/** Those that need no looking after any more. */
export const settledPayments = (tracked: readonly TrackedPayment[]): ReadonlySet<Txid> =>
  new Set(tracked.filter(isSettled).map(({ made }) => made.txid));

const isSettled = ({ state }: TrackedPayment): boolean =>
  state.type === 'confirmed' && state.confirmations >= SETTLED_CONFIRMATIONS;

function stateOf(tx: DecodedTransaction, sources: Sources): PaymentState {
  const { ledger } = sources;
  const place = ledger.place(tx.txid);
  if (place !== undefined) {
    return { type: 'confirmed', confirmations: ledger.height - place.height + 1 };
  }
  if (ledger.waiting(tx.txid) !== undefined) return { type: 'waiting' };
  if (!ledger.isCurrent) return { type: 'unsent' };
  const missing = tx.inputs.find((input) => !isThere(input, tx, sources));
  if (missing === undefined) return { type: 'unsent' };
  return { type: 'failed', outpoint: outpointKey(missing.txid, missing.index) };
}

interface Sources {
  readonly ledger: Ledger;
  readonly before: ReadonlyMap<Txid, TrackedPayment>;
  readonly coins: CoinsSeen;
}

/** Coins of the chain, read once an address: that of a miner has thousands. */
class CoinsSeen {
  readonly #ledger: Ledger;
  readonly #byAddress = new Map<AddressHash, ReadonlySet<string>>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  has(address: AddressHash, { txid, index }: OutPoint): boolean {
    const known = this.#byAddress.get(address) ?? this.#read(address);
    return known.has(outpointKey(txid, index));
  }

  #read(address: AddressHash): ReadonlySet<string> {
    const keys = this.#ledger.coins(address).map((coin) => outpointKey(coin.txid, coin.index));
    const set = new Set(keys);
    this.#byAddress.set(address, set);
    return set;
  }
}

/** Whether a coin that is spent is in the chain, or may come into it, and nothing else takes it. */
function isThere(
  input: TxInput,
  { txid, keys }: DecodedTransaction,
  { ledger, before, coins }: Sources,
): boolean {
  const address = addressOf(assertDefined(keys[input.key], 'each input names one of the keys'));
  const isTaken = ledger
    .waitingOf(address)
    .some(({ tx }) => tx.txid !== txid && tx.inputs.some((one) => isSame(one, input)));
  if (isTaken) return false;
  if (ledger.waiting(input.txid) !== undefined) return true;
  const maker = before.get(input.txid);
  if (maker !== undefined && isLive(maker)) return true;
  return coins.has(address, input);
}

const isSame = (a: OutPoint, b: OutPoint): boolean => a.txid === b.txid && a.index === b.index;

function decoded({ bytes }: PaymentMade): DecodedTransaction {
  const read = readPayment(bytes);
  assert(read.ok, 'a payment was checked before it was kept');
  return read.value;
}
