/** The ledger of a wallet, made of what was proven. */

import type { Amount, AddressHash, Txid, UnixSeconds } from '../../shared/units.js';
import type { HistoryPage } from '../index/readers.js';
import type { Ledger, WaitingTransaction } from '../wallet/ledger.js';
import { addressOf } from '../../shared/consensus/address.js';
import type { LightChain } from './lightChain.js';
import type { Payments, WaitingPayment } from './payments.js';
import type { ProofBook } from './proofBook.js';
import type { Provers } from './provers.js';
import type { Testimonies } from './testimonies.js';

export interface LightLedgerDependencies {
  readonly chain: LightChain;
  readonly book: ProofBook;
  readonly testimonies: Testimonies;
  readonly provers: Provers;
  readonly payments: Payments;
}

/** Thrown where nobody was asked about an address yet: whoever reads asks, and reads again. */
export class Untold extends Error {
  override readonly name = 'Untold';
  readonly addresses: readonly AddressHash[];

  constructor(addresses: readonly AddressHash[]) {
    super('Nobody told of these addresses yet.');
    this.addresses = addresses;
  }
}

export class LightLedger implements Ledger {
  readonly #parts: LightLedgerDependencies;

  constructor(dependencies: LightLedgerDependencies) {
    this.#parts = dependencies;
  }

  get height(): number {
    return this.#parts.chain.tip.height;
  }

  /** Whether one peer has told of all addresses up to the tip. */
  get isCurrent(): boolean {
    return this.#parts.testimonies.isCurrent(this.#parts.provers.wanted);
  }

  get maturity(): number {
    return this.#parts.chain.network.params.maturity;
  }

  timeOf(height: number): UnixSeconds | undefined {
    return this.#parts.chain.active(height)?.time;
  }

  /** Whether somebody told of all these addresses. */
  isTold(addresses: readonly AddressHash[]): boolean {
    return addresses.every((address) => this.#parts.testimonies.covers(address));
  }

  need(addresses: readonly AddressHash[]): void {
    const untold = addresses.filter((address) => !this.#parts.testimonies.covers(address));
    if (untold.length > 0) throw new Untold(untold);
  }

  coins(address: AddressHash) {
    this.need([address]);
    return this.#parts.book.coins(address);
  }

  history(address: AddressHash, page: HistoryPage) {
    this.need([address]);
    return this.#parts.book.history(address, page);
  }

  place(txid: Txid) {
    return this.#parts.book.place(txid);
  }

  waiting(txid: Txid): WaitingTransaction | undefined {
    const payment = this.#parts.payments.get(txid);
    return payment && waitingOf(payment);
  }

  waitingOf(address: AddressHash): readonly WaitingTransaction[] {
    const isOf = ({ tx: { keys, outputs } }: WaitingPayment): boolean =>
      keys.some((key) => addressOf(key) === address) ||
      outputs.some((output) => output.address === address);
    return this.#parts.payments.waiting().filter(isOf).map(waitingOf);
  }
}

function waitingOf({ tx, addedAt }: WaitingPayment): WaitingTransaction {
  const sum = (coins: readonly { readonly amount: Amount }[]): number =>
    coins.reduce((total, { amount }) => total + amount, 0);
  return { tx, addedAt, fee: (sum(tx.inputs) - sum(tx.outputs)) as Amount };
}
