/**
 * The transactions that were proven, and what follows from them on the chain as it stands: a
 * reorganisation takes nothing out, it only makes others count.
 */

import { addressOf } from '../../shared/consensus/address.js';
import { outpointKey } from '../../shared/consensus/transaction.js';
import type { AddressHash, Amount, Txid } from '../../shared/units.js';
import type {
  AddressCoin,
  AddressHistory,
  HistoryPage,
  TransactionPlace,
} from '../index/readers.js';
import type { Proven } from './checkProofs.js';
import type { LightChain } from './lightChain.js';

export class ProofBook {
  readonly #chain: Pick<LightChain, 'isActive'>;
  readonly #byTxid = new Map<Txid, Proven[]>();
  readonly #byAddress = new Map<AddressHash, Proven[]>();
  /** By the outpoint key of each coin that they spend. */
  readonly #spenders = new Map<string, Proven[]>();
  #count = 0;

  constructor(chain: Pick<LightChain, 'isActive'>) {
    this.#chain = chain;
  }

  /** Transactions, those of branches that were left included. */
  get count(): number {
    return this.#count;
  }

  /** True when it was not there. */
  add(proven: Proven): boolean {
    const { tx, entry } = proven;
    const known = this.#byTxid.get(tx.txid) ?? [];
    if (known.some((one) => one.entry === entry)) return false;
    this.#count++;
    push(this.#byTxid, tx.txid, proven);
    const addresses = [...tx.outputs.map(({ address }) => address), ...tx.keys.map(addressOf)];
    for (const address of new Set(addresses)) push(this.#byAddress, address, proven);
    for (const { txid, index } of tx.inputs) {
      push(this.#spenders, outpointKey(txid, index), proven);
    }
    return true;
  }

  /** The one on the chain. */
  get(txid: Txid): Proven | undefined {
    return this.#byTxid.get(txid)?.find((one) => this.#counts(one));
  }

  place(txid: Txid): TransactionPlace | undefined {
    const proven = this.get(txid);
    return proven && { ...placeOf(proven), hash: proven.entry.hash };
  }

  /** Oldest first. */
  coins(address: AddressHash): AddressCoin[] {
    const coins: AddressCoin[] = [];
    for (const proven of this.#of(address).reverse()) {
      const { txid, outputs, inputs } = proven.tx;
      const isCoinbase = inputs.length === 0;
      for (const [index, output] of outputs.entries()) {
        if (output.address !== address || this.#isSpent(txid, index)) continue;
        coins.push({ ...placeOf(proven), txid, index, amount: output.amount, isCoinbase });
      }
    }
    return coins;
  }

  /** Newest first. */
  history(address: AddressHash, { count, before }: HistoryPage): AddressHistory[] {
    const all = this.#of(address).filter(
      (proven) => before === undefined || newestFirst(before, placeOf(proven)) < 0,
    );
    return all.slice(0, count).map((proven) => ({
      ...placeOf(proven),
      txid: proven.tx.txid,
      ...flowOf(proven, address),
    }));
  }

  /** Newest first. */
  #of(address: AddressHash): Proven[] {
    const all = (this.#byAddress.get(address) ?? []).filter((one) => this.#counts(one));
    return all.sort((a, b) => newestFirst(placeOf(a), placeOf(b)));
  }

  #isSpent(txid: Txid, index: number): boolean {
    const spenders = this.#spenders.get(outpointKey(txid, index)) ?? [];
    return spenders.some((one) => this.#counts(one));
  }

  #counts({ entry }: Proven): boolean {
    return this.#chain.isActive(entry);
  }
}

function push<K>(map: Map<K, Proven[]>, key: K, proven: Proven): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [proven]);
  else list.push(proven);
}

const placeOf = ({ entry, position }: Proven) => ({ height: entry.height, position });

type Place = ReturnType<typeof placeOf>;

const newestFirst = (a: Place, b: Place): number => b.height - a.height || b.position - a.position;

function flowOf({ tx }: Proven, address: AddressHash) {
  const isMine = tx.keys.map((key) => addressOf(key) === address);
  const sum = (amounts: readonly number[]): Amount =>
    amounts.reduce((total, amount) => total + amount, 0) as Amount;
  const paid = tx.outputs.filter((output) => output.address === address);
  const spent = tx.inputs.filter(({ key }) => isMine[key] === true);
  return {
    received: sum(paid.map(({ amount }) => amount)),
    spent: sum(spent.map(({ amount }) => amount)),
  };
}
