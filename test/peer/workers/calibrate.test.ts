import { expect } from 'chai';

import { measureHashRate } from '../../../peer/workers/calibrate.js';
import { DEFAULT_KERNEL } from '../../../peer/workers/kernel/kernels.js';
import { threadCount } from '../../support/threads.js';

describe('workers/calibrate', () => {
  it('measures what this machine hashes, and leaves no thread behind', async () => {
    const before = threadCount();
    const rate = await measureHashRate({ kernel: DEFAULT_KERNEL, seconds: 0.2, threads: 2 });
    // The slowest machine that anybody runs this on; the fastest kernel is far below the other end.
    expect(rate).to.be.within(1_000, 10_000_000_000);
    expect(threadCount()).to.equal(before);
  });

  it('ends at once when it is told to, and leaves no thread behind', async () => {
    const before = threadCount();
    // The test's own timer stands from its first wait on.
    await new Promise((resolve) => setImmediate(resolve));
    const timers = timerCount();
    const stop = new AbortController();
    const wish = { kernel: DEFAULT_KERNEL, seconds: 3_600, threads: 1 };
    const rates = Promise.allSettled([
      measureHashRate({ ...wish, signal: stop.signal }),
      measureHashRate({ ...wish, signal: AbortSignal.abort() }),
    ]);
    setImmediate(() => {
      stop.abort();
    });
    expect((await rates).map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    expect(threadCount()).to.equal(before);
    // A timer that is left would keep the program alive.
    expect(timerCount()).to.equal(timers);
  });
});

const timerCount = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
