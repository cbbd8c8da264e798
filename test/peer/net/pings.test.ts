import { expect } from 'chai';
import { Pings } from '../../../peer/net/pings.js';
import { seededRng } from '../../../shared/rng.js';
import type { MonoMs } from '../../../shared/units.js';

const at = (ms: number): MonoMs => ms as MonoMs;
const newPings = (): Pings => new Pings(at(0), seededRng(7));

describe('net/pings', () => {
  it('pings after 15 s for the first round trip, give or take a fifth', () => {
    const pings = newPings();
    expect(pings.dueAt).to.be.within(12_000, 18_000);
    expect(pings.step(at(pings.dueAt - 1))).to.equal('rest');
    expect(pings.step(pings.dueAt)).to.equal('ping');
  });

  it('pings after 25 s without a byte, and then after 12 s each time', () => {
    const pings = newPings();
    pings.sent('a', pings.dueAt, 0);
    const heardAt = pings.dueAt;
    pings.onHeard(heardAt);
    expect(pings.dueAt - heardAt).to.be.within(20_000, 30_000);
    for (let i = 0; i < 3; i++) {
      const sentAt = pings.dueAt;
      pings.sent(String(i), sentAt, 0);
      expect(pings.dueAt - sentAt).to.be.within(9_600, 14_400);
    }
    // As soon as if they all came every 15 s.
    expect(pings.dueAt - heardAt).to.be.within(48_800, 73_200);
    expect(pings.step(pings.dueAt)).to.equal('dead');
    pings.onHeard(pings.dueAt);
    expect(pings.step(at(pings.dueAt - 1))).to.equal('rest');
  });

  it('finds the other side dead after three pings that nothing came after', () => {
    const pings = newPings();
    for (let i = 0; i < 3; i++) {
      expect(pings.step(pings.dueAt)).to.equal('ping');
      pings.sent(String(i), pings.dueAt, 0);
    }
    expect(pings.step(pings.dueAt)).to.equal('dead');
  });

  it('takes any message for a sign of life', () => {
    const pings = newPings();
    for (let i = 0; i < 20; i++) {
      const { dueAt } = pings;
      expect(pings.step(dueAt)).to.equal('ping');
      pings.sent(String(i), dueAt, 0);
      pings.onHeard(dueAt);
    }
  });

  it('leaves a connection alone on which something comes, but for a measurement', () => {
    const pings = newPings();
    const sent: number[] = [];
    for (let ms = 0; ms <= 600_000; ms += 1_000) {
      if (pings.step(at(ms)) === 'ping') {
        pings.sent(String(ms), at(ms), 0);
        sent.push(ms);
      }
      if (ms % 10_000 === 0) pings.onHeard(at(ms));
    }
    expect(sent[0], 'the first, for the round trip').to.be.within(12_000, 19_000);
    const gaps = sent.slice(1).map((ms, i) => ms - (sent[i] ?? 0));
    expect(gaps).to.have.lengthOf.within(3, 7);
    for (const gap of gaps) expect(gap).to.be.within(96_000, 145_000);
  });

  it('measures the round trip, also of a pong that other messages held up', () => {
    const pings = newPings();
    pings.sent('a', at(100), 0);
    pings.onHeard(at(120));
    expect(pings.onPong('a', at(142))).to.equal(100);
    expect(pings.latencyMs).to.equal(42);
  });

  it('knows what of ours has arrived by the pings that were answered, or are old', () => {
    const pings = newPings();
    expect(pings.arrivedBytes(at(100))).to.equal(0);
    for (const [i, nonce] of ['a', 'b', 'c', 'd'].entries()) {
      pings.sent(nonce, at(i * 1_000), i * 500);
    }
    pings.onPong('b', at(5_000));
    expect(pings.arrivedBytes(at(5_000))).to.equal(500);
    pings.onPong('a', at(5_001));
    expect(pings.arrivedBytes(at(31_999))).to.equal(500);
    expect(pings.arrivedBytes(at(32_000))).to.equal(1_000);
    expect(pings.arrivedBytes(at(90_000))).to.equal(1_500);
  });

  it('knows a pong that answers nothing', () => {
    const pings = newPings();
    pings.sent('a', at(100), 0);
    expect(pings.onPong('b', at(110))).to.equal(undefined);
    expect(pings.onPong('a', at(110))).to.equal(100);
    expect(pings.onPong('a', at(111))).to.equal(undefined);
  });

  it('lets the other side ping twenty times at once, and then once a second', () => {
    const pings = newPings();
    const admitted = (ms: number, count: number): number =>
      Array.from({ length: count }, () => pings.onPing(at(ms))).filter(Boolean).length;
    expect(admitted(0, 20)).to.equal(20);
    expect(admitted(2_000, 2)).to.equal(2);
    expect(pings.onPing(at(2_500))).to.equal(false);
    const patient = newPings();
    for (let s = 0; s < 100; s++) expect(patient.onPing(at(s * 1_000))).to.equal(true);
    expect(Array.from({ length: 21 }, () => patient.onPing(at(1e6))).lastIndexOf(true)).to.equal(
      19,
    );
  });
});
