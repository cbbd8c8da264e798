/** What the API answers from the index: transactions, proofs, stamps, addresses. */

import { decodeAddress } from '../../shared/consensus/address.js';
import { fail, type Result } from '../../shared/result.js';
import type { AddressHash, Txid } from '../../shared/units.js';
import type { IndexReader } from '../index/readers.js';
import type { Queries } from '../queries.js';
import { addressJsonOf, coinsJsonOf, historyJsonOf } from './addressJson.js';
import { standingOf, type View } from './indexView.js';
import { proofJsonOf, stampJsonOf, transactionJsonOf } from './indexedTransactions.js';
import { refuse, type Refusal } from './refusal.js';
import type { Handlers } from './server.js';

/** Reads from the index once it is at the tip, or has tried for a while. */
export interface IndexDesk {
  /** Of the block at which it stands; −1 before it holds any. */
  readonly height: number;
  /** `undefined` when it cannot be read now. */
  read<T>(use: (index: IndexReader) => T): Promise<T | undefined>;
}

type IndexRoute = 'transaction' | 'proof' | 'stamp' | 'address' | 'coins' | 'history';

/** `desk`: `undefined` where the index is switched off. */
export function createIndexHandlers(
  queries: Queries,
  desk: IndexDesk | undefined,
): Pick<Handlers, IndexRoute> {
  const ask: Ask = async (use) => {
    if (desk === undefined) return refuse('index-off', 'This node keeps no index.');
    const answer = await desk.read((index) => {
      const standing = standingOf(index, queries);
      return standing === undefined ? undefined : use({ index, queries, standing });
    });
    return answer ?? refuse('index-busy', 'The index cannot be read now.');
  };
  const about = <T>(
    text: string,
    use: (view: View, address: AddressHash) => Result<T, Refusal>,
  ): Promise<Result<T, Refusal>> => {
    const address = readAddress(text, queries);
    return ask((view) => (address.ok ? use(view, address.value) : address));
  };
  return {
    transaction: ({ params: { txid }, query }) =>
      ask((view) => transactionJsonOf(view, txid as Txid, query.format ?? 'json')),
    proof: ({ params: { txid } }) => ask((view) => proofJsonOf(view, txid as Txid)),
    stamp: ({ params: { document } }) => ask((view) => stampJsonOf(view, document)),
    address: ({ params: { address } }) =>
      about(address, (view, hash) => addressJsonOf(view, address, hash)),
    coins: ({ params: { address }, query }) =>
      about(address, (view, hash) => coinsJsonOf(view, { address, hash }, query)),
    history: ({ params: { address }, query }) =>
      about(address, (view, hash) => historyJsonOf(view, { address, hash }, query)),
  };
}

type Ask = <T>(use: (view: View) => Result<T, Refusal>) => Promise<Result<T, Refusal>>;

function readAddress(text: string, { network }: Queries): Result<AddressHash, Refusal> {
  const { name, prefix } = network.params;
  const address = decodeAddress(prefix, text);
  if (address.ok) return address;
  const message = `${text} is no address of network ${name} (${address.error}).`;
  return fail({ type: 'http', code: 'bad-request', message });
}
