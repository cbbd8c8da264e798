import { expect } from 'chai';
import { RunningClock } from '../../../peer/net/runningClock.js';
import type { MonoMs, Now, UnixSeconds } from '../../../shared/units.js';

const real = (ms: number): Now => ({ mono: ms as MonoMs, unix: 1_000 as UnixSeconds });

describe('net/runningClock', () => {
  it('is the real clock while wakes come in time', () => {
    const clock = new RunningClock();
    expect(clock.at(real(5)).mono).to.equal(5);
    expect(clock.wakeAt(100 as MonoMs, real(5))).to.equal(100);
    expect(clock.at(real(1_050)).mono).to.equal(1_050);
  });

  it('leaves out the time in which the program was stopped', () => {
    const clock = new RunningClock();
    clock.at(real(0));
    clock.wakeAt(100 as MonoMs, real(0));
    expect(clock.at(real(60_100)).mono).to.equal(100);
    expect(clock.wakeAt(150 as MonoMs, real(60_100))).to.equal(60_150);
    expect(clock.peek(real(60_150)).mono).to.equal(150);
  });

  it('counts a pause in which nothing was to be done', () => {
    const clock = new RunningClock();
    clock.at(real(0));
    expect(clock.wakeAt(undefined, real(0))).to.equal(undefined);
    expect(clock.at(real(60_000)).mono).to.equal(60_000);
  });

  it('takes a wake in the past for one at once', () => {
    const clock = new RunningClock();
    clock.at(real(5_000));
    expect(clock.wakeAt(10 as MonoMs, real(5_000))).to.equal(5_000);
    expect(clock.at(real(5_900)).mono).to.equal(5_900);
  });
});
