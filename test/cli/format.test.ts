import { expect } from 'chai';
import {
  alignColumns,
  formatCount,
  formatDuration,
  formatHashRate,
  formatWait,
  shortHash,
} from '../../cli/format.js';

describe('cli/format', () => {
  it('counts one and many', () => {
    const texts = [0, 1, 2].map((count) => formatCount(count, 'coin'));
    expect(texts).to.deep.equal(['0 coins', '1 coin', '2 coins']);
    expect(formatCount(2, 'address')).to.equal('2 addresses');
  });

  it('writes hash rates with three digits and a unit', () => {
    const rates = [0, 7.4, 999, 1_000, 12_340, 123_400, 999_400, 999_600, 7.8e6, 2e13];
    expect(rates.map(formatHashRate)).to.deep.equal([
      '0 H/s',
      '7 H/s',
      '999 H/s',
      '1.00 kH/s',
      '12.3 kH/s',
      '123 kH/s',
      '999 kH/s',
      '1.00 MH/s',
      '7.80 MH/s',
      '20.0 TH/s',
    ]);
  });

  it('writes short waits in milliseconds', () => {
    const waits = [0.0004, 0.001, 0.25, 1, 61].map(formatWait);
    expect(waits).to.deep.equal(['< 1 ms', '1 ms', '250 ms', '1 s', '1 min 1 s']);
  });

  it('writes durations with their two largest units', () => {
    expect(
      [-3, 0, 0.4, 59, 60, 61, 3_599, 3_600, 3_661, 90_000, 86_401].map(formatDuration),
    ).to.deep.equal([
      '0 s',
      '0 s',
      '0 s',
      '59 s',
      '1 min',
      '1 min 1 s',
      '59 min 59 s',
      '1 h',
      '1 h 1 min',
      '1 d 1 h',
      '1 d',
    ]);
  });

  it('shortens a hash to the end that differs', () => {
    expect(shortHash('0000000000000000000000000000000000000000000000000000000012345678')).to.equal(
      '12345678',
    );
  });

  it('aligns columns of unequal rows', () => {
    expect(alignColumns([['a', 'bb', 'c'], ['ccc', '', 'd'], ['x']])).to.deep.equal([
      'a    bb  c',
      'ccc      d',
      'x',
    ]);
  });
});
