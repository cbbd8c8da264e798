import { expect } from 'chai';
import { measureAll } from '../../cli/bench.js';
import type { Difficulty } from '../../cli/benchReport.js';
import { DEFAULT_KERNEL, KERNEL_NAMES } from '../../peer/workers/kernel/kernels.js';
import { threadCount } from '../support/threads.js';

const DIFFICULTY: Difficulty = { hashesPerBlock: 1e6, from: { type: 'template', name: 'lan' } };

describe('cli/bench', function () {
  this.timeout(30_000);

  it('measures each kernel with each number of threads, and says how far it is', async () => {
    const told: [number, number][] = [];
    const wish = {
      ...{ names: KERNEL_NAMES, counts: [1, 2], seconds: 0.1, difficulty: DIFFICULTY },
      signal: new AbortController().signal,
    };
    const reports = await measureAll(wish, (done, of) => told.push([done, of]));
    expect(reports.map(({ kernel }) => kernel)).to.deep.equal([...KERNEL_NAMES]);
    const usable = reports.filter(({ problem }) => problem === null);
    for (const { rates } of usable) {
      expect(rates.map(({ threads }) => threads)).to.deep.equal([1, 2]);
      for (const { hashesPerSecond, expectedSeconds } of rates) {
        expect(hashesPerSecond).to.be.greaterThan(0);
        expect(expectedSeconds * hashesPerSecond).to.be.closeTo(1e6, 1);
      }
    }
    const all = usable.length * 2;
    expect(told).to.deep.equal(Array.from({ length: all }, (_, done) => [done, all]));
  });

  it('gives what it has when it is stopped, and leaves no thread behind', async () => {
    const before = threadCount();
    const stop = new AbortController();
    const { signal } = stop;
    const wish = { names: [DEFAULT_KERNEL], counts: [1, 1, 1], seconds: 0.1 };
    const reports = await measureAll({ ...wish, difficulty: DIFFICULTY, signal }, (done) => {
      if (done === 1) stop.abort();
    });
    expect(reports.map(({ rates }) => rates.length)).to.deep.equal([1]);
    expect(threadCount()).to.equal(before);
  });
});
