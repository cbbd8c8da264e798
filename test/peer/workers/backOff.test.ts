import { expect } from 'chai';

import { BackOff } from '../../../peer/workers/backOff.js';

describe('workers/backOff', () => {
  it('doubles the wait at each death, up to half a minute', () => {
    const backOff = new BackOff();
    const waits = Array.from({ length: 11 }, () => backOff.onDeath());
    expect(waits.slice(0, 4)).to.deep.equal([100, 200, 400, 800]);
    expect(waits.slice(-2)).to.deep.equal([30_000, 30_000]);
  });

  it('begins anew after work was done', () => {
    const backOff = new BackOff();
    backOff.onDeath();
    backOff.onDeath();
    backOff.onWork();
    expect(backOff.onDeath()).to.equal(100);
  });
});
