/**
 * A tree of blocks in which few people pay each other often: transactions that spend what their own
 * block made, several coins of one address, several outputs to one, and stamps.
 */

import { assertDefined } from '../../shared/assert.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { outpointKey, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import { seededRng, type Rng } from '../../shared/rng.js';
import { stampMemo } from '../../shared/stamp.js';
import {
  coinOf,
  genesisCoin,
  genesisOf,
  nextBlock,
  owner,
  pay,
  spend,
  type MadeBlock,
  type Owner,
  type Spendable,
} from './blocks.js';

interface MarketBlock extends MadeBlock {
  /** After it, by outpoint key. */
  readonly coins: ReadonlyMap<string, Spendable>;
}

const PEOPLE = [0, 1, 2, 3].map(owner);
const PAYMENTS_MAX = 4;

export class Market {
  readonly #network: Network;
  readonly #blocks: MarketBlock[];

  /** A network of `makeNetwork` whose coinbases mature after one block. */
  constructor(network: Network) {
    this.#network = network;
    const coins = new Map(PEOPLE.map((_, i) => keyed(genesisCoin(network, i))));
    this.#blocks = [{ ...genesisOf(network), coins }];
  }

  /** A block on the one that was made `back` before the last; `choice` is all its chance. */
  grow(back: number, choice: number): MadeBlock {
    const parent = this.#blocks.at(-1 - back) ?? this.#blocks[0];
    const rng = seededRng(choice);
    const from = assertDefined(parent, 'the first block is genesis');
    const coins = new Map(from.coins);
    const transactions: DecodedTransaction[] = [];
    for (let count = rng.below(PAYMENTS_MAX + 1); count > 0; count--) {
      const payment = this.#pay(coins, rng);
      if (payment !== undefined) transactions.push(payment);
    }
    const payTo = someone(rng);
    const extraNonce = this.#blocks.length;
    const made = nextBlock(this.#network, from, { transactions, payTo, extraNonce });
    const coinbase = assertDefined(made.block.transactions[0], 'a block has a coinbase');
    coins.set(...keyed(coinOf(coinbase, 0, payTo)));
    this.#blocks.push({ ...made, coins });
    return made;
  }

  /** Spends one to three of `coins`, and adds what it makes. */
  #pay(coins: Map<string, Spendable>, rng: Rng): DecodedTransaction | undefined {
    const spent = [...coins.values()].filter(() => rng.below(3) === 0).slice(0, 3);
    const total = spent.reduce((sum, { amount }) => sum + amount, 0);
    if (spent.length === 0 || total < 3) return undefined;
    const takers = Array.from({ length: 1 + rng.below(3) }, () => someone(rng));
    const each = Math.floor(total / takers.length);
    const memo = rng.below(3) === 0 ? stampMemo(new Uint8Array(32).fill(rng.below(3))) : undefined;
    const outputs = takers.map((taker) => pay(taker, each));
    const tx = spend(this.#network, { coins: spent, outputs, ...(memo && { memo }) });
    for (const { txid, index } of spent) coins.delete(outpointKey(txid, index));
    for (const [i, taker] of takers.entries()) coins.set(...keyed(coinOf(tx, i, taker)));
    return tx;
  }
}

const keyed = (coin: Spendable): [string, Spendable] => [outpointKey(coin.txid, coin.index), coin];

const someone = (rng: Rng): Owner => assertDefined(PEOPLE[rng.below(PEOPLE.length)], 'someone');
