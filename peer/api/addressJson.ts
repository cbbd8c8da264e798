/** Addresses, their coins and their histories as the HTTP API shows them. */

import type { AddressJson, CoinsJson, HistoryJson } from '../../shared/http/indexSchemas.js';
import type { RequestOf } from '../../shared/http/routes.js';
import { ok, type Result } from '../../shared/result.js';
import type { AddressHash } from '../../shared/units.js';
import type { CoinPage, TransactionPosition } from '../index/readers.js';
import { confirmationsOf, entryOf, type View } from './indexView.js';
import type { Refusal } from './refusal.js';

/** As it was asked for, and what it stands for. */
export interface AskedAddress {
  readonly address: string;
  readonly hash: AddressHash;
}

export function addressJsonOf(
  view: View,
  address: string,
  hash: AddressHash,
): Result<AddressJson, Refusal> {
  const summary = view.index.summary(hash, matureUpTo(view));
  return ok({
    address,
    confirmed: summary.amount - summary.young,
    immature: summary.young,
    coins: summary.coinCount,
    transactions: summary.transactionCount,
    ...view.standing,
  });
}

export function coinsJsonOf(
  view: View,
  { address, hash }: AskedAddress,
  query: RequestOf<'coins'>['query'],
): Result<CoinsJson, Refusal> {
  const after = coinAt(query.after);
  const page = pageOf(query.count, (count) => view.index.coins(hash, { count, after }));
  const matureHeight = matureUpTo(view);
  return ok({
    address,
    coins: page.items.map(({ txid, index, amount, height, position, isCoinbase }) => ({
      ...{ txid, index, amount, height, position, isCoinbase },
      isMature: !isCoinbase || height === 0 || height <= matureHeight,
      confirmations: confirmationsOf(view, height),
    })),
    next: page.end === undefined ? null : `${placeText(page.end)}:${String(page.end.index)}`,
    ...view.standing,
  });
}

export function historyJsonOf(
  view: View,
  { address, hash }: AskedAddress,
  query: RequestOf<'history'>['query'],
): Result<HistoryJson, Refusal> {
  const before = placeOf(query.before);
  const page = pageOf(query.count, (count) => view.index.history(hash, { count, before }));
  return ok({
    address,
    transactions: page.items.map(({ txid, height, position, received, spent }) => ({
      ...{ txid, height, position, received, spent },
      ...blockAt(view, height),
      confirmations: confirmationsOf(view, height),
    })),
    next: page.end === undefined ? null : placeText(page.end),
    ...view.standing,
  });
}

interface Page<T> {
  readonly items: readonly T[];
  /** The last one, where others follow. */
  readonly end: T | undefined;
}

const COUNT_DEFAULT = 100;

/** As many as were asked for. `read` is asked for one more, to know whether others follow. */
function pageOf<T>(asked: number | undefined, read: (count: number) => readonly T[]): Page<T> {
  const count = asked ?? COUNT_DEFAULT;
  const found = read(count + 1);
  const items = found.slice(0, count);
  return { items, end: found.length > count ? items.at(-1) : undefined };
}

/** Coinbases up to this height may be spent by the block after the one where the index stands. */
const matureUpTo = ({ queries, standing }: View): number =>
  standing.indexHeight + 1 - queries.network.params.maturity;

function blockAt(view: View, height: number) {
  const blockHash = view.index.hashAt(height);
  return { blockHash, time: entryOf(view, blockHash).time };
}

const placeText = ({ height, position }: TransactionPosition): string =>
  `${String(height)}:${String(position)}`;

/** The schema has made sure of the form. */
function placeOf(text: string | undefined): TransactionPosition | undefined {
  if (text === undefined) return undefined;
  const [height = 0, position = 0] = text.split(':').map(Number);
  return { height, position };
}

function coinAt(text: string | undefined): CoinPage['after'] {
  const place = placeOf(text);
  return place && { ...place, index: Number(text?.split(':')[2]) };
}
