import { expect } from 'chai';
import { Latencies } from '../../../peer/workers/latencies.js';

describe('workers/latencies', () => {
  it('counts in each bucket what is at most that long, and all in the end', () => {
    const latencies = new Latencies();
    for (const ms of [0.1, 0.2, 0.9, 4, 800]) latencies.add(ms / 1_000);
    const { buckets, count, sumSeconds } = latencies.distribution();
    expect(count).to.equal(5);
    expect(sumSeconds).to.be.closeTo(0.8052, 1e-9);
    const counts = new Map(buckets.map((bucket) => [bucket.seconds, bucket.count]));
    expect([0.0002, 0.0005, 0.001, 0.003, 0.005, 0.5].map((at) => counts.get(at))).to.deep.equal([
      ...[2, 2, 3, 3, 4, 4],
    ]);
  });

  it('has bounds that ascend, and begins with nothing', () => {
    const { buckets, count } = new Latencies().distribution();
    const bounds = buckets.map(({ seconds }) => seconds);
    expect(bounds).to.deep.equal([...bounds].sort((a, b) => a - b));
    expect([count, ...buckets.map((bucket) => bucket.count)].every((n) => n === 0)).to.equal(true);
  });
});
