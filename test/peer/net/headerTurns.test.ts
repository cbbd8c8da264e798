import { expect } from 'chai';
import { HeaderTurns, type Askable } from '../../../peer/net/headerTurns.js';
import type { MonoMs } from '../../../shared/units.js';

const at = (ms: number): MonoMs => ms as MonoMs;
const waiting = (tipWork: bigint): Askable => ({
  isWanted: true,
  isAsked: false,
  isInTheMiddle: false,
  tipWork,
});
const asked = (tipWork: bigint): Askable => ({ ...waiting(tipWork), isAsked: true });
const goingOn = (tipWork: bigint): Askable => ({ ...waiting(tipWork), isInTheMiddle: true });
const content = (tipWork: bigint): Askable => ({ ...waiting(tipWork), isWanted: false });

describe('net/headerTurns', () => {
  it('begins with the one that claims the most work', () => {
    const peers = [waiting(1n), waiting(3n), waiting(2n), content(9n)];
    expect(new HeaderTurns().take(peers, at(0))).to.deep.equal([peers[1]]);
  });

  it('lets who is in the middle go on, and asks one more every five seconds', () => {
    const turns = new HeaderTurns();
    turns.take([waiting(5n)], at(0));
    const [slow, a, b] = [goingOn(5n), waiting(1n), waiting(2n)];
    expect(turns.take([slow, a, b], at(4_999))).to.deep.equal([slow]);
    expect(turns.nextTurn([asked(5n), a, b])).to.equal(5_000);
    expect(turns.take([asked(5n), a, b], at(5_000))).to.deep.equal([b]);
    expect(turns.take([asked(5n), a, asked(2n)], at(9_999))).to.deep.equal([]);
    expect(turns.take([slow, a, asked(2n)], at(10_000))).to.deep.equal([slow, a]);
  });

  it('asks the next at once when the one that was asked is gone', () => {
    const turns = new HeaderTurns();
    turns.take([waiting(5n)], at(0));
    const next = waiting(1n);
    expect(turns.take([next], at(10))).to.deep.equal([next]);
  });

  it('asks all at once after the first had no more', () => {
    const turns = new HeaderTurns();
    turns.onDone();
    const peers = [waiting(1n), asked(2n), waiting(3n)];
    expect(turns.take(peers, at(0))).to.deep.equal([peers[0], peers[2]]);
    expect(turns.nextTurn([asked(2n), content(1n)])).to.equal(Number.POSITIVE_INFINITY);
  });
});
