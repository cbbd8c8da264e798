/**
 * What others may ask about transactions and addresses: API, wallet, simulator. All answers stand
 * at one block of one chain, the one at `height`; to be called between two slices of the follower.
 */

import type { AddressHash, Amount, BlockHash, Txid } from '../../shared/units.js';

/** An unspent output that an address holds. */
export interface AddressCoin {
  readonly txid: Txid;
  readonly index: number;
  readonly amount: Amount;
  /** Height of the block that made it. */
  readonly height: number;
  readonly isCoinbase: boolean;
}

/** Where a transaction stands: blocks by height, transactions of a block from 0 (the coinbase). */
export interface HistoryPlace {
  readonly height: number;
  readonly position: number;
}

/** A transaction that paid an address or spent its coins. */
export interface AddressHistory extends HistoryPlace {
  readonly txid: Txid;
  /** Sum of its outputs to the address. */
  readonly received: Amount;
  /** Sum of its inputs from the address. */
  readonly spent: Amount;
}

/** A bounded part of a history. */
export interface HistoryPage {
  /** How many at most. */
  readonly count: number;
  /** Only what stands below this place; `undefined`: from the newest on. */
  readonly before: HistoryPlace | undefined;
}

export interface AddressReader {
  /** Height of the block at which the answers stand; −1 before the genesis block was taken in. */
  readonly height: number;
  /** By height and position of the transaction that made each, oldest first. */
  coins(address: AddressHash): readonly AddressCoin[];
  /** Newest first. */
  history(address: AddressHash, page: HistoryPage): readonly AddressHistory[];
}

export interface TransactionPlace extends HistoryPlace {
  /** Of the block. */
  readonly hash: BlockHash;
}

export interface TransactionReader {
  /** Where a transaction of the chain stands; `undefined` when it is in no block of it. */
  place(txid: Txid): TransactionPlace | undefined;
}
