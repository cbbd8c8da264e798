/**
 * What a block changes in the index of transactions and addresses. An input states the amount and
 * the key of the coin that it spends, so that the block's own bytes say all of it.
 */

import { addressOf } from '../../shared/consensus/address.js';
import type { Block } from '../../shared/consensus/block.js';
import { outpointKey, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import { toHex } from '../../shared/bytes.js';
import { stampedHash } from '../../shared/stamp.js';
import type { AddressHash, Amount, BlockHash, Txid } from '../../shared/units.js';

/** A coin that a block spends, and that an earlier block made. */
export interface SpentCoin {
  readonly txid: Txid;
  readonly index: number;
  readonly address: AddressHash;
  readonly amount: Amount;
}

/** A coin that a block makes and leaves. */
export interface MadeCoin {
  readonly height: number;
  /** Of its transaction in the block. */
  readonly position: number;
  readonly index: number;
  readonly address: AddressHash;
  readonly amount: Amount;
}

/** A transaction in the history of an address. */
export interface HistoryEntry {
  readonly position: number;
  readonly received: Amount;
  readonly spent: Amount;
}

export interface Stamp {
  /** SHA-256 of the document, 64 hex digits in byte order. */
  readonly documentHash: string;
  readonly position: number;
}

export interface BlockChanges {
  readonly height: number;
  readonly hash: BlockHash;
  /** By position. */
  readonly txids: readonly Txid[];
  /** By outpoint key. */
  readonly made: ReadonlyMap<string, MadeCoin>;
  /** By outpoint key. */
  readonly spent: ReadonlyMap<string, SpentCoin>;
  /** Entries by ascending position. */
  readonly history: ReadonlyMap<AddressHash, readonly HistoryEntry[]>;
  readonly stamps: readonly Stamp[];
}

/** What `block`, connected at `height`, changes. */
export function changesOf(block: Block, height: number): BlockChanges {
  const made = new Map<string, MadeCoin>();
  const spent = new Map<string, SpentCoin>();
  const history = new Map<AddressHash, HistoryEntry[]>();
  const stamps: Stamp[] = [];
  for (const [position, tx] of block.transactions.entries()) {
    const coins = spentBy(tx);
    for (const coin of coins) {
      const outpoint = outpointKey(coin.txid, coin.index);
      if (!made.delete(outpoint)) spent.set(outpoint, coin);
    }
    for (const [index, { amount, address }] of tx.outputs.entries()) {
      made.set(outpointKey(tx.txid, index), { height, position, index, address, amount });
    }
    addHistory(history, position, coins, tx.outputs);
    const document = stampedHash(tx.memo);
    if (document !== undefined) stamps.push({ documentHash: toHex(document), position });
  }
  const txids = block.transactions.map(({ txid }) => txid);
  return { height, hash: block.hash, txids, made, spent, history, stamps };
}

function spentBy({ inputs, keys }: DecodedTransaction): SpentCoin[] {
  const addresses = keys.map(addressOf);
  return inputs.map(({ txid, index, amount, key }) => {
    // A connected block's inputs name keys that are there.
    return { txid, index, amount, address: addresses[key] as AddressHash };
  });
}

interface Sums {
  received: number;
  spent: number;
}

/** Sums stay below 2^53: the rules compare them at each step. */
function addHistory(
  history: Map<AddressHash, HistoryEntry[]>,
  position: number,
  spent: readonly Pick<SpentCoin, 'address' | 'amount'>[],
  received: readonly Pick<SpentCoin, 'address' | 'amount'>[],
): void {
  const sums = new Map<AddressHash, Sums>();
  for (const { address, amount } of spent) sumsOf(sums, address).spent += amount;
  for (const { address, amount } of received) sumsOf(sums, address).received += amount;
  for (const [address, sum] of sums) {
    const entry = { position, received: sum.received as Amount, spent: sum.spent as Amount };
    const entries = history.get(address);
    if (entries === undefined) history.set(address, [entry]);
    else entries.push(entry);
  }
}

function sumsOf(sums: Map<AddressHash, Sums>, address: AddressHash): Sums {
  const known = sums.get(address);
  if (known !== undefined) return known;
  const fresh = { received: 0, spent: 0 };
  sums.set(address, fresh);
  return fresh;
}
