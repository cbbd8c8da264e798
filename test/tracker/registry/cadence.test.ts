import { expect } from 'chai';

import { seededRng } from '../../../shared/rng.js';
import { Cadence } from '../../../tracker/registry/cadence.js';

const cadence = new Cadence({ intervalSeconds: 60, dialsPerSecondMax: 250 }, seededRng(1));

describe('tracker/registry/cadence', () => {
  it('asks a peer back after a second while its dial-back is on its way', () => {
    const answer = { state: 'unverified', ageSeconds: 500, wantsMore: false } as const;
    expect(cadence.answerSeconds(10, answer)).to.equal(1);
  });

  it('asks a new peer back soon while it wants more neighbours, and not for long', () => {
    const young = { state: 'live', ageSeconds: 5, wantsMore: true } as const;
    expect(cadence.answerSeconds(10, young)).to.equal(2);
    expect(cadence.answerSeconds(10, { ...young, wantsMore: false })).to.be.within(54, 66);
    expect(cadence.answerSeconds(10, { ...young, ageSeconds: 20 })).to.be.within(54, 66);
  });

  it('gives who is not registered the ordinary interval', () => {
    const answer = { state: undefined, ageSeconds: 0, wantsMore: true };
    expect(cadence.answerSeconds(10, answer)).to.be.within(54, 66);
  });

  it('spreads peers that started together', () => {
    const answer = { state: 'live', ageSeconds: 100, wantsMore: false } as const;
    const seconds = Array.from({ length: 100 }, () => cadence.answerSeconds(10, answer));
    expect(new Set(seconds).size).to.be.at.least(10);
  });

  it('grows the interval so that the dials of a large registry stay within its budget', () => {
    expect(cadence.verifyMs(100_000)).to.be.within(360_000, 440_000);
    expect(cadence.expiryMs(100_000)).to.equal(1_200_000);
    expect(cadence.expiryMs(10)).to.equal(180_000);
  });

  it('doubles the wait after each miss up to five minutes', () => {
    const waits = [1, 2, 3, 8, 9, 255].map((misses) => cadence.backOffMs(misses));
    const means = [2_000, 4_000, 8_000, 256_000, 300_000, 300_000];
    waits.forEach((wait, i) => {
      const mean = means[i] ?? 0;
      expect(wait).to.be.within(mean * 0.9, mean * 1.1);
    });
  });
});
