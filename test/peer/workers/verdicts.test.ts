import { expect } from 'chai';

import type { SignatureBatch } from '../../../peer/types.js';
import { Verdicts } from '../../../peer/workers/verdicts.js';
import type { Wtxid } from '../../../shared/units.js';

const wtxid = (i: number): Wtxid => i.toString(16).padStart(64, '0') as Wtxid;

/** `checksEach[i]` checks of transaction i. */
function batchOf(...checksEach: number[]): SignatureBatch {
  const owners = Uint32Array.from(checksEach.flatMap((n, i) => Array<number>(n).fill(i)));
  const checks = new Uint8Array(owners.length * 128);
  return { wtxids: checksEach.map((_, i) => wtxid(i)), owners, checks };
}

const outcomes = (verdicts: Verdicts): string[] =>
  verdicts.results().map(({ wtxid: id, outcome }) => `${Number(`0x${id}`)} ${outcome}`);

describe('workers/verdicts', () => {
  it('is complete when each check has its answer, in any order', () => {
    const verdicts = new Verdicts(batchOf(2, 1, 1));
    verdicts.onChecked(3, Uint8Array.of(1));
    expect(verdicts.isComplete).to.equal(false);
    verdicts.onChecked(0, Uint8Array.of(1, 1, 1));
    expect(verdicts.isComplete).to.equal(true);
    expect(outcomes(verdicts)).to.deep.equal(['0 valid', '1 valid', '2 valid']);
  });

  it('calls a transaction invalid for one bad signature of many', () => {
    const verdicts = new Verdicts(batchOf(1, 3, 1));
    verdicts.onChecked(0, Uint8Array.of(1, 1));
    verdicts.onChecked(2, Uint8Array.of(1, 0, 1));
    expect(outcomes(verdicts)).to.deep.equal(['0 valid', '1 invalid', '2 valid']);
  });

  it('never makes a verdict of a check that was not run', () => {
    const verdicts = new Verdicts(batchOf(1, 2, 1));
    verdicts.onChecked(0, Uint8Array.of(1, 1));
    verdicts.onNotRun(2, 2);
    expect(verdicts.isComplete).to.equal(true);
    expect(outcomes(verdicts)).to.deep.equal(['0 valid', '1 not-run', '2 not-run']);
  });

  it('keeps the verdict of one bad signature, whatever else was not run', () => {
    const before = new Verdicts(batchOf(2));
    before.onNotRun(0, 1);
    before.onChecked(1, Uint8Array.of(0));
    const after = new Verdicts(batchOf(2));
    after.onChecked(1, Uint8Array.of(0));
    after.onNotRun(0, 1);
    expect([...outcomes(before), ...outcomes(after)]).to.deep.equal(['0 invalid', '0 invalid']);
  });

  it('finds nothing wrong with a transaction without signatures', () => {
    const verdicts = new Verdicts(batchOf(0, 0));
    expect(verdicts.isComplete).to.equal(true);
    expect(outcomes(verdicts)).to.deep.equal(['0 valid', '1 valid']);
  });
});
