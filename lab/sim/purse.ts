/**
 * Coins that somebody was paid in a simulated network, on any branch, and payments with them.
 * Everybody may spend them all: so one coin is spent on two branches by two miners, which is what
 * coins and undo data have to survive.
 */

import type { Network } from '../../shared/consensus/genesis.js';
import {
  decodeTransaction,
  encodeTransaction,
  encodeUnsigned,
  outpointKey,
  signingMessage,
  txidOf,
  type DecodedTransaction,
  type OutPoint,
} from '../../shared/consensus/transaction.js';
import { assert, assertDefined } from '../../shared/assert.js';
import type { Rng } from '../../shared/rng.js';
import type { Amount } from '../../shared/units.js';
import type { Coin } from '../../peer/chain/store.js';
import { simKey, simSigner, type SimKey } from './keys.js';

/** Older ones are forgotten: they stay where they are. */
const COINS_MAX = 200;
/** Coins that are tried for one payment. */
const TRIES = 8;
const PAYMENTS_MAX = 3;
const FEE = 1;

interface Spendable extends OutPoint {
  readonly owner: number;
}

export interface Payments {
  readonly transactions: readonly DecodedTransaction[];
  readonly fees: Amount;
}

export class Purse {
  readonly #network: Network;
  readonly #rng: Rng;
  readonly #people: number;
  readonly #coins: Spendable[] = [];
  readonly #keys = new Map<number, SimKey>();

  /** Payments go to those with the numbers 1 to `people`. */
  constructor(network: Network, rng: Rng, people: number) {
    this.#network = network;
    this.#rng = rng;
    this.#people = people;
  }

  /** Remembers what `tx` pays, in order of its outputs, to the `owners`. */
  onPaid(tx: DecodedTransaction, owners: readonly number[]): void {
    for (const [index, owner] of owners.entries()) {
      this.#coins.push({ txid: tx.txid, index, owner });
    }
    while (this.#coins.length > COINS_MAX) this.#coins.shift();
  }

  /** A few payments for a block at `height`; `coinOf` tells which coins are there. */
  payments(height: number, coinOf: (outpoint: string) => Coin | undefined): Payments {
    const transactions: DecodedTransaction[] = [];
    const spent = new Set<string>();
    const made = new Map<string, Coin>();
    const known = (outpoint: string): Coin | undefined => made.get(outpoint) ?? coinOf(outpoint);
    for (let tries = 0; tries < TRIES && transactions.length < PAYMENTS_MAX; tries++) {
      const from = this.#coins[this.#rng.below(Math.max(1, this.#coins.length))];
      if (from === undefined) break;
      const outpoint = outpointKey(from.txid, from.index);
      const coin = spent.has(outpoint) ? undefined : known(outpoint);
      if (coin === undefined || !this.#isRipe(coin, height) || coin.amount <= FEE + 1) continue;
      spent.add(outpoint);
      const tx = this.#pay(from, coin.amount);
      transactions.push(tx);
      for (const [index, { amount, address }] of tx.outputs.entries()) {
        made.set(outpointKey(tx.txid, index), { amount, address, height, isCoinbase: false });
      }
    }
    return { transactions, fees: (FEE * transactions.length) as Amount };
  }

  #isRipe(coin: Coin, height: number): boolean {
    if (!coin.isCoinbase || coin.height === 0) return true;
    return coin.height + this.#network.params.maturity <= height;
  }

  /** A part to somebody, the rest back. */
  #pay(from: Spendable, amount: Amount): DecodedTransaction {
    const to = 1 + this.#rng.below(this.#people);
    const part = 1 + this.#rng.below(Math.min(amount - FEE - 1, 2 ** 31));
    const outputs = [
      { amount: part as Amount, address: this.#keyOf(to).address },
      { amount: (amount - FEE - part) as Amount, address: this.#keyOf(from.owner).address },
    ];
    const { key } = this.#keyOf(from.owner);
    const { txid, index } = from;
    const inputs = [{ txid, index, amount, key: 0 }];
    const unsigned = { inputs, keys: [key], outputs, lockHeight: 0, memo: new Uint8Array(0) };
    const message = signingMessage(this.#network.idBytes, txidOf(encodeUnsigned(unsigned)));
    const bytes = encodeTransaction({ ...unsigned, signatures: [simSigner(from.owner)(message)] });
    const decoded = decodeTransaction(bytes);
    assert(decoded.ok, 'our own payment decodes');
    this.onPaid(decoded.value, [to, from.owner]);
    return decoded.value;
  }

  #keyOf(number: number): SimKey {
    const known = this.#keys.get(number);
    if (known !== undefined) return known;
    this.#keys.set(number, simKey(number));
    return assertDefined(this.#keys.get(number), 'it was set');
  }
}
