/** Transactions, proofs and stamps as the HTTP API shows them. */

import { assertDefined } from '../../shared/assert.js';
import { toHex } from '../../shared/bytes.js';
import { decodeBlock, type Block } from '../../shared/consensus/block.js';
import { encodeProof, proofOf } from '../../shared/consensus/proof.js';
import type { FoundTransactionJson, ProofJson, StampJson } from '../../shared/http/indexSchemas.js';
import { describeMempoolReject } from '../../shared/consensus/policyReject.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import { ok, type Result } from '../../shared/result.js';
import type { Txid } from '../../shared/units.js';
import type { TransactionPlace } from '../index/readers.js';
import type { Departure, Fate, MempoolEntry, Queries } from '../queries.js';
import { transactionOf } from './chainJson.js';
import { confirmationsOf, entryOf, type View } from './indexView.js';
import { refuse, type Refusal } from './refusal.js';

export function transactionJsonOf(
  view: View,
  txid: Txid,
  format: 'json' | 'hex',
): Result<FoundTransactionJson, Refusal> {
  const found = find(view, txid);
  if (!found.ok) return found;
  const { block, place } = found.value;
  const tx = assertDefined(block.transactions[place.position], 'the index knows its place');
  const content = contentOf(tx, view.queries, format);
  return ok({ ...content, waiting: null, ...placeJsonOf(view, place), ...view.standing });
}

/** One that waits for a block, and where it stands among the others. */
export function waitingJsonOf(
  queries: Queries,
  entry: MempoolEntry,
  format: 'json' | 'hex',
): FoundTransactionJson {
  const { tip } = queries;
  const { fee, ancestors, addedAt } = entry;
  const feeRate = Math.round((ancestors.fees * 1_000) / ancestors.bytes);
  return {
    ...contentOf(entry.tx, queries, format),
    waiting: { ...queries.placeOf(entry), fee, feeRate, since: addedAt },
    ...{ blockHash: null, height: null, position: null, time: null, confirmations: 0 },
    ...{ indexHeight: tip.height, indexHash: tip.hash, tipHeight: tip.height },
  };
}

function contentOf(tx: DecodedTransaction, { network }: Queries, format: 'json' | 'hex') {
  const { txid, wtxid, bytes } = tx;
  return format === 'hex'
    ? { txid, wtxid, sizeBytes: bytes.length, hex: toHex(bytes) }
    : transactionOf(tx, network.params.prefix);
}

export function proofJsonOf(view: View, txid: Txid): Result<ProofJson, Refusal> {
  const found = find(view, txid);
  if (!found.ok) return found;
  const { block, place } = found.value;
  const hex = toHex(encodeProof(proofOf(view.queries.network, block, place.position)));
  const { blockHash, height, time, confirmations } = placeJsonOf(view, place);
  return ok({ txid, blockHash, height, time, confirmations, hex, ...view.standing });
}

export function stampJsonOf(view: View, document: string): Result<StampJson, Refusal> {
  const txid = view.index.stamp(document);
  const place = txid === undefined ? undefined : view.index.place(txid);
  if (txid === undefined || place === undefined) {
    return refuse('unknown-stamp', `No block stamps a document with SHA-256 ${document}.`);
  }
  return ok({ document, txid, ...placeJsonOf(view, place), ...view.standing });
}

interface Found {
  readonly place: TransactionPlace;
  readonly block: Block;
}

function find(view: View, txid: Txid): Result<Found, Refusal> {
  const { queries, standing } = view;
  const place = view.index.place(txid);
  if (place === undefined) {
    const upTo = String(standing.indexHeight);
    const fate = describeFate(queries.fateOf(txid));
    return refuse('unknown-transaction', `No block up to height ${upTo} holds ${txid}.${fate}`);
  }
  const bytes = queries.block(place.hash);
  const block = bytes === undefined ? undefined : decodeBlock(bytes);
  if (block?.ok === true) return ok({ place, block: block.value });
  return refuse('body-lost', `The disk does not give back block ${place.hash}.`);
}

/** What is known of one that neither waits nor is in a block. */
function describeFate(fate: Fate | undefined): string {
  if (fate === undefined) return '';
  if (fate.type === 'gone') return ` ${GONE[fate.departure]}`;
  return ` It was refused: ${describeMempoolReject(fate.reject)}`;
}

const GONE: Readonly<Record<Departure, string>> = {
  confirmed: 'It was in a block, which a reorganisation left.',
  conflict: 'A block has another transaction that spends the same coins.',
  wrong: 'A reorganisation took away what it spends.',
  replaced: 'Another transaction that spends the same coins and pays more took its place.',
  evicted: 'It had to go, for others paid more and there was no room.',
  expired: 'It waited too long, and was given up.',
};

function placeJsonOf(view: View, { hash, height, position }: TransactionPlace) {
  const { time } = entryOf(view, hash);
  const confirmations = confirmationsOf(view, height);
  return { blockHash: hash, height, position, time, confirmations };
}
