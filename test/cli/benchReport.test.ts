import { expect } from 'chai';
import { describeBench, threadCounts, type BenchReport } from '../../cli/benchReport.js';

const REPORT: BenchReport = {
  cores: 2,
  difficulty: { hashesPerBlock: 65_536, from: { type: 'template', name: 'lan' } },
  isComplete: true,
  kernels: [
    {
      ...{ kernel: 'node', detail: null, problem: null },
      rates: [
        { threads: 1, hashesPerSecond: 1_000_000, expectedSeconds: 0.065_536 },
        { threads: 2, hashesPerSecond: 500, expectedSeconds: 131 },
      ],
    },
    {
      ...{ kernel: 'wasm', detail: 'SIMD', problem: null },
      rates: [{ threads: 1, hashesPerSecond: 2e9, expectedSeconds: 0.000_03 }],
    },
    { kernel: 'native', detail: null, problem: 'there is no compiler here.', rates: [] },
  ],
};

describe('cli/benchReport', () => {
  it('measures with powers of two below the number of cores, and with all of them', () => {
    expect([1, 2, 3, 4, 6, 16].map(threadCounts)).to.deep.equal([
      ...[[1], [1, 2], [1, 2, 3], [1, 2, 4], [1, 2, 4, 6], [1, 2, 4, 8, 16]],
    ]);
  });

  it('shows a row for each kernel and number of threads, and why a kernel is missing', () => {
    expect(describeBench(REPORT).split('\n')).to.deep.equal([
      'KERNEL       THREADS  HASH RATE  A BLOCK EVERY',
      'node         1        1.00 MH/s  66 ms',
      'node         2        500 H/s    2 min 11 s',
      'wasm (SIMD)  1        2.00 GH/s  < 1 ms',
      'Kernel native does not run here: there is no compiler here.',
      'A block takes 65,536 hashes in the mean: the easiest target of template lan ' +
        '(no node runs here).',
      'This computer has 2 cores.',
    ]);
  });

  it('says of which network the difficulty is, and that it was stopped', () => {
    const from = { type: 'node', url: 'http://127.0.0.1:5000', network: 'lan-1' } as const;
    const difficulty = { hashesPerBlock: 1_234_567.2, from };
    const lines = describeBench({ ...REPORT, difficulty, isComplete: false }).split('\n');
    expect(lines).to.include(
      'A block takes 1,234,567 hashes in the mean: now, on network lan-1 (http://127.0.0.1:5000).',
    );
    expect(lines.at(-1)).to.equal('Stopped before all was measured.');
  });
});
