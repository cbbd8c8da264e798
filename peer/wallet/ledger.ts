/**
 * What a wallet reads: the node's index of the chain and what waits for a block, or what a light
 * peer was proven. It keeps no copy, so that its balance and history follow every reorganisation.
 */

import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { AddressHash, Amount, Txid, UnixSeconds } from '../../shared/units.js';
import type { AddressReader, HistoryPage, TransactionReader } from '../index/readers.js';

/** One that waits for a block. */
export interface WaitingTransaction {
  readonly tx: DecodedTransaction;
  readonly fee: Amount;
  readonly addedAt: UnixSeconds;
}

/** Where a transaction stands in the chain. */
export type Place = NonNullable<HistoryPage['before']>;

type IndexPart = Pick<AddressReader, 'height' | 'coins' | 'history'> &
  Pick<TransactionReader, 'place'>;

export interface Ledger extends IndexPart {
  /** Whether the index stands at the tip; if not, what seems to be missing may be on its way. */
  readonly isCurrent: boolean;
  /** Blocks after which coins of a coinbase can be spent. */
  readonly maturity: number;
  /** When the block at `height` was made, as its header says. */
  timeOf(height: number): UnixSeconds | undefined;
  /**
   * Called before the rest is asked about these addresses: a ledger that has to ask others first
   * throws, and whoever reads is called again when it knows. So nothing may change before.
   */
  need(addresses: readonly AddressHash[]): void;
  waiting(txid: Txid): WaitingTransaction | undefined;
  /** Those that pay `address` or spend its coins. */
  waitingOf(address: AddressHash): readonly WaitingTransaction[];
}
