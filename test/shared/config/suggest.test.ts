import { expect } from 'chai';
import { didYouMean, editDistance, nearest } from '../../../shared/config/suggest.js';

describe('config/suggest', () => {
  it('counts insertions, deletions, replacements and swaps', () => {
    expect(editDistance('peers', 'peers')).to.equal(0);
    expect(editDistance('peers', 'peres')).to.equal(1);
    expect(editDistance('peer', 'peers')).to.equal(1);
    expect(editDistance('mine', 'line')).to.equal(1);
    expect(editDistance('', 'abc')).to.equal(3);
  });

  it('suggests nothing when nothing is near', () => {
    expect(nearest('--trakcer', ['--tracker', '--threads'])).to.equal('--tracker');
    expect(nearest('xyzzy', ['peer', 'tracker'])).to.equal(undefined);
  });

  it('writes a suggestion as a sentence, or nothing', () => {
    expect(didYouMean('staus', ['status', 'peers'])).to.equal(' Did you mean status?');
    expect(didYouMean('quux', ['status', 'peers'])).to.equal('');
  });
});
