/**
 * Answers light peers from the node's index, a block at a time, so that the node's own work goes on
 * between; and as long as a block took, it rests: strangers get half of the thread at most.
 */

import type { BlockHash } from '../shared/units.js';
import { PROOFS_BYTES_MAX, PROOFS_MAX } from '../shared/wire/peerMessages.js';
import { planProofs, proveStepwise } from './index/proving.js';
import type { IndexReader } from './index/readers.js';
import type { ProofAnswer, ProofQuestion } from './types.js';

export interface ProofDeskDependencies {
  /** Who waits until it is at the tip; `undefined` when it cannot be read now. */
  readonly index: { read<T>(use: (index: IndexReader) => T): Promise<T | undefined> };
  /** The whole block, if its body is stored. */
  readonly block: (hash: BlockHash) => Uint8Array | undefined;
}

/** Rests are at least so long, in which all others have their turn. */
const REST_MS = 1;

/** `undefined`: there is no answer now. */
export async function answerProofs(
  question: ProofQuestion,
  { index, block }: ProofDeskDependencies,
): Promise<ProofAnswer | undefined> {
  const plan = await index.read((reader) => planProofs(reader, question, { count: PROOFS_MAX }));
  if (plan === undefined) return undefined;
  const proving = proveStepwise(plan, block, PROOFS_BYTES_MAX);
  for (;;) {
    const began = performance.now();
    const step = proving.next();
    if (step.done === true) return step.value;
    const restMs = Math.max(REST_MS, performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, restMs));
  }
}
