/** Which accounts of a wallet's words were used, asked until the node has all blocks. */

import { discover, withAllUsed, withUsed } from '../wallet/discovery.js';
import type { WalletDocument } from '../wallet/document.js';
import type { Ledger } from '../wallet/ledger.js';

export interface AccountSearchOptions {
  /** What the first account is called; without it, `main`. */
  readonly firstAccount: string | undefined;
  /** Whether the node has all blocks that are to be had. */
  readonly isSynced: () => boolean;
}

/** What nobody named. */
const FIRST_ACCOUNT = 'main';

export class AccountSearch {
  readonly #options: AccountSearchOptions;
  #isOver = false;

  constructor(options: AccountSearchOptions) {
    this.#options = options;
  }

  /** The document with all that was used; itself where nothing is new. */
  search(document: WalletDocument, seed: Uint8Array, ledger: Ledger): WalletDocument {
    const { firstAccount = FIRST_ACCOUNT, isSynced } = this.#options;
    const nameOf = (number: number): string =>
      number === 0 ? firstAccount : `account-${String(number + 1)}`;
    // Asked before: what comes while it searches is for the next time.
    const isLast = isSynced();
    const found = discover(document, seed, { ledger, nameOf });
    this.#isOver = isLast;
    return found;
  }

  /** Whether a node with all blocks was asked since the words were opened. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Of words that were opened just now: what a wallet needs at once; `goOn` finds the rest. */
  open(document: WalletDocument, seed: Uint8Array, ledger: Ledger): WalletDocument {
    if (document.accounts.length === 0) return this.search(document, seed, ledger);
    this.#isOver = false;
    return withAllUsed(document, seed, ledger);
  }

  /** The same as time goes by: what was paid to addresses that nobody gave out counts as given. */
  goOn(document: WalletDocument, seed: Uint8Array | undefined, ledger: Ledger): WalletDocument {
    if (seed === undefined) return withUsed(document, ledger);
    return this.#isOver ? withAllUsed(document, seed, ledger) : this.search(document, seed, ledger);
  }
}
