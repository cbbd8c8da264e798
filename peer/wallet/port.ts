/**
 * What may be asked of a node's wallet: its API calls these, its shell answers. Whatever is about
 * files throws `Trouble`; the rest is a `WalletProblem`.
 */

import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { Result } from '../../shared/result.js';
import type { AddressHash, Txid, UnixSeconds } from '../../shared/units.js';
import type { HistoryPage } from '../index/readers.js';
import type { HistoryRow } from './accountHistory.js';
import type { FeeRate } from './coinSelection.js';
import type { Account, Watched } from './document.js';
import type { Balance } from './holdings.js';
import type { PaymentFile } from './paymentFile.js';
import type { WalletProblem } from './problem.js';
import type { Words } from './words.js';

export interface WalletStatus {
  /** `keyless`: it knows addresses, and the words are elsewhere. */
  readonly state: 'none' | 'keyless' | 'locked' | 'unlocked';
  /** When it locks itself; `undefined`: it does not. */
  readonly locksAt: UnixSeconds | undefined;
  readonly accounts: number;
  readonly watched: number;
  /** Payments that are not safely in the chain yet. */
  readonly payments: number;
}

export interface AccountView {
  readonly account: Account;
  readonly balance: Balance;
}

export interface WatchedView {
  readonly watched: Watched;
  readonly balance: Balance;
}

export interface PaymentWish {
  /** Name of the account that pays. */
  readonly from: string;
  /** An address, or the name of an account of this wallet. */
  readonly to: string;
  readonly amount: number;
  /** `undefined`: what brings it into the next two blocks. */
  readonly feeRate: FeeRate | undefined;
  readonly memo: Uint8Array;
}

export interface PlannedPayment {
  readonly file: PaymentFile;
  /** What the recipient gets. */
  readonly amount: number;
  readonly change: number;
  /** Where it goes. */
  readonly changeTo: AddressHash;
  readonly fee: number;
  readonly feeRate: FeeRate;
  /** Addresses of this wallet. */
  readonly own: ReadonlySet<AddressHash>;
}

export interface SendWish {
  /** Whether to sign what is not signed: only for whoever looked at the payment. */
  readonly isToSign: boolean;
}

export interface SentPayment {
  readonly transaction: DecodedTransaction;
  /** Whether the wallet looks after it: not where it only passed on a payment of others. */
  readonly isOwn: boolean;
  /** Whether a block held it already. */
  readonly isInChain: boolean;
}

type Answer<T> = Result<T, WalletProblem>;

export interface WalletPort {
  status(): WalletStatus;
  /** Makes a wallet with new words, open, and its first account. */
  create(passphrase: string): Promise<Words>;
  /** The same with words that were written down. */
  restore(words: string, passphrase: string): Promise<Answer<WalletStatus>>;
  /** For `minutes`; 0: until it is locked. */
  unlock(passphrase: string, minutes: number): Promise<WalletStatus>;
  lock(): WalletStatus;
  words(passphrase: string): Promise<Words>;
  accounts(): Promise<readonly AccountView[]>;
  createAccount(name: string): Promise<Answer<AccountView>>;
  /** A fresh address of account `name`. */
  address(name: string): Promise<Answer<AddressHash>>;
  watched(): Promise<readonly WatchedView[]>;
  watch(address: string, label: string): Promise<Answer<WatchedView>>;
  /** Of one account or watched address, or of all accounts. */
  balance(of: string | undefined): Promise<Answer<Balance>>;
  history(of: string | undefined, page: HistoryPage): Promise<Answer<readonly HistoryRow[]>>;
  /** Chooses coins; signs nothing and keeps nothing. */
  plan(wish: PaymentWish): Promise<Answer<PlannedPayment>>;
  /** Keeps it, and gives it to the node; signs it before only where that is wished. */
  send(transaction: Uint8Array, wish: SendWish): Promise<Answer<SentPayment>>;
  /** Sends a payment no more, and frees its coins: it may be in the chain all the same. */
  forget(txid: Txid): Answer<WalletStatus>;
}
