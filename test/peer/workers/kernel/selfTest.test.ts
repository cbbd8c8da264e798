import { expect } from 'chai';

import type { Kernel } from '../../../../peer/workers/kernel/kernel.js';
import { nodeKernel } from '../../../../peer/workers/kernel/nodeKernel.js';
import { kernelProblem } from '../../../../peer/workers/kernel/selfTest.js';

/** The node kernel with a fault in its answer. */
const faulty = (search: Kernel['search']): Kernel => ({ name: 'node', search });

describe('workers/kernel/selfTest', () => {
  it('accepts a kernel that finds exactly what it must', () => {
    expect(kernelProblem(nodeKernel)).to.equal(undefined);
  });

  it('refuses a kernel that finds nothing, or anything', () => {
    expect(kernelProblem(faulty(() => -1))).to.include('instead of 2083236893');
    expect(kernelProblem(faulty((_header, _target, first) => first))).to.include('self-test');
  });

  it('refuses a kernel that takes a target for a strict bound', () => {
    const strict = faulty((header, target, first, count) => {
      const lower = target.slice();
      const i = lower.findIndex((byte) => byte > 0);
      if (i >= 0) lower[i] = (lower[i] as number) - 1;
      lower.fill(0xff, 0, Math.max(0, i));
      return nodeKernel.search(header, lower, first, count);
    });
    expect(kernelProblem(strict)).to.include('found -1 instead of 2083236893');
  });

  it('refuses a kernel that compares only the leading bytes', () => {
    const coarse = faulty((header, target, first, count) => {
      const upper = target.slice().fill(0xff, 0, 8);
      return nodeKernel.search(header, upper, first, count);
    });
    expect(kernelProblem(coarse)).to.include('instead of -1');
  });

  it('refuses a kernel that searches beyond its share', () => {
    const eager = faulty((header, target, first, count) =>
      nodeKernel.search(header, target, first, count + 1),
    );
    expect(kernelProblem(eager)).to.include('instead of -1');
  });
});
