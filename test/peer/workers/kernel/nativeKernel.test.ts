/** Every path of the native kernel against node:crypto. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect } from 'chai';

import type { Kernel } from '../../../../peer/workers/kernel/kernel.js';
import { loadNativeKernel, loadNativePaths } from '../../../../peer/workers/kernel/nativeKernel.js';
import { kernelProblem } from '../../../../peer/workers/kernel/selfTest.js';
import { hashBytes } from '../../../../shared/bytes.js';
import { seededRng } from '../../../../shared/rng.js';
import { expectRightPairs, KERNEL_SEED, PAIRS, randomBytes } from '../../../support/kernelPairs.js';
import { requireNativeKernel } from '../../../support/nativeKernel.js';
import { projectRoot } from '../../../support/paths.js';

const NONCES = 2 ** 32;

describe('workers/kernel/nativeKernel', () => {
  let paths: readonly Kernel[];

  before(function () {
    requireNativeKernel(this);
    paths = loadNativePaths();
  });

  it('has plain C everywhere, and a path for each of its instructions that Linux names', () => {
    const names = paths.map(({ detail }) => detail);
    expect(names[0]).to.equal('plain C');
    if (process.platform !== 'linux' || process.arch !== 'x64') return;
    const flags = /^flags.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0].split(' ') ?? [];
    expect(names.includes('AVX2')).to.equal(flags.includes('avx2'));
    expect(names.includes('SHA-NI')).to.equal(flags.includes('sha_ni'));
    expect(names.includes('AVX-512')).to.equal(flags.includes('avx512f'));
  });

  it('finds the blocks of the self-test on every path', () => {
    for (const path of paths) expect(kernelProblem(path), path.detail).to.equal(undefined);
  });

  it(`agrees with node:crypto on ${PAIRS} pairs of header and target, seed ${KERNEL_SEED}`, () => {
    expectRightPairs(paths, PAIRS);
  }).timeout(60_000);

  it('goes through ranges of many batches', () => {
    const rng = seededRng(KERNEL_SEED);
    const header = randomBytes(rng, 80);
    const target = hashBytes('0000'.padEnd(64, 'f'));
    const [plain, ...others] = paths as [Kernel, ...Kernel[]];
    const found = plain.search(header, target, 0, 2_000_001);
    expect(found).to.be.above(0);
    for (const path of others) {
      expect(path.search(header, target, 0, 2_000_001), path.detail).to.equal(found);
      expect(path.search(header, target, 0, found), path.detail).to.equal(-1);
      expect(path.search(header, target, 0, 0), path.detail).to.equal(-1);
    }
  });

  it('reads views, also of shared memory, and changes nothing in them', () => {
    const memory = new Uint8Array(new SharedArrayBuffer(128));
    const header = memory.subarray(3, 83);
    header.fill(0xab);
    const copy = header.slice();
    const target = memory.subarray(90, 122).fill(0xff);
    for (const path of paths) {
      expect(path.search(header, target, 5, 7), path.detail).to.equal(5);
      expect(header).to.deep.equal(copy);
    }
  });

  it('refuses what is no header, no target and no nonce', () => {
    const [header, target] = [new Uint8Array(80), new Uint8Array(32)];
    for (const path of paths) {
      const search = path.search.bind(path);
      expect(() => search(new Uint8Array(79), target, 0, 1)).to.throw(TypeError, '80 bytes');
      expect(() => search(header, new Uint8Array(33), 0, 1)).to.throw(TypeError);
      expect(() => search(header, target, -1, 1)).to.throw(TypeError);
      expect(() => search(header, target, NONCES - 1, 2)).to.throw(TypeError);
      expect(() => search(header, target, 0, -1)).to.throw(TypeError);
      expect(() => search(header, 'text' as unknown as Uint8Array, 0, 1)).to.throw(TypeError);
    }
  });

  it('takes one of its paths, and says which', () => {
    const { name, detail } = loadNativeKernel();
    expect(name).to.equal('native');
    expect(paths.map((path) => path.detail)).to.include(detail);
  });

  it('works in several threads at once, and after they end', async () => {
    const file = JSON.stringify(join(projectRoot, 'dist', 'native', 'kernel.node'));
    const code = `
      const search = Object.values(require(${file})).at(-1);
      const nonce = search(new Uint8Array(80), new Uint8Array(32).fill(255), 9, 5);
      require('node:worker_threads').parentPort.postMessage(nonce);`;
    for (let round = 0; round < 3; round++) {
      const workers = [1, 2, 3].map(() => new Worker(code, { eval: true }));
      const ends = workers.map((worker) => once(worker, 'exit'));
      const answers = await Promise.all(workers.map((worker) => once(worker, 'message')));
      expect(answers).to.deep.equal([[9], [9], [9]]);
      await Promise.all(ends);
    }
    expect(paths.at(-1)?.search(new Uint8Array(80), new Uint8Array(32), 0, 9)).to.equal(-1);
  });
});
