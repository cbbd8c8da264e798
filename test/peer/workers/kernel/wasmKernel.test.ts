import { expect } from 'chai';
import { loadWasmKernel } from '../../../../peer/workers/kernel/wasmKernel.js';
import { kernelProblem } from '../../../../peer/workers/kernel/selfTest.js';
import { expectRightPairs, KERNEL_SEED, PAIRS } from '../../../support/kernelPairs.js';

describe('workers/kernel/wasmKernel', () => {
  it('passes the self-test', () => {
    expect(kernelProblem(loadWasmKernel())).to.equal(undefined);
  });

  it(`agrees with node:crypto on ${PAIRS} pairs of header and target, seed ${KERNEL_SEED}`, () => {
    expectRightPairs([loadWasmKernel()], PAIRS);
  });

  it('keeps nothing of one header for the next', () => {
    const kernel = loadWasmKernel();
    const target = new Uint8Array(32);
    const [one, other] = [7, 8].map((byte) => new Uint8Array(80).fill(byte)) as [
      Uint8Array,
      Uint8Array,
    ];
    expect(kernel.search(one, target, 0, 64)).to.equal(-1);
    target.fill(0xff);
    expect(kernel.search(other, target, 5, 1)).to.equal(5);
    target.fill(0);
    expect(kernel.search(one, target, 0, 64)).to.equal(-1);
  });

  it('searches no nonce behind the last one, and none where there are none', () => {
    const kernel = loadWasmKernel();
    const target = new Uint8Array(32).fill(0xff);
    expect(kernel.search(new Uint8Array(80), target, 2 ** 32 - 1, 1)).to.equal(2 ** 32 - 1);
    expect(kernel.search(new Uint8Array(80), target, 0, 0)).to.equal(-1);
    expect(kernel.search(new Uint8Array(80), target, 0, 2 ** 32)).to.equal(0);
  });
});
