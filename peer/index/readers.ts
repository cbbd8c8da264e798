/**
 * What others may ask about transactions and addresses: API, wallet, simulator. All answers stand
 * at one block, the one at `height`; to be called between two steps of the follower.
 */

import type { AddressHash, Amount, BlockHash, Txid } from '../../shared/units.js';

/** Where a transaction stands: blocks by height, transactions of a block from 0 (the coinbase). */
export interface TransactionPosition {
  readonly height: number;
  readonly position: number;
}

/** An unspent output that an address holds. */
export interface AddressCoin extends TransactionPosition {
  readonly txid: Txid;
  readonly index: number;
  readonly amount: Amount;
  readonly isCoinbase: boolean;
}

/** A transaction that paid an address or spent its coins. */
export interface AddressHistory extends TransactionPosition {
  readonly txid: Txid;
  /** Sum of its outputs to the address. */
  readonly received: Amount;
  /** Sum of its inputs from the address. */
  readonly spent: Amount;
}

/** A bounded part of the coins of an address. */
export interface CoinPage {
  /** How many at most. */
  readonly count: number;
  /** Only what stands after this coin; `undefined`: from the oldest on. */
  readonly after: (TransactionPosition & { readonly index: number }) | undefined;
}

/** A bounded part of a history. */
export interface HistoryPage {
  /** How many at most. */
  readonly count: number;
  /** Only what stands before this place; `undefined`: from the newest on. */
  readonly before: TransactionPosition | undefined;
}

/** All coins and the whole history of an address in numbers. */
export interface AddressSummary {
  /** Sum of all coins. */
  readonly amount: Amount;
  /** The part of `amount` in coinbases that were made above `youngAbove` of the question. */
  readonly young: Amount;
  readonly coinCount: number;
  readonly transactionCount: number;
}

export interface AddressReader {
  /** Height of the block at which the answers stand; −1 before the genesis block was taken in. */
  readonly height: number;
  /** Oldest first; without a page, all. */
  coins(address: AddressHash, page?: CoinPage): readonly AddressCoin[];
  /** Newest first. */
  history(address: AddressHash, page: HistoryPage): readonly AddressHistory[];
  /** Places of its transactions from `from` on, oldest first, `count` at most. */
  placesFrom(
    address: AddressHash,
    from: TransactionPosition,
    count: number,
  ): readonly TransactionPosition[];
  /** `youngAbove`: coinbases of higher blocks, genesis never, are told apart. */
  summary(address: AddressHash, youngAbove: number): AddressSummary;
}

export interface TransactionPlace extends TransactionPosition {
  /** Of the block. */
  readonly hash: BlockHash;
}

export interface TransactionReader {
  /** Where a transaction stands; `undefined` when it is in no block that was taken in. */
  place(txid: Txid): TransactionPlace | undefined;
  /** The first transaction that stamps a document (SHA-256, 64 hex digits in byte order). */
  stamp(documentHash: string): Txid | undefined;
}

/** The block at which an index stands. */
export interface IndexCursor {
  readonly hash: BlockHash;
  readonly height: number;
}

export interface IndexReader extends AddressReader, TransactionReader {
  /** `undefined`: it holds nothing yet. */
  cursor(): IndexCursor | undefined;
  /** Hash of the block at a height up to the cursor's. */
  hashAt(height: number): BlockHash;
}
