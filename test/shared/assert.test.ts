import { expect } from 'chai';
import { assert, assertDefined, AssertionError, assertNever } from '../../shared/assert.js';

describe('shared/assert', () => {
  it('passes what holds and stops at what does not', () => {
    assert(true, 'unused');
    expect(() => {
      assert(false, 'the reason');
    }).to.throw(AssertionError, 'the reason');
  });

  it('returns what is there, and stops at what is not', () => {
    expect(assertDefined(0, 'unused')).to.equal(0);
    expect(() => assertDefined(undefined, 'the reason')).to.throw(AssertionError, 'the reason');
    expect(() => assertDefined(null, 'the reason')).to.throw(AssertionError, 'the reason');
  });

  it('names a member that no case knows', () => {
    expect(() => assertNever('new' as never)).to.throw(AssertionError, '"new"');
  });
});
