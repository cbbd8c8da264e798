/**
 * Checks what a peer answered about addresses: each transaction leads to the Merkle root of a
 * header that we know, and has to do with what was asked. So nothing can be invented. That nothing
 * was left out cannot be checked: others are asked, too.
 */

import { addressOf } from '../../shared/consensus/address.js';
import { checkProof, type Proof, type ProofProblem } from '../../shared/consensus/proof.js';
import type { DecodedTransaction } from '../../shared/consensus/transaction.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { AddressHash, BlockHash } from '../../shared/units.js';
import type { ProvenTransaction } from '../../shared/wire/peerMessages.js';
import { isAncestor, type HeaderEntry } from '../chain/headerEntry.js';
import type { ProofAnswer, ProofQuestion } from '../types.js';
import type { LightChain } from './lightChain.js';

/** A transaction that a header of ours proves. */
export interface Proven {
  readonly tx: DecodedTransaction;
  readonly entry: HeaderEntry;
  /** In its block, by whoever proved it; a header does not prove it. */
  readonly position: number;
  readonly proof: ProvenTransaction;
}

export interface CheckedAnswer {
  readonly upTo: HeaderEntry;
  readonly proven: readonly Proven[];
  /** Where the rest begins; `undefined`: that was all. */
  readonly next: Pick<ProofQuestion, 'height' | 'position'> | undefined;
}

export type AnswerProblem =
  | ProofProblem
  /** It says that there is more, and gives nothing. */
  | 'nothing'
  /** The block is none of the chain that the answer is about. */
  | 'other-chain'
  | 'wrong-order'
  /** It neither pays nor spends from an address that was asked for. */
  | 'not-asked';

/** `undefined`: it stands at a block that we do not know yet, and says nothing to us. */
export function checkAnswer(
  { addresses, height, position }: ProofQuestion,
  { state, upTo: hash, proofs }: ProofAnswer,
  chain: LightChain,
): Result<CheckedAnswer, AnswerProblem> | undefined {
  const upTo = chain.entry(hash);
  if (upTo === undefined) return undefined;
  if (state === 'more' && proofs.length === 0) return fail('nothing');
  const asked = new Set(addresses);
  const proven: Proven[] = [];
  let next = { height, position };
  for (const proof of proofs) {
    const checked = checkOne(proof, upTo, chain);
    if (!checked.ok) return checked;
    const { tx, entry } = checked.value;
    if (isBefore({ height: entry.height, position: proof.position }, next)) {
      return fail('wrong-order');
    }
    if (!concerns(tx, asked)) return fail('not-asked');
    next = after(entry.height, proof.position);
    proven.push(checked.value);
  }
  return ok({ upTo, proven, next: state === 'more' ? next : undefined });
}

/** A proof that was checked before it was stored, if its header is still there. */
export function provenAgain(proof: ProvenTransaction, chain: LightChain): Proven | undefined {
  const entry = chain.entry(proof.block);
  const checked = entry === undefined ? undefined : checkOne(proof, entry, chain);
  return checked?.ok === true ? checked.value : undefined;
}

function checkOne(
  proof: ProvenTransaction,
  upTo: HeaderEntry,
  chain: LightChain,
): Result<Proven, AnswerProblem> {
  const { network } = chain;
  const entry = chain.entry(proof.block);
  if (entry === undefined || !isAncestor(entry, upTo)) return fail('other-chain');
  const checked = checkProof(network, proofFile(proof, chain.headerBytes(entry), network.id));
  if (!checked.ok) return checked;
  return ok({ tx: checked.value.tx, entry, position: proof.position, proof });
}

/** The same as a proof that stands for itself. */
export function proofFile(
  { position: index, count: treeSize, path, transaction }: ProvenTransaction,
  header: Uint8Array,
  networkId: BlockHash,
): Proof {
  return { networkId, header, index, treeSize, path: hashesIn(path), transaction };
}

const hashesIn = (path: Uint8Array): Uint8Array[] =>
  Array.from({ length: path.length / 32 }, (_, i) => path.subarray(32 * i, 32 * (i + 1)));

interface Place {
  readonly height: number;
  readonly position: number;
}

const isBefore = (a: Place, b: Place): boolean =>
  a.height < b.height || (a.height === b.height && a.position < b.position);

const POSITION_MAX = 0xffff;

const after = (height: number, position: number): Place =>
  position < POSITION_MAX
    ? { height, position: position + 1 }
    : { height: height + 1, position: 0 };

const concerns = (
  { outputs, keys }: DecodedTransaction,
  addresses: ReadonlySet<AddressHash>,
): boolean =>
  outputs.some(({ address }) => addresses.has(address)) ||
  keys.some((key) => addresses.has(addressOf(key)));
