import { nodeKernel } from '../../../../peer/workers/kernel/nodeKernel.js';
import { expectRightPairs, KERNEL_SEED, PAIRS } from '../../../support/kernelPairs.js';

describe('workers/kernel/nodeKernel', () => {
  it(`agrees with createHash on ${PAIRS} pairs of header and target, seed ${KERNEL_SEED}`, () => {
    expectRightPairs([nodeKernel], PAIRS);
  });
});
