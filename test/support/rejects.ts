/** The one way to expect a refusal: the code and exactly its data. */

import { expect } from 'chai';
import type { Reject } from '../../shared/consensus/reject.js';
import type { Result } from '../../shared/result.js';

/** Fails unless `result` is the refusal `reject`, code and data. */
export function expectReject(result: Result<unknown, Reject>, reject: Reject): void {
  expect(result).to.deep.equal({ ok: false, error: reject });
}

/** The value of `result`, which must not be a refusal. */
export function expectOk<T, E>(result: Result<T, E>): T {
  if (!result.ok) expect.fail(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}
