import { expect } from 'chai';
import { describeReject, REJECTS } from '../../../shared/consensus/reject.js';
import type { Bits } from '../../../shared/units.js';

describe('consensus/reject', () => {
  it('says each rule in one sentence, and each another one', () => {
    const sentences = Object.values(REJECTS).map(({ sentence }) => sentence);
    for (const sentence of sentences) expect(sentence).to.match(/^[A-Z][^.]*\.$/);
    expect(new Set(sentences).size).to.equal(sentences.length);
  });

  it('blames nobody for what may become right or breaks no rule', () => {
    for (const [code, row] of Object.entries(REJECTS)) {
      if (row.class === 'not-yet' || row.class === 'policy')
        expect(row.fault, code).to.equal('none');
    }
  });

  it('prints code, sentence and data in one line', () => {
    expect(describeReject({ code: 'bad-pow' })).to.equal(
      'bad-pow: The hash is above the effective target.',
    );
    const bits = { expected: 5 as Bits, found: 6 as Bits };
    expect(describeReject({ code: 'bad-bits', ...bits })).to.match(/\(expected 5, found 6\)$/);
  });
});
