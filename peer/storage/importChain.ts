/** Gives blocks of a file to a chain as if a peer had sent them: every rule is checked. */

import { describeReject, type Reject } from '../../shared/consensus/reject.js';
import { fail, ok, type Result } from '../../shared/result.js';
import type { UnixSeconds } from '../../shared/units.js';
import type { Chain } from '../chain/chain.js';
import type { Accepted } from '../chain/headerIntake.js';
import type { Failure } from '../chain/mover.js';
import { answersTo } from '../chain/signatures.js';
import type { ChainStore } from '../chain/store.js';

export interface ImportTarget {
  readonly chain: Chain;
  /** The store of `chain`. */
  readonly store: ChainStore;
  readonly now: UnixSeconds;
}

/** How many blocks were read and not refused, and how many of them were new. */
export interface ImportProgress {
  readonly readCount: number;
  readonly newCount: number;
}

/**
 * Imports `blocks`, some for each `next`. Ends early at the first block that is refused, with a
 * sentence that names it; what came before is connected and stays, also where `blocks` throws.
 */
export function* importBlocks(
  target: ImportTarget,
  blocks: Iterable<Uint8Array>,
): Generator<ImportProgress, Result<ImportProgress, string>> {
  let progress: ImportProgress = { readCount: 0, newCount: 0 };
  for (const group of grouped(blocks)) {
    const { taken, reject } = importGroup(target, group);
    progress = {
      readCount: progress.readCount + taken.length,
      newCount: progress.newCount + taken.filter(({ isNew }) => isNew).length,
    };
    yield progress;
    if (reject === undefined) continue;
    const number = String(progress.readCount + 1);
    return fail(`Block ${number} of the file is refused: ${describeReject(reject)}`);
  }
  return ok(progress);
}

/** Blocks that are connected together: coins that live shortly are never written. */
const GROUP = 64;

function* grouped(blocks: Iterable<Uint8Array>): Generator<Uint8Array[], void> {
  let group: Uint8Array[] = [];
  try {
    for (const block of blocks) {
      group.push(block);
      if (group.length < GROUP) continue;
      yield group;
      group = [];
    }
  } catch (error) {
    if (group.length > 0) yield group;
    throw error;
  }
  if (group.length > 0) yield group;
}

/** The blocks of a group up to the first that is refused, and why that one is. */
interface ImportedGroup {
  readonly taken: readonly Accepted[];
  readonly reject: Reject | undefined;
}

function importGroup(target: ImportTarget, group: readonly Uint8Array[]): ImportedGroup {
  const accepted = target.store.atomically(() => acceptGroup(target, group));
  const failures = settle(target);
  const { taken } = accepted;
  // Several may have failed, in any order; those above one of them are invalid, too.
  const failedAt = taken.findIndex(({ entry }) => entry.status === 'invalid');
  const failed = taken[failedAt]?.entry;
  if (failed === undefined) return accepted;
  const failure = failures.find(({ entry }) => entry === failed);
  const parent = failed.parent?.hash ?? failed.hash;
  const reject = failure?.reject ?? { code: 'invalid-parent', parent };
  return { taken: taken.slice(0, failedAt), reject };
}

function acceptGroup({ chain, now }: ImportTarget, group: readonly Uint8Array[]): ImportedGroup {
  const taken: Accepted[] = [];
  for (const bytes of group) {
    const accepted = chain.acceptBlock(bytes, now);
    if (!accepted.ok) return { taken, reject: accepted.error };
    taken.push(accepted.value);
  }
  return { taken, reject: undefined };
}

/** Moves until the chain rests, and returns the blocks that failed their last checks. */
function settle({ chain, store }: ImportTarget): Failure[] {
  const failures: Failure[] = [];
  for (;;) {
    const isOver = store.atomically(() => {
      const advance = chain.advance();
      const { verify, more } = advance;
      failures.push(...advance.failures);
      chain.onVerified(verify.flatMap((batch) => answersTo(chain.network.idBytes, batch)));
      return !more && verify.length === 0;
    });
    if (isOver) return failures;
  }
}
