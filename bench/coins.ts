/** Many coins to spend, and payments that spend each of them once. */

import type { Network } from '../shared/consensus/genesis.js';
import { encodedSize } from '../shared/consensus/block.js';
import type { DecodedTransaction } from '../shared/consensus/transaction.js';
import { assertDefined } from '../shared/assert.js';
import {
  coinOf,
  genesisOf,
  nextBlock,
  owner,
  pay,
  spend,
  type MadeBlock,
  type Spendable,
} from '../test/support/blocks.js';

/** Outputs of one transaction that splits a coin, unless told otherwise. */
const SPLIT = 60;
/** Room for the coinbase and more. */
const SPARE_BYTES = 10_000;
const FEE = 100_000;

export interface ManyCoins {
  /** On genesis: what makes the coins. */
  readonly blocks: readonly MadeBlock[];
  readonly coins: readonly Spendable[];
}

/**
 * `count` coins or a few more, out of the allocations of `network`, each of another owner and split
 * into `parts`.
 */
export function manyCoins(network: Network, count: number, parts = SPLIT): ManyCoins {
  const { genesis, params } = network;
  const coinbase = assertDefined(genesis.transactions[0], 'genesis has a coinbase');
  const splits: DecodedTransaction[] = [];
  for (let i = 0; i * parts < count; i++)
    splits.push(split(network, coinOf(coinbase, i, owner(i + 1)), parts));
  const blocks: MadeBlock[] = [];
  let transactions: DecodedTransaction[] = [];
  const close = (): void => {
    blocks.push(nextBlock(network, blocks.at(-1) ?? genesisOf(network), { transactions }));
    transactions = [];
  };
  for (const tx of splits) {
    const sizeBytes = encodedSize({ transactions: [...transactions, tx] });
    if (sizeBytes > params.blockBytesMax - SPARE_BYTES) close();
    transactions.push(tx);
  }
  close();
  const coins = splits.flatMap((tx, i) =>
    Array.from({ length: parts }, (_, index) => coinOf(tx, index, owner(i + 1))),
  );
  return { blocks, coins };
}

function split(network: Network, from: Spendable, parts: number): DecodedTransaction {
  const each = Math.floor((from.amount - FEE) / parts);
  const outputs = Array.from({ length: parts }, () => pay(from.owner, each));
  return spend(network, { coins: [from], outputs });
}

/** A payment with one input and two outputs of each of `coins`. */
export function* payments(
  network: Network,
  coins: Iterable<Spendable>,
): Generator<DecodedTransaction, void> {
  let i = 0;
  for (const coin of coins) {
    // Fees that differ, so that there is something to choose.
    const fee = 300 + (i++ % 97);
    const outputs = [pay(owner(0), 1_000), pay(coin.owner, coin.amount - 1_000 - fee)];
    yield spend(network, { coins: [coin], outputs });
  }
}
