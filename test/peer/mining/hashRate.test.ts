import { expect } from 'chai';

import { HashRate } from '../../../peer/mining/hashRate.js';
import type { MonoMs } from '../../../shared/units.js';

const at = (ms: number): MonoMs => ms as MonoMs;

describe('mining/hashRate', () => {
  it('is 0 before the first sample', () => {
    const rate = new HashRate();
    expect(rate.perSecond(at(5))).to.equal(0);
    rate.onStart(at(0));
    expect(rate.perSecond(at(500))).to.equal(0);
  });

  it('counts from the start of hashing to the last sample', () => {
    const rate = new HashRate();
    rate.onStart(at(0));
    rate.onSample(1_000, at(1_000));
    rate.onSample(3_000, at(2_000));
    expect(rate.perSecond(at(2_900))).to.equal(2_000);
  });

  it('forgets what is older than ten seconds', () => {
    const rate = new HashRate();
    rate.onStart(at(0));
    for (let second = 1; second <= 10; second++) rate.onSample(9_000, at(second * 1_000));
    for (let second = 11; second <= 20; second++) rate.onSample(1_000, at(second * 1_000));
    expect(rate.perSecond(at(20_000))).to.equal(1_000);
  });

  it('falls while the workers rest, down to 0', () => {
    const rate = new HashRate();
    rate.onStart(at(0));
    rate.onSample(1_000, at(1_000));
    expect(rate.perSecond(at(5_000))).to.equal(200);
    expect(rate.perSecond(at(11_001))).to.equal(0);
  });

  it('does not begin anew when one job follows another', () => {
    const rate = new HashRate();
    rate.onStart(at(0));
    rate.onSample(1_000, at(1_000));
    rate.onStart(at(1_500));
    rate.onSample(1_000, at(2_000));
    expect(rate.perSecond(at(2_000))).to.equal(1_000);
  });

  it('begins anew with other settings, after the sample in which they came', () => {
    const rate = new HashRate();
    rate.onStart(at(0));
    rate.onSample(9_000, at(1_000));
    rate.restart();
    rate.onStart(at(1_500));
    expect(rate.perSecond(at(1_500))).to.equal(0);
    rate.onSample(5_000, at(2_000));
    expect(rate.perSecond(at(2_000))).to.equal(0);
    rate.onSample(1_000, at(3_000));
    expect(rate.perSecond(at(3_000))).to.equal(1_000);
  });

  it('leaves a long rest out of what comes after it', () => {
    const rate = new HashRate();
    rate.onStart(at(0));
    rate.onSample(1_000, at(1_000));
    rate.onStart(at(60_000));
    rate.onSample(1_000, at(61_000));
    expect(rate.perSecond(at(61_000))).to.equal(1_000);
  });
});
