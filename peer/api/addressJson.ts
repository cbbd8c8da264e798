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

const COUNT_DEFAULT = 100;

export function coinsJsonOf(
  view: View,
  { address, hash }: AskedAddress,
  query: RequestOf<'coins'>['query'],
): Result<CoinsJson, Refusal> {
  const count = query.count ?? COUNT_DEFAULT;
  const coins = view.index.coins(hash, { count: count + 1, after: coinAt(query.after) });
  const page = coins.slice(0, count);
  const last = coins.length > count ? page.at(-1) : undefined;
  const matureHeight = matureUpTo(view);
  return ok({
    address,
    coins: page.map(({ txid, index, amount, height, position, isCoinbase }) => ({
      ...{ txid, index, amount, height, position, isCoinbase },
      isMature: !isCoinbase || height === 0 || height <= matureHeight,
      confirmations: confirmationsOf(view, height),
    })),
    next: last === undefined ? null : `${placeText(last)}:${String(last.index)}`,
    ...view.standing,
  });
}

export function historyJsonOf(
  view: View,
  { address, hash }: AskedAddress,
  query: RequestOf<'history'>['query'],
): Result<HistoryJson, Refusal> {
  const count = query.count ?? COUNT_DEFAULT;
  const found = view.index.history(hash, { count: count + 1, before: placeOf(query.before) });
  const page = found.slice(0, count);
  const last = found.length > count ? page.at(-1) : undefined;
  return ok({
    address,
    transactions: page.map(({ txid, height, position, received, spent }) => ({
      ...{ txid, height, position, received, spent },
      ...blockAt(view, height),
      confirmations: confirmationsOf(view, height),
    })),
    next: last === undefined ? null : placeText(last),
    ...view.standing,
  });
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
