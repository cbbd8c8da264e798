import { expect } from 'chai';
import { metricsTable, metricsText, type MetricsSources } from '../../../peer/api/metrics.js';

const SOURCES: MetricsSources = {
  kernel: { name: 'native', detail: 'AVX-512 "x" \\ y' },
  mining: {
    ...{ mode: { type: 'continuous' }, generating: 0, threads: 2, cpuPercent: 50 },
    ...{ resting: undefined, hashesPerSecond: 12_345.5, expectedSeconds: 10 },
    ...{ blocksFound: 3, staleFinds: 2, hashesHere: 500 },
  },
  hashing: {
    ...{ hashes: 1_000_000, staleHashes: 70 },
    interrupts: {
      buckets: [
        { seconds: 0.001, count: 4 },
        { seconds: 0.01, count: 5 },
      ],
      ...{ count: 6, sumSeconds: 0.25 },
    },
  },
};

describe('api/metrics', () => {
  const lines = metricsText(SOURCES).split('\n');

  it('tells hash rate, hashes, finds and what of them was stale', () => {
    expect(lines).to.include.members([
      'cairn_mining_hashes_per_second 12345.5',
      'cairn_mining_hashes_total 1000500',
      'cairn_mining_stale_hashes_total 70',
      'cairn_mining_blocks_found_total 3',
      'cairn_mining_stale_blocks_total 2',
    ]);
  });

  it('names the kernel in labels, escaped', () => {
    expect(lines).to.include(
      'cairn_mining_kernel_info{kernel="native",detail="AVX-512 \\"x\\" \\\\ y"} 1',
    );
  });

  it('tells the latency of interrupts as a histogram, which ends with all', () => {
    const name = 'cairn_mining_interrupt_seconds';
    expect(lines.filter((line) => line.startsWith(name))).to.deep.equal([
      `${name}_bucket{le="0.001"} 4`,
      `${name}_bucket{le="0.01"} 5`,
      `${name}_bucket{le="+Inf"} 6`,
      `${name}_sum 0.25`,
      `${name}_count 6`,
    ]);
  });

  it('gives each metric its help, its type and a row in the table, and ends a line', () => {
    const types = lines.filter((line) => line.startsWith('# TYPE '));
    const helps = lines.filter((line) => line.startsWith('# HELP '));
    expect(types).to.have.length(helps.length);
    for (const line of types) {
      const [name = '', type = ''] = line.slice('# TYPE '.length).split(' ');
      expect(metricsTable()).to.include(`| \`${name}\` | ${type} |`);
    }
    expect(lines.at(-1)).to.equal('');
  });
});
