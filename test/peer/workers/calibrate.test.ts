import { expect } from 'chai';

import { measureHashRate } from '../../../peer/workers/calibrate.js';
import { threadCount } from '../../support/threads.js';

describe('workers/calibrate', () => {
  it('measures what this machine hashes, and leaves no thread behind', async () => {
    const before = threadCount();
    const rate = await measureHashRate({ seconds: 0.2, threads: 2 });
    // The slowest machine that anybody runs this on; the fastest kernel is far below the other end.
    expect(rate).to.be.within(1_000, 10_000_000_000);
    expect(threadCount()).to.equal(before);
  });
});
