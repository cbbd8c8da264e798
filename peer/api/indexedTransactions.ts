/** Transactions, proofs and stamps as the HTTP API shows them. */

import { assertDefined } from '../../shared/assert.js';
import { toHex } from '../../shared/bytes.js';
import { decodeBlock, type Block } from '../../shared/consensus/block.js';
import { encodeProof, proofOf } from '../../shared/consensus/proof.js';
import type {
  IndexedTransactionJson,
  ProofJson,
  StampJson,
} from '../../shared/http/indexSchemas.js';
import { ok, type Result } from '../../shared/result.js';
import type { Txid } from '../../shared/units.js';
import type { TransactionPlace } from '../index/readers.js';
import { transactionOf } from './chainJson.js';
import { confirmationsOf, entryOf, type View } from './indexView.js';
import { refuse, type Refusal } from './refusal.js';

export function transactionJsonOf(
  view: View,
  txid: Txid,
  format: 'json' | 'hex',
): Result<IndexedTransactionJson, Refusal> {
  const found = find(view, txid);
  if (!found.ok) return found;
  const { block, place } = found.value;
  const tx = assertDefined(block.transactions[place.position], 'the index knows its place');
  const { wtxid, bytes } = tx;
  const content =
    format === 'hex'
      ? { txid, wtxid, sizeBytes: bytes.length, hex: toHex(bytes) }
      : transactionOf(tx, view.queries.network.params.prefix);
  return ok({ ...content, ...placeJsonOf(view, place), ...view.standing });
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
    return refuse('unknown-transaction', `No block up to height ${upTo} holds ${txid}.`);
  }
  const bytes = queries.block(place.hash);
  const block = bytes === undefined ? undefined : decodeBlock(bytes);
  if (block?.ok === true) return ok({ place, block: block.value });
  return refuse('body-lost', `The disk does not give back block ${place.hash}.`);
}

function placeJsonOf(view: View, { hash, height, position }: TransactionPlace) {
  const { time } = entryOf(view, hash);
  const confirmations = confirmationsOf(view, height);
  return { blockHash: hash, height, position, time, confirmations };
}
