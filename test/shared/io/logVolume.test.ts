import { expect } from 'chai';

import { LogVolume, SITE_BYTES_PER_HOUR } from '../../../shared/io/logVolume.js';

const HOUR_MS = 3_600_000;
const LINE_BYTES = 1_024;
const LINES_PER_HOUR = SITE_BYTES_PER_HOUR / LINE_BYTES;

describe('io/logVolume', () => {
  it('gives each call site its budget of an hour, and the others theirs', () => {
    const volume = new LogVolume();
    expect(admittedCount(volume, 'a', 3 * LINES_PER_HOUR, 0)).to.equal(LINES_PER_HOUR);
    expect(admittedCount(volume, 'b', 10, 0)).to.equal(10);
    expect(admittedCount(volume, 'a', 10, HOUR_MS - 1)).to.equal(0);
    expect(admittedCount(volume, 'a', 10, HOUR_MS)).to.equal(10);
  });

  it('tells with the next line how many were left out', () => {
    const volume = new LogVolume();
    admittedCount(volume, 'a', LINES_PER_HOUR + 7, 0);
    const next = volume.admit('a', LINE_BYTES, HOUR_MS);
    expect(next).to.deep.equal({ type: 'write', leftOutCount: 7 });
    expect(volume.admit('a', 1, HOUR_MS)).to.deep.equal({ type: 'write', leftOutCount: 0 });
  });

  it('tells the first line that is left out from the others', () => {
    const volume = new LogVolume();
    admittedCount(volume, 'a', LINES_PER_HOUR, 0);
    expect(volume.admit('a', 1, 0)).to.deep.equal({ type: 'start-leaving-out' });
    expect(volume.admit('a', 1, 0)).to.deep.equal({ type: 'leave-out' });
  });

  it('bounds a million call sites that should have been one', () => {
    const volume = new LogVolume();
    let admittedBytes = 0;
    for (let i = 0; i < 1_000_000; i++) {
      if (volume.admit(`site ${i}`, LINE_BYTES, 0).type === 'write') admittedBytes += LINE_BYTES;
    }
    expect(admittedBytes).to.be.lessThan(2 * SITE_BYTES_PER_HOUR);
  });
});

function admittedCount(volume: LogVolume, site: string, lines: number, nowMs: number): number {
  let count = 0;
  for (let i = 0; i < lines; i++)
    if (volume.admit(site, LINE_BYTES, nowMs).type === 'write') count++;
  return count;
}
