/** Gives blocks of a file to a chain as if a peer had sent them: every rule is checked. */

import { describeReject, type Reject } from '../../shared/consensus/reject.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { UnixSeconds } from '../../shared/units.js';
import type { Chain } from '../chain/chain.js';
import { answersTo } from '../chain/signatures.js';
import type { ChainStore } from '../chain/store.js';

export interface ImportTarget {
  readonly chain: Chain;
  /** The store of `chain`. */
  readonly store: ChainStore;
  readonly now: UnixSeconds;
}

/** How many blocks were read, and how many of them were new. */
export interface ImportProgress {
  readonly readCount: number;
  readonly newCount: number;
}

/**
 * Imports `blocks`, some for each `next`. Ends early at the first block that is refused, with a
 * sentence that names it; what came before stays.
 */
export function* importBlocks(
  target: ImportTarget,
  blocks: Iterable<Uint8Array>,
): Generator<ImportProgress, Result<ImportProgress, string>> {
  let progress: ImportProgress = { readCount: 0, newCount: 0 };
  for (const group of grouped(blocks)) {
    const accepted = target.store.atomically(() => acceptGroup(target, group, progress));
    if (!accepted.ok) return accepted;
    const problem = settle(target);
    if (problem !== undefined) return fail(problem);
    progress = accepted.value;
    yield progress;
  }
  return ok(progress);
}

/** Blocks that are connected together: coins that live shortly are never written. */
const GROUP = 64;

function* grouped(blocks: Iterable<Uint8Array>): Generator<Uint8Array[], void> {
  let group: Uint8Array[] = [];
  for (const block of blocks) {
    group.push(block);
    if (group.length < GROUP) continue;
    yield group;
    group = [];
  }
  if (group.length > 0) yield group;
}

function acceptGroup(
  { chain, now }: ImportTarget,
  group: readonly Uint8Array[],
  before: ImportProgress,
): Result<ImportProgress, string> {
  let { readCount, newCount } = before;
  for (const bytes of group) {
    readCount++;
    const accepted = chain.acceptBlock(bytes, now);
    if (!accepted.ok) return fail(sentenceOf(readCount, accepted.error));
    if (accepted.value.isNew) newCount++;
  }
  return ok({ readCount, newCount });
}

/** Moves until the chain rests; the answer is a sentence when a block failed. */
function settle({ chain, store }: ImportTarget): string | undefined {
  for (;;) {
    const step = store.atomically(() => {
      const { verify, failures, more } = chain.advance();
      chain.onVerified(verify.flatMap((batch) => answersTo(chain.network.idBytes, batch)));
      return { failures, isOver: !more && verify.length === 0 };
    });
    const [failure] = step.failures;
    if (failure !== undefined) return sentenceOf(failure.entry.height, failure.reject);
    if (step.isOver) return undefined;
  }
}

const sentenceOf = (height: number, reject: Reject): string =>
  `Block ${String(height)} of the file is refused: ${describeReject(reject)}`;
