/** The one way to expect trouble: its code, what its sentence says, and that it says what to do. */

import { expect } from 'chai';

import { Trouble } from '../../shared/io/trouble.js';

export function expectTrouble(trouble: unknown, code: string, message: string): void {
  if (!(trouble instanceof Trouble)) expect.fail(`not trouble: ${String(trouble)}`);
  expect(trouble.code).to.equal(code);
  expect(trouble.message).to.contain(message);
  expect(trouble.message).to.match(/\.$/);
  expect(trouble.advice).to.match(/^[A-Z].*\.$/);
}

/** What `work` throws, sooner or later; fails when it does not. */
export async function troubleOf(work: Promise<unknown> | (() => unknown)): Promise<Trouble> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    if (error instanceof Trouble) return error;
    throw error;
  }
  return expect.fail('there was no trouble');
}
