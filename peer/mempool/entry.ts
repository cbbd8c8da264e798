/** One transaction that waits for a block, and how it hangs together with others that wait. */

import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { AddressHash, Amount, UnixSeconds } from '../../shared/units.js';

/** Some transactions together. */
export interface Totals {
  readonly count: number;
  readonly fees: number;
  readonly bytes: number;
}

export type EntryFacts = Pick<
  MempoolEntry,
  'tx' | 'fee' | 'outpoints' | 'spendsCoinbase' | 'addresses' | 'addedAt' | 'number'
>;

export class MempoolEntry {
  readonly tx: DecodedTransaction;
  /** What its inputs are worth more than its outputs. */
  readonly fee: Amount;
  /** The keys of the coins that it spends, in the order of its inputs. */
  readonly outpoints: readonly string[];
  /** Whether a reorganisation may make it immature. */
  readonly spendsCoinbase: boolean;
  readonly addedAt: UnixSeconds;
  /** Of two the one with the lower number came first. */
  readonly number: number;
  /** Whose coins it spends, and whom it pays. */
  readonly addresses: ReadonlySet<AddressHash>;
  /** Those in the pool whose coins it spends. */
  readonly parents = new Set<MempoolEntry>();
  /** Those in the pool that spend its coins. */
  readonly children = new Set<MempoolEntry>();
  /** Itself and all that must come before it. */
  ancestors: Totals;
  /** Itself and all that must come after it. */
  descendants: Totals;

  constructor(facts: EntryFacts) {
    const { tx, fee, outpoints, spendsCoinbase, addresses, addedAt, number } = facts;
    this.tx = tx;
    this.fee = fee;
    this.outpoints = outpoints;
    this.spendsCoinbase = spendsCoinbase;
    this.addedAt = addedAt;
    this.number = number;
    this.addresses = addresses;
    this.ancestors = this.alone;
    this.descendants = this.alone;
  }

  get bytes(): number {
    return this.tx.bytes.length;
  }

  get alone(): Totals {
    return { count: 1, fees: this.fee, bytes: this.bytes };
  }
}

/** All that `entries` lead to by `next`, themselves included. */
export function closure(
  entries: Iterable<MempoolEntry>,
  next: 'parents' | 'children',
): Set<MempoolEntry> {
  const found = new Set(entries);
  // What is added while the loop runs is visited as well.
  for (const entry of found) for (const other of entry[next]) found.add(other);
  return found;
}

export function totalsOf(entries: Iterable<MempoolEntry>): Totals {
  let [count, fees, bytes] = [0, 0, 0];
  for (const entry of entries) {
    count++;
    fees += entry.fee;
    bytes += entry.bytes;
  }
  return { count, fees, bytes };
}

/** Smallest units for 1,000 bytes. */
export const rateOf = ({ fees, bytes }: Pick<Totals, 'fees' | 'bytes'>): number =>
  (fees * 1_000) / bytes;
