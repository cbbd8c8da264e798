import { expect } from 'chai';
import { Line } from '../../../lab/sim/line.js';
import type { PeerId } from '../../../shared/units.js';

/** One to a program that reads. */
function line(): Line<{ readonly isFrozen: boolean }> {
  const end = { isFrozen: false };
  const [fromPeer, toPeer] = [1 as PeerId, 2 as PeerId];
  const standard = { latencyMs: 5, bytesPerMs: Number.POSITIVE_INFINITY };
  return new Line({ from: end, to: end, fromPeer, toPeer, standard });
}

describe('sim/line', () => {
  it('brings bytes after the time to send them and the latency', () => {
    expect(line().transmit(600, { latencyMs: 50, bytesPerMs: 2 }, 1_000)).to.equal(1_350);
    expect(line().transmit(600, line().standard, 1_000)).to.equal(1_005);
  });

  it('sends what comes later behind what leaves still', () => {
    const one = line();
    const quality = { latencyMs: 50, bytesPerMs: 2 };
    one.transmit(600, quality, 1_000);
    expect(one.transmit(200, quality, 1_100)).to.equal(1_450);
    expect(one.transmit(200, quality, 5_000)).to.equal(5_150);
  });

  it('sends what it holds again after 200 ms, and after twice as long each time', () => {
    const one = line();
    one.hold(new Uint8Array(1), 1_000);
    one.hold(new Uint8Array(1), 1_500);
    const times = [1_000, 1_200, 1_201, 1_600, 1_601, 26_400, 26_401];
    expect(times.map((ms) => one.retransmissionAfter(ms))).to.deep.equal([
      ...[1_200, 1_200, 1_600, 1_600, 2_400, 26_400, 52_000],
    ]);
    expect(one.retransmissionAfter(500_000) - 1_000).to.equal(564_600);
    one.held.length = 0;
    one.hold(new Uint8Array(1), 9_000);
    expect(one.retransmissionAfter(9_001)).to.equal(9_200);
  });

  it('lets nothing overtake when the latency becomes less', () => {
    const one = line();
    expect(one.transmit(1, { ...one.standard, latencyMs: 900 }, 0)).to.equal(900);
    expect(one.transmit(1, one.standard, 10)).to.equal(900);
    expect(one.transmit(1, one.standard, 1_000)).to.equal(1_005);
  });
});
