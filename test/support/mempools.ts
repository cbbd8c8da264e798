/** Mempools for tests, and transactions for them. */

import type { Coin } from '../../peer/chain/store.js';
import { Mempool, type MempoolOptions } from '../../peer/mempool/mempool.js';
import { DEFAULT_POLICY } from '../../peer/mempool/transactions.js';
import type { Network } from '../../shared/consensus/genesis.js';
import { outpointKey, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import { coinOf, genesisCoin, owner, pay, spend, type Spendable } from './blocks.js';

/** The coins of the genesis block of `network`. */
function genesisCoins({ genesis }: Network): Map<string, Coin> {
  const [coinbase] = genesis.transactions;
  return new Map(
    coinbase?.outputs.map((output, i) => {
      const coin: Coin = { ...output, height: 0, isCoinbase: true };
      return [outpointKey(coinbase.txid, i), coin] as const;
    }),
  );
}

/** An empty mempool over the coins of genesis. */
export function emptyMempool(network: Network, options: Partial<MempoolOptions> = {}): Mempool {
  const coins = genesisCoins(network);
  const coin = (outpoint: string): Coin | undefined => coins.get(outpoint);
  return new Mempool({ ...DEFAULT_POLICY, params: network.params, coin, ...options });
}

/** Pays `from` to owner 5 in `count` coins, all but the first of 1,000, less `fee`. */
export function payOn(
  network: Network,
  from: Spendable,
  { fee = 1_000, count = 1, memo }: { fee?: number; count?: number; memo?: Uint8Array } = {},
): DecodedTransaction {
  const small = Array.from({ length: count - 1 }, () => pay(owner(5), 1_000));
  const rest = pay(owner(5), from.amount - fee - 1_000 * (count - 1));
  return spend(network, { coins: [from], outputs: [rest, ...small], ...(memo && { memo }) });
}

/** The same of the `i`-th coin of genesis. */
export const payGenesis = (network: Network, i: number, fee = 1_000): DecodedTransaction =>
  payOn(network, genesisCoin(network, i), { fee });

/** What spends output `index` of `tx`, which `payOn` made. */
export const childOf = (
  network: Network,
  tx: DecodedTransaction,
  index = 0,
  fee = 250,
): DecodedTransaction => payOn(network, coinOf(tx, index, owner(5)), { fee });
