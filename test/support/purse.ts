/** A wallet for tests: its words, its document, and the ledger that it looks at. */

import type { Network } from '../../shared/consensus/genesis.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { AddressHash, UnixSeconds } from '../../shared/units.js';
import { AccountKeys } from '../../peer/wallet/accountKeys.js';
import { planFromAccount, recordSigned } from '../../peer/wallet/accountPayment.js';
import { isUsed } from '../../peer/wallet/discovery.js';
import {
  addAccount,
  emptyDocument,
  findAccount,
  giveAddress,
  type Account,
  type WalletDocument,
} from '../../peer/wallet/document.js';
import { Holdings, watchedAddresses, type Balance } from '../../peer/wallet/holdings.js';
import { signPayment } from '../../peer/wallet/payment.js';
import { keyPairsAt } from '../../peer/wallet/paymentFile.js';
import { trackPayments, type TrackedPayment } from '../../peer/wallet/paymentState.js';
import { readWords, seedOf } from '../../peer/wallet/words.js';
import type { Result } from '../../shared/result.js';
import type { PlainLedger } from './plainLedger.js';

export const WORDS = `${'abandon '.repeat(11)}about`;

/** The value; throws what was the matter. */
export function must<T>(result: Result<T, unknown>): T {
  if (result.ok) return result.value;
  throw new Error(JSON.stringify(result.error));
}

export const SEED = seedOf(must(readWords(WORDS)));

/** The first one that these words give out. */
export const FIRST_ADDRESS = new AccountKeys(SEED, 0).keyPair('receive', 0).address;

export class Purse {
  readonly network: Network;
  readonly ledger: PlainLedger;
  document: WalletDocument;

  constructor(network: Network, ledger: PlainLedger, accounts: readonly string[] = ['Alice']) {
    this.network = network;
    this.ledger = ledger;
    this.document = emptyDocument(network.id);
    for (const name of accounts) this.document = must(addAccount(this.document, name, SEED));
  }

  get tracked(): readonly TrackedPayment[] {
    return trackPayments(this.document, this.ledger);
  }

  account(name = 'Alice'): Account {
    return must(findAccount(this.document, name));
  }

  address(name = 'Alice'): AddressHash {
    const given = must(giveAddress(this.document, name, (one) => isUsed(this.ledger, one)));
    this.document = given.document;
    return given.address;
  }

  balance(name = 'Alice'): Balance {
    const addresses = watchedAddresses(this.account(name));
    return new Holdings(this.ledger, this.tracked).balance(addresses);
  }

  /** Plans and signs. */
  sign(to: AddressHash, amount: number, from = 'Alice'): DecodedTransaction {
    const wish = { account: this.account(from), to, amount, feeRate: 1_000 };
    const plan = planFromAccount({ ...wish, memo: new Uint8Array(0) }, this.ledger, this.tracked);
    const { unsigned, paths } = must(plan);
    const signed = must(signPayment(unsigned, keyPairsAt(SEED, paths), this.network.idBytes));
    if (signed.missing > 0) throw new Error(`${signed.missing} signatures are missing`);
    return signed.transaction;
  }

  record({ txid, bytes }: DecodedTransaction, account = 'Alice'): void {
    const made = { txid, bytes, account, createdUnix: 1_800_000_000 as UnixSeconds };
    this.document = must(recordSigned(this.document, made, this.tracked));
  }

  /** All three steps; the node takes it. */
  send(to: AddressHash, amount: number, from = 'Alice'): DecodedTransaction {
    const tx = this.sign(to, amount, from);
    this.record(tx, from);
    if (!this.ledger.submit(tx)) throw new Error('refused');
    return tx;
  }
}
