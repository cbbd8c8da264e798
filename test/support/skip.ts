/**
 * The one way to skip a test: with a reason, which the reporter prints.
 *
 * `CAIRN_REQUIRE_ALL` (set by CI) turns a skip into a failure, so that nothing is left out unseen.
 * Only the published vectors may be missing there: they stand beside the project, not in it.
 */

import { vectorsRoot } from './paths.js';

/** A test, a hook or a suite to which a reason was tied. */
export interface WithSkipReason {
  readonly skipReason?: string;
}

/**
 * Ends this test (or, in a `before` hook, all tests of its suite) as skipped because of `reason`.
 */
export function skip(context: Mocha.Context, reason: string): never {
  if (process.env['CAIRN_REQUIRE_ALL'] === '1') {
    throw new Error(`would be skipped, and CAIRN_REQUIRE_ALL forbids that: ${reason}`);
  }
  return skipAnyway(context, reason);
}

/** The folder of the published vectors; skips the test where there is none. */
export function requireVectors(context: Mocha.Context): string {
  return vectorsRoot ?? skipAnyway(context, 'CAIRN_VECTORS names no folder of published vectors');
}

function skipAnyway(context: Mocha.Context, reason: string): never {
  const runnable = context.runnable() as Mocha.Hook | Mocha.Test;
  const owner = runnable.type === 'hook' ? runnable.parent : runnable;
  Object.assign(owner ?? runnable, { skipReason: reason } satisfies WithSkipReason);
  return context.skip();
}
