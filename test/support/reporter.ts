/**
 * Mocha's spec reporter, and at the end why tests were skipped and one line that a program can
 * read.
 */

import Mocha from 'mocha';

import type { WithSkipReason } from './skip.js';

/** What an idle process may take to end by itself after the last test. */
const lingerMs = 10_000;

export default class Reporter extends Mocha.reporters.Spec {
  readonly #skipped: Mocha.Test[] = [];

  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.on('pending', (test) => this.#skipped.push(test));
  }

  override epilogue(): void {
    super.epilogue();
    for (const line of skipLines(this.#skipped)) console.log(line);
    const { passes, failures, pending } = this.stats;
    console.log(`${passes} passed, ${failures} failed, ${pending} skipped`);
    setTimeout(endLingering, lingerMs).unref();
  }
}

/** One line a reason: how many tests it skipped, and the first of them. */
function skipLines(tests: readonly Mocha.Test[]): string[] {
  const reasons = new Set(tests.map(skipReason));
  return [...reasons].map((reason) => {
    const [first, ...others] = tests.filter((test) => skipReason(test) === reason);
    const more = others.length === 0 ? '' : ` and ${others.length} more`;
    return `skipped: ${first?.fullTitle() ?? ''}${more}: ${reason}`;
  });
}

/** The test's own reason or that of the nearest suite around it. */
function skipReason(test: Mocha.Test): string {
  let owner: (WithSkipReason & { parent?: Mocha.Suite | undefined }) | undefined = test;
  while (owner !== undefined) {
    if (owner.skipReason !== undefined) return owner.skipReason;
    owner = owner.parent;
  }
  return 'no reason given';
}

function endLingering(): void {
  const open = process.getActiveResourcesInfo().join(', ');
  console.error(`The tests are over, but something that they opened is not closed: ${open}`);
  process.exit(1);
}
