import { expect } from 'chai';
import { compare, type Told } from '../../../bench/kills/held.js';

const told: Told = { height: 7, tip: 'seven', work: 14n };

describe('kills/held', () => {
  for (const [what, found, verdict] of [
    ['the same tip', { work: 14n, hashThere: 'seven' }, 'held'],
    ['more blocks upon it', { work: 18n, hashThere: 'seven' }, 'held'],
    ['another branch with more work', { work: 15n, hashThere: 'other' }, 'left'],
    ['more work in fewer blocks', { work: 15n, hashThere: undefined }, 'left'],
    ['another branch with equal work', { work: 14n, hashThere: 'other' }, 'lost'],
    ['one block less', { work: 12n, hashThere: undefined }, 'lost'],
    ['less work above the same height', { work: 13n, hashThere: 'other' }, 'lost'],
  ] as const) {
    it(`calls ${what} ${verdict}`, () => {
      expect(compare(told, found)).to.equal(verdict);
    });
  }
});
