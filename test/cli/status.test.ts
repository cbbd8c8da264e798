import { expect } from 'chai';
import { describeStatus } from '../../cli/status.js';
import type { StatusJson } from '../../shared/http/nodeSchemas.js';

const STATUS: StatusJson = {
  ...{ name: 'Alice', version: '1.2.3', protocol: 3, pid: 7, uptimeSeconds: 5 },
  ...{
    network: 'lan-1',
    networkId: '00'.repeat(32),
    nodeKey: '11'.repeat(32),
    tracker: 'answered',
  },
  ...{ height: 3, headerHeight: 3, indexHeight: 3, tip: '22'.repeat(32), tipTime: 1_700_000_000 },
  ...{ chainWork: '05'.padStart(64, '0'), peers: 2, light: false, synced: true },
  ...{ mining: true, hashRate: 1_230_000, kernel: 'native', kernelDetail: 'AVX-512' },
  mempool: { count: 0, bytes: 0, feeRateMin: 0 },
};

const miningLine = (status: Partial<StatusJson>): string | undefined =>
  describeStatus({ ...STATUS, ...status }, 'http://127.0.0.1:5000')
    .split('\n')
    .find((line) => line.startsWith('mining'));

describe('cli/status', () => {
  it('says which kernel hashes, and what it makes use of', () => {
    expect(miningLine({})).to.equal('mining   on, 1.23 MH/s (kernel native, AVX-512)');
    expect(miningLine({ kernelDetail: null })).to.equal('mining   on, 1.23 MH/s (kernel native)');
    expect(miningLine({ mining: false, kernelDetail: null })).to.equal(
      'mining   off (kernel native)',
    );
  });

  it('says nothing of mining where a peer keeps headers alone', () => {
    expect(miningLine({ light: true, kernel: null, kernelDetail: null })).to.equal(undefined);
  });
});
