/**
 * The coins of a chain, counted anew from its blocks: what docs/protocol.md says of them, written
 * down once more, so that the product's own code is not its own witness.
 */

import { decodeBlock } from '../../shared/consensus/block.js';
import type { NetworkParams } from '../../shared/consensus/params.js';
import { outpointKey, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { ChainSnapshot } from '../../peer/storage/snapshot.js';
import { standingIn } from '../../peer/storage/snapshot.js';
import type { HeaderEntry } from '../../peer/chain/headerEntry.js';

interface CountedCoin {
  readonly amount: number;
  readonly address: string;
  readonly height: number;
  readonly isCoinbase: boolean;
}

/** What is wrong with the stored coins of `snapshot`, or `undefined`. */
export function recount(snapshot: ChainSnapshot): string | undefined {
  const { params, genesis } = snapshot.network;
  const count = new Recount(params);
  for (const tx of genesis.transactions) count.add(tx, 0);
  const path: HeaderEntry[] = [];
  let at = standingIn(snapshot).position;
  for (; at.parent !== undefined; at = at.parent) path.push(at);
  for (const entry of path.reverse()) {
    const transactions = transactionsOf(snapshot.chain.body(entry.id), entry);
    if (transactions === undefined) return `block ${String(entry.height)} is not there`;
    const problem = count.block(transactions, entry.height);
    if (problem !== undefined) return `block ${String(entry.height)}: ${problem}`;
  }
  return count.difference(snapshot);
}

class Recount {
  readonly #params: NetworkParams;
  readonly #coins = new Map<string, CountedCoin>();

  constructor(params: NetworkParams) {
    this.#params = params;
  }

  block(transactions: readonly DecodedTransaction[], height: number): string | undefined {
    let fees = 0;
    for (const tx of transactions.slice(1)) {
      for (const { txid, index, amount } of tx.inputs) {
        const coin = this.#coins.get(outpointKey(txid, index));
        if (coin === undefined) return 'it spends a coin that is not there';
        const isYoung = coin.isCoinbase && coin.height > 0;
        if (isYoung && height < coin.height + this.#params.maturity) return 'it spends too early';
        if (coin.amount !== amount) return 'it says another amount than the coin has';
        this.#coins.delete(outpointKey(txid, index));
        fees += amount;
      }
      for (const { amount } of tx.outputs) fees -= amount;
      this.add(tx, height);
    }
    const paid = transactions[0]?.outputs.reduce((sum, { amount }) => sum + amount, 0) ?? 0;
    const era = Math.floor((height - 1) / this.#params.halvingInterval);
    if (paid > Math.floor(this.#params.subsidy / 2 ** era) + fees) return 'its coinbase takes more';
    for (const tx of transactions.slice(0, 1)) this.add(tx, height);
    return undefined;
  }

  add(tx: DecodedTransaction, height: number): void {
    const isCoinbase = tx.inputs.length === 0;
    for (const [index, { amount, address }] of tx.outputs.entries()) {
      this.#coins.set(outpointKey(tx.txid, index), { amount, address, height, isCoinbase });
    }
  }

  /** The first stored coin that is another one, or that there are more or fewer. */
  difference({ chain }: ChainSnapshot): string | undefined {
    let stored = 0;
    for (const [outpoint, coin] of chain.coins()) {
      stored++;
      const counted = this.#coins.get(outpoint);
      if (counted === undefined) return `coin ${outpoint} is stored and should be gone`;
      const { amount, address, height, isCoinbase } = counted;
      const isSame = coin.amount === amount && coin.address === address && coin.height === height;
      if (!isSame || coin.isCoinbase !== isCoinbase) return `coin ${outpoint} is stored wrongly`;
    }
    const expected = this.#coins.size;
    return stored === expected
      ? undefined
      : `${String(stored)} of ${String(expected)} coins are stored`;
  }
}

/** What a body decodes to; the same bytes again, from whichever disk, are not decoded again. */
function transactionsOf(
  body: Uint8Array | undefined,
  { hash }: HeaderEntry,
): readonly DecodedTransaction[] | undefined {
  if (body === undefined) return undefined;
  const known = DECODED.get(hash);
  if (known !== undefined && Buffer.compare(known.body, body) === 0) return known.transactions;
  const decoded = decodeBlock(body);
  if (!decoded.ok) return undefined;
  const { transactions } = decoded.value;
  const [oldest] = DECODED.keys();
  if (DECODED.size >= DECODED_MAX && oldest !== undefined) DECODED.delete(oldest);
  DECODED.set(hash, { body, transactions });
  return transactions;
}

/** By the hash of the block. */
const DECODED = new Map<string, Decoded>();
const DECODED_MAX = 20_000;

interface Decoded {
  readonly body: Uint8Array;
  readonly transactions: readonly DecodedTransaction[];
}
