import { expect } from 'chai';

import { DutyCycle } from '../../../peer/workers/dutyCycle.js';

const SLICE_MS = 0.2;

/** Share of the time spent hashing, in percent, over `turns` sleeps that are `lateMs` too long. */
function share(duty: DutyCycle, turns: number, lateMs = 0): number {
  let busy = 0;
  let rested = 0;
  for (let turn = 0; turn < turns; turn++) {
    let due = 0;
    while (due === 0) {
      busy += SLICE_MS;
      due = duty.onBusy(SLICE_MS);
    }
    duty.onRested(due + lateMs);
    rested += due + lateMs;
  }
  return (busy * 100) / (busy + rested);
}

function started(percent: number): DutyCycle {
  const duty = new DutyCycle();
  duty.restart(percent);
  return duty;
}

describe('workers/dutyCycle', () => {
  for (const percent of [1, 10, 50, 90, 99]) {
    it(`keeps to ${percent} percent`, () => {
      expect(share(started(percent), 50)).to.be.closeTo(percent, 0.5);
    });

    it(`keeps to ${percent} percent though each sleep lasts too long`, () => {
      expect(share(started(percent), 500, 0.3)).to.be.closeTo(percent, 0.5);
    });
  }

  it('never sleeps at 100 percent', () => {
    const duty = started(100);
    for (let i = 0; i < 10_000; i++) expect(duty.onBusy(SLICE_MS)).to.equal(0);
  });

  it('hashes on new work at once, and sleeps later what it owes', () => {
    const duty = started(50);
    let due = 0;
    while (due === 0) due = duty.onBusy(SLICE_MS);
    duty.onRested(due / 4);
    duty.restart(50);
    expect(duty.onBusy(SLICE_MS)).to.equal(0);
    let later = 0;
    while (later === 0) later = duty.onBusy(SLICE_MS);
    expect(later).to.be.closeTo(due * 1.75, 1);
  });

  for (const everyMs of [5, 15, 30, 60]) {
    it(`keeps to 50 percent though there is new work every ${everyMs} ms`, () => {
      const duty = started(50);
      let [busy, rested, next] = [0, 0, everyMs];
      while (busy + rested < 10_000) {
        const due = duty.onBusy(SLICE_MS);
        busy += SLICE_MS;
        const restMs = Math.min(due, Math.max(0, next - busy - rested));
        if (due > 0) duty.onRested(restMs);
        rested += restMs;
        if (busy + rested < next) continue;
        duty.restart(50);
        next += everyMs;
      }
      expect((busy * 100) / (busy + rested)).to.be.closeTo(50, 5);
    });
  }

  it('never owes more than a second', () => {
    const duty = started(1);
    for (let i = 0; i < 100; i++) {
      duty.onBusy(100);
      duty.restart(1);
    }
    expect(duty.onBusy(1)).to.equal(1_000);
  });

  it('owes nothing once the limit is gone', () => {
    const duty = started(1);
    duty.onBusy(100);
    duty.restart(100);
    expect(duty.onBusy(SLICE_MS)).to.equal(0);
  });
});
