import { expect } from 'chai';
import { dial } from '../../../lab/sim/dial.js';
import { Timeline } from '../../../lab/sim/timeline.js';

/** What became of a dial on a way that is lost from `lostMs` to `openMs`, and when. */
function dialed(lostMs: number, openMs: number, roundTripMs = 100): string {
  const timeline = new Timeline();
  timeline.run(70);
  const said: string[] = [];
  const say = (what: string) => (): void => {
    said.push(`${what} after ${String(timeline.ms - 70)}`);
  };
  dial(timeline, {
    isLost: () => timeline.ms - 70 >= lostMs && timeline.ms - 70 < openMs,
    roundTripMs: () => roundTripMs,
    onAnswer: say('answer'),
    onTimeout: say('timeout'),
  });
  timeline.run(60_000);
  return said.join();
}

describe('sim/dial', () => {
  it('is answered after a round trip where nothing is lost', () => {
    expect(dialed(0, 0)).to.equal('answer after 100');
  });

  it('asks again after 1 s and after 3 s', () => {
    expect(dialed(0, 1)).to.equal('answer after 1100');
    expect(dialed(0, 1_000)).to.equal('answer after 1100');
    expect(dialed(0, 1_001)).to.equal('answer after 3100');
    expect(dialed(0, 3_000)).to.equal('answer after 3100');
  });

  it('is given up after 5 s', () => {
    expect(dialed(0, 3_001)).to.equal('timeout after 5000');
    expect(dialed(0, 60_000)).to.equal('timeout after 5000');
  });

  it('is given up then, too, where the answer takes longer', () => {
    expect(dialed(0, 0, 5_000)).to.equal('answer after 5000');
    expect(dialed(0, 0, 5_001)).to.equal('timeout after 5000');
    expect(dialed(0, 1, 4_001)).to.equal('timeout after 5000');
  });

  it('asks again also where the answer was lost', () => {
    expect(dialed(50, 500)).to.equal('answer after 1100');
    expect(dialed(50, 60_000)).to.equal('timeout after 5000');
  });
});
