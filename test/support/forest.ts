/**
 * A naive chain beside the real one: trees of blocks, the coins after each recomputed from
 * genesis.
 */

import { assertDefined } from '../../shared/assert.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { outpointKey, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import {
  coinOf,
  decoded,
  genesisCoin,
  genesisOf,
  nextBlock,
  owner,
  pay,
  spend,
  type MadeBlock,
  type Spendable,
} from './blocks.js';

/** What a grown block is like; the kinds after 'spend' break a rule. */
export type Kind = 'plain' | 'spend' | 'double-spend' | 'greedy' | 'bad-signature';

/** A block of the forest. */
export interface Grown extends MadeBlock {
  readonly parent: Grown | undefined;
  /** Neither this block nor an ancestor breaks a rule. */
  readonly isValid: boolean;
  /** Coins after it, by outpoint key: those whose spending the forest tries. */
  readonly coins: ReadonlyMap<string, Spendable>;
}

export class Forest {
  readonly #network: Network;
  readonly blocks: Grown[];
  /** Every coin there ever was. */
  readonly coins = new Map<string, Spendable>();

  constructor(network: Network) {
    this.#network = network;
    const genesisCoins = [0, 1, 2, 3, 4].map((i) => genesisCoin(network, i));
    const coins = this.#keyed(genesisCoins);
    this.blocks = [{ ...genesisOf(network), parent: undefined, isValid: true, coins }];
  }

  /** Grows a block on the `on`-th one; `choice` picks the coin that it spends. */
  grow(on: number, kind: Kind, choice: number): Grown {
    const parent = assertDefined(this.blocks[on % this.blocks.length], 'a parent');
    const extraNonce = this.blocks.length;
    const coin = this.#choose(parent, kind, choice);
    const transactions = coin === undefined ? [] : [this.#payment(coin, extraNonce, kind)];
    const reward = kind === 'greedy' ? { reward: this.#network.params.subsidy + 2 } : {};
    const made = nextBlock(this.#network, parent, { transactions, extraNonce, ...reward });
    const isValid =
      parent.isValid && (kind === 'plain' || (kind === 'spend' && coin !== undefined));
    const grown = { ...made, parent, isValid, coins: this.#after(parent, transactions) };
    this.blocks.push(grown);
    return grown;
  }

  /** The path from the first block after genesis to `block`. */
  path(block: Grown): Grown[] {
    return block.parent === undefined ? [] : [...this.path(block.parent), block];
  }

  #choose(parent: Grown, kind: Kind, choice: number): Spendable | undefined {
    if (kind === 'plain') return undefined;
    const all = [...this.coins.entries()];
    const isThere = kind !== 'double-spend';
    const possible = all.filter(([outpoint]) => parent.coins.has(outpoint) === isThere);
    // With nothing spent yet, a coin that never was.
    const stranger = { txid: decoded(NO_TRANSACTION).txid, index: 0, amount: 5, owner: owner(0) };
    const [, coin] = possible[choice % possible.length] ?? [];
    return coin ?? (isThere ? undefined : (stranger as Spendable));
  }

  #payment(coin: Spendable, n: number, kind: Kind): DecodedTransaction {
    const half = Math.ceil(coin.amount / 2);
    const outputs = [pay(owner(n), half), ...(half > 1 ? [pay(owner(n), half - 1)] : [])];
    const tx = spend(this.#network, { coins: [coin], outputs });
    if (kind !== 'bad-signature') return tx;
    return decoded({
      ...tx,
      signatures: tx.signatures.map((s) => s.map((x, i) => (i === 3 ? x ^ 1 : x))),
    });
  }

  #after(parent: Grown, transactions: readonly DecodedTransaction[]): Map<string, Spendable> {
    const coins = new Map(parent.coins);
    const n = this.blocks.length;
    for (const tx of transactions) {
      for (const { txid, index } of tx.inputs) coins.delete(outpointKey(txid, index));
      const made = this.#keyed(tx.outputs.map((_, i) => coinOf(tx, i, owner(n))));
      for (const [outpoint, coin] of made) coins.set(outpoint, coin);
    }
    return coins;
  }

  #keyed(coins: readonly Spendable[]): Map<string, Spendable> {
    const keyed = new Map(coins.map((coin) => [outpointKey(coin.txid, coin.index), coin]));
    for (const [outpoint, coin] of keyed) this.coins.set(outpoint, coin);
    return keyed;
  }
}

const NO_TRANSACTION = {
  inputs: [],
  keys: [],
  outputs: [],
  lockHeight: 0,
  memo: new Uint8Array(0),
  signatures: [],
};
