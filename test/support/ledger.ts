/**
 * A naive index beside the real one: coins and histories counted from genesis, block by block, from
 * the outputs alone; what an input says of its coin is not believed.
 */

import { assertDefined } from '../../shared/assert.js';
import { toHex } from '../../shared/bytes.js';
import type { Block } from '../../shared/consensus/block.js';
import { outpointKey, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import { stampedHash } from '../../shared/stamp.js';
import type { AddressHash, BlockHash, Txid } from '../../shared/units.js';
import type { AddressCoin, AddressHistory, TransactionPlace } from '../../peer/index/readers.js';
import type { SqliteIndex } from '../../peer/storage/sqliteIndex.js';

type Held = AddressCoin & { readonly address: AddressHash };

export class Ledger {
  readonly places = new Map<Txid, TransactionPlace>();
  readonly stamps = new Map<string, Txid>();
  readonly #coins = new Map<string, Held>();
  readonly #histories = new Map<AddressHash, AddressHistory[]>();
  #height = -1;

  /** Counts `blocks`, the first of which is genesis. */
  constructor(blocks: readonly Block[]) {
    for (const block of blocks) {
      this.#height++;
      for (const [position, tx] of block.transactions.entries()) {
        this.#take(tx, position, block.hash);
      }
    }
  }

  /** Every address that was ever paid. */
  get addresses(): AddressHash[] {
    return [...this.#histories.keys()];
  }

  coins(address: AddressHash): AddressCoin[] {
    const own = [...this.#coins.values()].filter((coin) => coin.address === address);
    return own.map(withoutAddress).sort(byAge);
  }

  /** Newest first. */
  history(address: AddressHash): AddressHistory[] {
    return [...(this.#histories.get(address) ?? [])].reverse();
  }

  #take(tx: DecodedTransaction, position: number, hash: BlockHash): void {
    const at = { height: this.#height, position };
    const { txid } = tx;
    const sums = new Map<AddressHash, { received: number; spent: number }>();
    const sumsOf = (address: AddressHash) => {
      const found = sums.get(address) ?? { received: 0, spent: 0 };
      sums.set(address, found);
      return found;
    };
    for (const input of tx.inputs) {
      const key = outpointKey(input.txid, input.index);
      const coin = assertDefined(this.#coins.get(key), 'a coin that is spent is there');
      sumsOf(coin.address).spent += coin.amount;
      this.#coins.delete(key);
    }
    for (const [index, { amount, address }] of tx.outputs.entries()) {
      sumsOf(address).received += amount;
      const isCoinbase = tx.inputs.length === 0;
      this.#coins.set(outpointKey(txid, index), {
        ...{ ...at, txid, index, amount, isCoinbase, address },
      });
    }
    for (const [address, sum] of sums) {
      const entries = this.#histories.get(address) ?? [];
      entries.push({ ...at, txid, ...sum } as AddressHistory);
      this.#histories.set(address, entries);
    }
    this.places.set(txid, { ...at, hash });
    const document = stampedHash(tx.memo);
    if (document !== undefined && !this.stamps.has(toHex(document))) {
      this.stamps.set(toHex(document), txid);
    }
  }
}

const withoutAddress = (coin: Held): AddressCoin =>
  Object.fromEntries(Object.entries(coin).filter(([key]) => key !== 'address')) as never;

const byAge = (a: AddressCoin, b: AddressCoin): number =>
  a.height - b.height || a.position - b.position || a.index - b.index;

/** All that an index answers about what `ledger` knows, and the same from the ledger. */
export function bothSides(
  index: SqliteIndex,
  ledger: Ledger,
  strangers: { readonly addresses: readonly AddressHash[]; readonly txids: readonly Txid[] },
): { readonly index: object; readonly ledger: object } {
  const addresses = [...new Set([...ledger.addresses, ...strangers.addresses])];
  const txids = [...new Set([...ledger.places.keys(), ...strangers.txids])];
  const all = { count: 1_000_000, before: undefined };
  return {
    index: {
      coins: addresses.map((address) => index.coins(address)),
      histories: addresses.map((address) => index.history(address, all)),
      places: txids.map((txid) => index.place(txid)),
      stamps: [...ledger.stamps.keys()].map((document) => index.stamp(document)),
    },
    ledger: {
      coins: addresses.map((address) => ledger.coins(address)),
      histories: addresses.map((address) => ledger.history(address)),
      places: txids.map((txid) => ledger.places.get(txid)),
      stamps: [...ledger.stamps.values()],
    },
  };
}
