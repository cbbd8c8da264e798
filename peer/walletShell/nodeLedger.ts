/** The ledger of a wallet, from a node's index and from what waits in it. */

import { Trouble } from '../../shared/io/trouble.js';
import type { AddressHash, Txid, UnixSeconds } from '../../shared/units.js';
import type { HistoryPage, IndexReader } from '../index/readers.js';
import type { Queries } from '../queries.js';
import type { Ledger, WaitingTransaction } from '../wallet/ledger.js';
import type { Look } from './payer.js';

/** Who waits until the index is at the tip; `undefined` when it cannot be read now. */
export interface IndexAccess {
  read<T>(use: (index: IndexReader) => T): Promise<T | undefined>;
}

/** `index`: `undefined` where the operator switched it off. */
export function lookFrom(index: IndexAccess | undefined, queries: Queries): Look {
  return async (use) => {
    if (index === undefined) throw isOff();
    const read = await index.read((reader) => ({ value: use(new NodeLedger(reader, queries)) }));
    if (read === undefined) throw isBusy();
    return read.value;
  };
}

class NodeLedger implements Ledger {
  readonly #index: IndexReader;
  readonly #queries: Queries;

  constructor(index: IndexReader, queries: Queries) {
    this.#index = index;
    this.#queries = queries;
  }

  get height(): number {
    return this.#index.height;
  }

  get isCurrent(): boolean {
    return this.#index.cursor()?.hash === this.#queries.tip.hash;
  }

  get maturity(): number {
    return this.#queries.network.params.maturity;
  }

  timeOf(height: number): UnixSeconds | undefined {
    return this.#queries.active(height)?.time;
  }

  /** The index knows all of them. */
  need(): void {
    return undefined;
  }

  coins(address: AddressHash) {
    return this.#index.coins(address);
  }

  history(address: AddressHash, page: HistoryPage) {
    return this.#index.history(address, page);
  }

  place(txid: Txid) {
    return this.#index.place(txid);
  }

  waiting(txid: Txid): WaitingTransaction | undefined {
    return this.#queries.waiting(txid);
  }

  waitingOf(address: AddressHash): readonly WaitingTransaction[] {
    return this.#queries.waitingOf(address);
  }
}

const isOff = (): Trouble =>
  new Trouble(
    'index-off',
    'The wallet needs the node’s index of addresses, which is switched off.',
    'Start the node with --address-index.',
  );

const isBusy = (): Trouble =>
  new Trouble('index-busy', 'The node’s index cannot be read now.', 'Try again in a moment.');
