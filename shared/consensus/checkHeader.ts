/**
 * The rules for headers: those that need nothing else, and those that need the parent and the time.
 */

import { fail, ok, type Result } from '../result.js';
import type { BlockHash, UnixSeconds } from '../units.js';
import { effectiveTarget, nextBits, type ChainPoint } from './difficulty.js';
import type { Header } from './header.js';
import type { NetworkParams } from './params.js';
import type { Reject } from './reject.js';
import { hashValue } from './work.js';

/**
 * What a header shows by itself: version 1, and a hash that some target of this network allows.
 * Enough to make an invented header cost as much as the easiest block.
 */
export function checkHeaderForm(
  params: NetworkParams,
  header: Header,
  hash: BlockHash,
): Result<void, Reject> {
  if (header.version !== HEADER_VERSION)
    return fail({ code: 'bad-version', found: header.version });
  if (hashValue(hash) > params.powLimit) return fail({ code: 'bad-pow' });
  return ok(undefined);
}

export interface HeaderInContext {
  readonly header: Header;
  readonly hash: BlockHash;
  /** The block that `header.previous` names. */
  readonly parent: ChainPoint;
  readonly now: UnixSeconds;
}

/**
 * All other rules for a header; `checkHeaderForm` was passed. The answer is the effective target,
 * which its work counts. `time-too-far-ahead` comes last: what it says passed everything else.
 */
export function checkHeaderInContext(
  params: NetworkParams,
  { header, hash, parent, now }: HeaderInContext,
): Result<{ readonly target: bigint }, Reject> {
  const { time, bits } = header;
  if (time < parent.time) {
    return fail({ code: 'time-before-parent', time, parentTime: parent.time });
  }
  const expected = nextBits(params, parent);
  if (bits !== expected) return fail({ code: 'bad-bits', expected, found: bits });
  const target = effectiveTarget(params, bits, time - parent.time);
  if (hashValue(hash) > target) return fail({ code: 'bad-pow' });
  const latest = (now + params.futureLimit) as UnixSeconds;
  if (time > latest) return fail({ code: 'time-too-far-ahead', time, latest });
  return ok({ target });
}

const HEADER_VERSION = 1;
