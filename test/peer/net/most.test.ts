import { expect } from 'chai';
import { most } from '../../../peer/net/most.js';

describe('net/most', () => {
  it('is the largest size, and 0 of none', () => {
    const sizeOf = (word: string): number => word.length;
    expect(most(['aa', 'aaaa', 'a'], sizeOf)).to.equal(4);
    expect(most([], sizeOf)).to.equal(0);
  });
});
