/** The judgement of `cairn verify`: a proof, a file and headers against each other. */

import { assertNever } from '../shared/assert.js';
import { toHex } from '../shared/bytes.js';
import type { Network } from '../shared/consensus/genesis.js';
import { confirm, type Confirmation } from '../shared/consensus/headerWalk.js';
import {
  checkProof,
  decodeProof,
  PROOF_BYTES_MAX,
  type Proof,
  type ProofFormProblem,
  type ProofProblem,
  type Proven,
} from '../shared/consensus/proof.js';
import { describeReject } from '../shared/consensus/reject.js';
import { fail, ok, type Result } from '../shared/result.js';
import { stampedHash } from '../shared/stamp.js';
import { hashDocument, readSmallFile } from './documents.js';

export interface Claim {
  readonly network: Network;
  /** Path of the file that the proof should stamp; `undefined`: none. */
  readonly document: string | undefined;
  /** Path of the proof. */
  readonly proof: string;
  /** From height 1 on. */
  readonly headers: Iterable<Uint8Array>;
}

export interface Verified {
  readonly proven: Proven;
  readonly at: Confirmation;
  readonly document: { readonly path: string; readonly sha256: string } | undefined;
}

/** What is wrong is one sentence. */
export type Verdict = Result<Verified, string>;

/** Reads the files; throws `Trouble` where one cannot be read. The headers come last. */
export function judge({ network, document, proof: path, headers }: Claim): Verdict {
  const proof = readProof(path);
  if (!proof.ok) return proof;
  const proven = checkProof(network, proof.value);
  if (!proven.ok) return fail(sentenceOf(proven.error, path, network));
  const stamped = document === undefined ? ok(undefined) : stampOf(document, proven.value);
  if (!stamped.ok) return stamped;
  const at = confirm(network, proven.value.blockHash, headers);
  if (at.ok) return ok({ proven: proven.value, at: at.value, document: stamped.value });
  if (at.error.type === 'bad-header') {
    const { height, reject } = at.error;
    return fail(`Header ${String(height)} breaks a rule: ${describeReject(reject)}`);
  }
  const count = String(at.error.tipHeight);
  return fail(
    `The block of the proof is not among the ${count} headers: it is newer than they are, or it ` +
      'left the chain.',
  );
}

function readProof(path: string): Result<Proof, string> {
  const bytes = readSmallFile(path, PROOF_BYTES_MAX);
  if (bytes === undefined) return fail(`${path} is no proof: it is too large.`);
  const proof = decodeProof(bytes);
  return proof.ok ? proof : fail(`${path} ${FORM_SENTENCES[proof.error]}.`);
}

const FORM_SENTENCES: Readonly<Record<ProofFormProblem, string>> = {
  'not-a-proof': 'is no proof',
  truncated: 'is a proof that is cut off',
  'trailing-bytes': 'is damaged: it has more after the proof',
  'index-too-large': 'is damaged: it claims an impossible tree',
  'path-too-long': 'is damaged: its path is too long',
  'transaction-too-large': 'is damaged: its transaction is too large',
};

function sentenceOf(problem: ProofProblem, path: string, { params }: Network): string {
  switch (problem) {
    case 'other-network':
      return `${path} is a proof of another network than ${params.name}.`;
    case 'bad-transaction':
      return `${path} was changed: what it holds is no transaction.`;
    case 'bad-signature':
      return `${path} is wrong: a signature of its transaction is not right.`;
    case 'not-included':
      return `${path} was changed: its path does not lead to the block.`;
    default:
      return assertNever(problem);
  }
}

function stampOf(path: string, { tx }: Proven): Result<Verified['document'], string> {
  const stamped = stampedHash(tx.memo);
  if (stamped === undefined) return fail('The proof is of a payment that stamps no file.');
  const sha256 = toHex(hashDocument(path));
  if (toHex(stamped) === sha256) return ok({ path, sha256 });
  return fail(`${path} is not the file that was stamped: its SHA-256 is ${sha256}.`);
}
