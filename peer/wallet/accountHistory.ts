/**
 * What came to addresses and what went, newest first: what waits, then the chain. Nothing of it is
 * kept, so that it is that of the active chain whatever happened before.
 */

import { addressOf } from '../../shared/consensus/address.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import type { AddressHash, Amount, Txid, UnixSeconds } from '../../shared/units.js';
import type { AddressHistory, HistoryPage } from '../index/readers.js';
import type { Ledger, Place } from './ledger.js';
import type { TrackedPayment } from './paymentState.js';

export type HistoryState = 'confirmed' | 'waiting' | 'unsent' | 'failed';

export interface HistoryRow {
  readonly txid: Txid;
  readonly state: HistoryState;
  /** To the addresses, and from them: what they gained is the difference. */
  readonly received: number;
  readonly spent: number;
  /** 1 in the last block; 0 in none. */
  readonly confirmations: number;
  /** Where it stands in the chain; `undefined` in none. */
  readonly place: Place | undefined;
  /** Of its block, or when it was seen first. */
  readonly time: UnixSeconds | undefined;
}

/** `page.before` leaves out what waits, too. */
export function historyOf(
  addresses: readonly AddressHash[],
  page: HistoryPage,
  { ledger, tracked }: { readonly ledger: Ledger; readonly tracked: readonly TrackedPayment[] },
): readonly HistoryRow[] {
  ledger.need(addresses);
  const waiting = page.before === undefined ? waitingRows(addresses, ledger, tracked) : [];
  const confirmed = confirmedRows(addresses, page, ledger);
  return [...waiting, ...confirmed].slice(0, page.count);
}

function waitingRows(
  addresses: readonly AddressHash[],
  ledger: Ledger,
  tracked: readonly TrackedPayment[],
): HistoryRow[] {
  const mine = new Set(addresses);
  const rows = new Map<Txid, HistoryRow>();
  for (const { made, tx, state } of tracked) {
    if (state.type === 'confirmed') continue;
    const row = rowOf(tx, mine);
    if (row.received + row.spent === 0) continue;
    rows.set(tx.txid, { ...row, state: state.type, time: made.createdUnix });
  }
  for (const address of addresses) {
    for (const { tx, addedAt } of ledger.waitingOf(address)) {
      if (rows.has(tx.txid) || ledger.place(tx.txid) !== undefined) continue;
      rows.set(tx.txid, { ...rowOf(tx, mine), state: 'waiting', time: addedAt });
    }
  }
  return [...rows.values()].sort((a, b) => (b.time ?? 0) - (a.time ?? 0));
}

type Bare = Omit<HistoryRow, 'state' | 'time'>;

function rowOf(tx: DecodedTransaction, mine: ReadonlySet<AddressHash>): Bare {
  const received = tx.outputs
    .filter(({ address }) => mine.has(address))
    .reduce((sum, { amount }) => sum + amount, 0);
  const isMine = tx.keys.map((key) => mine.has(addressOf(key)));
  const spent = tx.inputs
    .filter(({ key }) => isMine[key] === true)
    .reduce((sum, { amount }) => sum + amount, 0);
  return { txid: tx.txid, received, spent, confirmations: 0, place: undefined };
}

/** Whatever stands among the first `count` of all is among the first `count` of its address. */
function confirmedRows(
  addresses: readonly AddressHash[],
  page: HistoryPage,
  ledger: Ledger,
): HistoryRow[] {
  const merged = new Map<Txid, AddressHistory>();
  for (const address of addresses) {
    for (const one of ledger.history(address, page)) {
      const known = merged.get(one.txid);
      merged.set(one.txid, known === undefined ? one : together(known, one));
    }
  }
  const newest = [...merged.values()].sort(newestFirst).slice(0, page.count);
  return newest.map(({ txid, received, spent, height, position }) => ({
    ...{ txid, state: 'confirmed', received, spent, place: { height, position } },
    confirmations: ledger.height - height + 1,
    time: ledger.timeOf(height),
  }));
}

const together = (a: AddressHistory, b: AddressHistory): AddressHistory => ({
  ...a,
  received: (a.received + b.received) as Amount,
  spent: (a.spent + b.spent) as Amount,
});

const newestFirst = (a: Place, b: Place): number => b.height - a.height || b.position - a.position;
