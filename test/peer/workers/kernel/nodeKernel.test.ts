import { nodeKernel } from '../../../../peer/workers/kernel/nodeKernel.js';
import { expectRightPairs } from '../../../support/kernelPairs.js';

const SEED = 20_260_104;

describe('workers/kernel/nodeKernel', () => {
  it(`finds what createHash finds for 10,000 random pairs (seed ${String(SEED)})`, () => {
    expectRightPairs(nodeKernel, SEED, 10_000);
  });
});
