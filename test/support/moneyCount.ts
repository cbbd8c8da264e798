/** The money of a chain, counted from genesis on by a code of its own. */

import { Broken } from '../../lab/sim/broken.js';
import type { Balance } from '../../peer/wallet/holdings.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import { isCoinbase, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { AddressHash, Txid } from '../../shared/units.js';

type Transactions = readonly DecodedTransaction[];

interface CountedCoin {
  readonly amount: number;
  readonly address: AddressHash;
  readonly height: number;
  readonly isCoinbase: boolean;
}

/** What waits, as far as somebody knows of it. */
interface Waiting {
  /** Whatever may still come into a block. */
  readonly live: Transactions;
  /** Those whose change can be spent. */
  readonly isOwn: (txid: Txid) => boolean;
}

export class MoneyCount {
  readonly coins = new Map<string, CountedCoin>();
  /** Who spent each coin that is gone. */
  readonly spenders = new Map<string, Txid>();
  readonly txids = new Set<Txid>();
  readonly #params: NetworkParams;
  readonly #height: number;

  /** `blocks`: transactions of each, from genesis on. Throws `Broken` where coins do not fit. */
  constructor(params: NetworkParams, blocks: readonly Transactions[]) {
    this.#params = params;
    this.#height = blocks.length - 1;
    for (const [height, transactions] of blocks.entries()) {
      for (const tx of transactions) this.#take(tx, height);
    }
  }

  /** All coins together. */
  get sum(): bigint {
    return [...this.coins.values()].reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  }

  /** What there must be: all that genesis gave, and all that the blocks since then were worth. */
  get due(): bigint {
    const { allocations, subsidy, halvingInterval } = this.#params;
    let due = allocations.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    for (let height = 1; height <= this.#height; height++) {
      due += BigInt(Math.floor(subsidy / 2 ** Math.floor((height - 1) / halvingInterval)));
    }
    return due;
  }

  /** What `addresses` have together, in words of the wallet. */
  balance(addresses: readonly AddressHash[], { live, isOwn }: Waiting): Balance {
    const mine = new Set(addresses);
    const taken = new Set(live.flatMap(({ inputs }) => inputs.map(keyOf)));
    let [confirmed, immature, pending, change] = [0, 0, 0, 0];
    for (const [key, coin] of this.coins) {
      if (!mine.has(coin.address) || taken.has(key)) continue;
      if (this.#isYoung(coin)) immature += coin.amount;
      else confirmed += coin.amount;
    }
    for (const { txid, outputs } of live) {
      for (const [index, { address, amount }] of outputs.entries()) {
        if (!mine.has(address) || taken.has(keyOf({ txid, index }))) continue;
        pending += amount;
        if (isOwn(txid)) change += amount;
      }
    }
    return { confirmed, pending, immature, spendable: confirmed + change };
  }

  #take(tx: DecodedTransaction, height: number): void {
    for (const input of tx.inputs) {
      const key = keyOf(input);
      if (this.spenders.has(key)) throw new Broken(`coin ${key} is spent twice`);
      const coin = this.coins.get(key);
      if (coin === undefined) throw new Broken(`coin ${key} is spent and was never made`);
      if (coin.amount !== input.amount) throw new Broken(`coin ${key} is spent for another amount`);
      this.coins.delete(key);
      this.spenders.set(key, tx.txid);
    }
    this.txids.add(tx.txid);
    for (const [index, { amount, address }] of tx.outputs.entries()) {
      const coin = { amount, address, height, isCoinbase: isCoinbase(tx) };
      this.coins.set(keyOf({ txid: tx.txid, index }), coin);
    }
  }

  #isYoung({ isCoinbase: isMined, height }: CountedCoin): boolean {
    return isMined && height > 0 && this.#height + 1 < height + this.#params.maturity;
  }
}

/** Of a coin: not the product's, which is its own witness. */
export const keyOf = ({ txid, index }: { readonly txid: Txid; readonly index: number }): string =>
  `${txid}:${String(index)}`;
