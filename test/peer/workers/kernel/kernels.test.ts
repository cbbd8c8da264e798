import { expect } from 'chai';
import { KERNEL_NAMES, loadKernel } from '../../../../peer/workers/kernel/kernels.js';
import { requireNativeKernel } from '../../../support/nativeKernel.js';

describe('workers/kernel/kernels', () => {
  for (const name of KERNEL_NAMES) {
    it(`loads the kernel ${name}, tested`, function () {
      if (name === 'native') requireNativeKernel(this);
      expect(loadKernel(name).name).to.equal(name);
    });
  }
});
