import { expect } from 'chai';
import { fail, ok, type Result } from '../../shared/result.js';

describe('shared/result', () => {
  it('is a value or an error, told apart by one field', () => {
    const results: Result<number, string>[] = [ok(1), fail('why')];
    expect(results.map((result) => (result.ok ? result.value : result.error))).to.deep.equal([
      1,
      'why',
    ]);
  });
});
