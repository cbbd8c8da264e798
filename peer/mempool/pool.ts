/**
 * The transactions that wait, by name and by what they spend, with the totals of each one's
 * ancestors and descendants. No two of them spend one coin.
 */

import { assert } from '../../shared/assert.js';
import { outpointKey, type DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { AddressHash, Txid, Wtxid } from '../../shared/units.js';
import { closure, totalsOf, type MempoolEntry } from './entry.js';
import { RateBuckets, type RateBucket } from './rateBuckets.js';

export class Pool {
  readonly #entries = new Map<Txid, MempoolEntry>();
  readonly #byWtxid = new Map<Wtxid, MempoolEntry>();
  /** By the outpoint key of each coin that is spent. */
  readonly #spenders = new Map<string, MempoolEntry>();
  readonly #byAddress = new Map<AddressHash, Set<MempoolEntry>>();
  readonly #rates = new RateBuckets();
  #bytes = 0;

  get count(): number {
    return this.#entries.size;
  }

  /** Bytes of all transactions. */
  get bytes(): number {
    return this.#bytes;
  }

  /** In the order in which they came. */
  entries(): IterableIterator<MempoolEntry> {
    return this.#entries.values();
  }

  get(txid: Txid): MempoolEntry | undefined {
    return this.#entries.get(txid);
  }

  /** Those that pay most first, roughly. */
  byRate(): Iterable<RateBucket> {
    return this.#rates.descending();
  }

  byWtxid(wtxid: Wtxid): MempoolEntry | undefined {
    return this.#byWtxid.get(wtxid);
  }

  /** Who spends the coin. */
  spender(outpoint: string): MempoolEntry | undefined {
    return this.#spenders.get(outpoint);
  }

  /** Those that pay to `address` or spend its coins. */
  entriesOf(address: AddressHash): ReadonlySet<MempoolEntry> {
    return this.#byAddress.get(address) ?? NONE;
  }

  /** Those that spend the coins of `outpoints`, which are those that `txid` spends. */
  conflictsOf(txid: Txid, outpoints: readonly string[]): Set<MempoolEntry> {
    const found = new Set<MempoolEntry>();
    for (const outpoint of outpoints) {
      const spender = this.#spenders.get(outpoint);
      if (spender !== undefined && spender.tx.txid !== txid) found.add(spender);
    }
    return found;
  }

  /** Those whose coins `tx` spends. */
  parentsOf(tx: DecodedTransaction): Set<MempoolEntry> {
    const found = new Set<MempoolEntry>();
    for (const { txid } of tx.inputs) {
      const parent = this.#entries.get(txid);
      if (parent !== undefined) found.add(parent);
    }
    return found;
  }

  /** Adds one that conflicts with none. Its children may be there already: then it came back. */
  add(entry: MempoolEntry): void {
    const { tx } = entry;
    for (const outpoint of entry.outpoints) {
      assert(!this.#spenders.has(outpoint), 'no two of them spend one coin');
      this.#spenders.set(outpoint, entry);
    }
    this.#entries.set(tx.txid, entry);
    this.#byWtxid.set(tx.wtxid, entry);
    this.#bytes += entry.bytes;
    for (const address of entry.addresses) this.#addressSet(address).add(entry);
    for (const parent of this.parentsOf(tx)) link(parent, entry);
    for (let i = 0; i < tx.outputs.length; i++) {
      const child = this.#spenders.get(outpointKey(tx.txid, i));
      if (child !== undefined) link(entry, child);
    }
    this.#count(closure([entry], 'parents'), closure([entry], 'children'));
  }

  /** Takes one out; what spends its coins stays. */
  remove(entry: MempoolEntry): void {
    const { tx } = entry;
    assert(this.#entries.delete(tx.txid), 'it is there');
    this.#byWtxid.delete(tx.wtxid);
    this.#bytes -= entry.bytes;
    for (const outpoint of entry.outpoints) this.#spenders.delete(outpoint);
    for (const address of entry.addresses) this.#forget(address, entry);
    const [above, below] = [closure(entry.parents, 'parents'), closure(entry.children, 'children')];
    for (const parent of entry.parents) parent.children.delete(entry);
    for (const child of entry.children) child.parents.delete(entry);
    entry.parents.clear();
    entry.children.clear();
    this.#rates.remove(entry);
    this.#count(above, below);
  }

  /** Counts anew what changes when something between `above` and `below` came or went. */
  #count(above: Iterable<MempoolEntry>, below: Iterable<MempoolEntry>): void {
    for (const entry of above) entry.descendants = totalsOf(closure([entry], 'children'));
    for (const entry of below) {
      entry.ancestors = totalsOf(closure([entry], 'parents'));
      this.#rates.place(entry);
    }
  }

  #addressSet(address: AddressHash): Set<MempoolEntry> {
    const known = this.#byAddress.get(address);
    if (known !== undefined) return known;
    const made = new Set<MempoolEntry>();
    this.#byAddress.set(address, made);
    return made;
  }

  #forget(address: AddressHash, entry: MempoolEntry): void {
    const entries = this.#byAddress.get(address);
    entries?.delete(entry);
    if (entries?.size === 0) this.#byAddress.delete(address);
  }
}

const NONE: ReadonlySet<MempoolEntry> = new Set();

function link(parent: MempoolEntry, child: MempoolEntry): void {
  parent.children.add(child);
  child.parents.add(parent);
}
