import { expect } from 'chai';

import { Generation } from '../../../peer/mining/generation.js';
import type { BlockHash } from '../../../shared/units.js';

const hash = (digit: string): BlockHash => digit.repeat(64) as BlockHash;

describe('mining/generation', () => {
  it('counts down and answers with the hashes in order', () => {
    const generation = new Generation(7, 2);
    expect(generation.remaining).to.equal(2);
    generation.onBlock(hash('a'));
    generation.onBlock(hash('b'));
    expect(generation.remaining).to.equal(0);
    expect(generation.done()).to.deep.equal({
      type: 'reply',
      id: 7,
      result: { ok: true, value: { type: 'generated', hashes: [hash('a'), hash('b')] } },
    });
  });

  it('answers with the problem when it cannot go on', () => {
    const problem = { code: 'busy', what: 'a test' } as const;
    expect(new Generation(8, 2).failed(problem)).to.deep.equal({
      type: 'reply',
      id: 8,
      result: { ok: false, error: problem },
    });
  });
});
