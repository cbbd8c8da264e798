/** A chain in memory and what waits for its blocks, step by step. */

import { Chain } from '../../peer/chain/chain.js';
import { answersTo } from '../../peer/chain/signatures.js';
import type { ChainStore } from '../../peer/chain/store.js';
import { DEFAULT_POLICY, Transactions } from '../../peer/mempool/transactions.js';
import type { Network } from '../../shared/consensus/genesis.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { MonoMs, Now } from '../../shared/units.js';
import { GENESIS_TIME, type MadeBlock } from './blocks.js';
import { accept, memoryStore } from './chains.js';

export const SCENE_NOW = {
  mono: 0 as MonoMs,
  unix: (GENESIS_TIME + 100_000) as Now['unix'],
};

/** A chain with what waits for its blocks, one small step of both after the other. */
export class MempoolScene {
  readonly store: ChainStore;
  readonly chain: Chain;
  readonly transactions: Transactions;
  now: Now = SCENE_NOW;

  readonly #network: Network;

  constructor(network: Network, store: ChainStore = memoryStore(network), policy = DEFAULT_POLICY) {
    this.#network = network;
    this.store = store;
    this.chain = store.atomically(() => new Chain(network, store));
    this.transactions = new Transactions(policy, network.params, { chain: this.chain, store });
  }

  put(...txs: readonly DecodedTransaction[]): this {
    for (const [index, tx] of txs.entries()) {
      this.transactions.intake.put(tx, { type: 'command', id: 1, index });
    }
    return this.rest();
  }

  give(...blocks: readonly MadeBlock[]): this {
    for (const { bytes } of blocks) accept(this.chain, this.store, bytes);
    return this.rest();
  }

  rest(): this {
    while (this.step(1));
    return this;
  }

  waits(tx: DecodedTransaction): boolean {
    return this.transactions.mempool.get(tx.txid) !== undefined;
  }

  /** One step that moves the chain by `cost` at most, else as a node's; whether more is to do. */
  step(cost?: number): boolean {
    return this.store.atomically(() => this.#step(cost));
  }

  #step(cost?: number): boolean {
    const advance = this.chain.advance(cost);
    this.transactions.onAdvance(advance, this.now, true);
    const { verify } = this.transactions.settle(this.now);
    const batches = [...advance.verify, ...verify];
    const results = batches.flatMap((batch) => answersTo(this.#network.idBytes, batch));
    this.chain.onVerified(results);
    this.transactions.intake.onVerified(results);
    return advance.more || results.length > 0 || this.transactions.intake.hasMore;
  }
}
