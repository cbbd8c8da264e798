import { expect } from 'chai';
import {
  describeMempoolReject,
  isPolicy,
  POLICY_REJECTS,
} from '../../../shared/consensus/policyReject.js';
import { REJECTS } from '../../../shared/consensus/reject.js';
import type { Txid } from '../../../shared/units.js';

const txid = 'ab'.repeat(32) as Txid;

describe('consensus/policyReject', () => {
  it('has no code that a rule has, and a sentence for each', () => {
    const codes = Object.keys(POLICY_REJECTS);
    expect(codes.filter((code) => Object.hasOwn(REJECTS, code))).to.deep.equal([]);
    const sentences = Object.values(POLICY_REJECTS);
    for (const sentence of sentences) expect(sentence).to.match(/^[A-Z].*\.$/u);
    expect(new Set(sentences).size).to.equal(sentences.length);
  });

  it('tells policy from rules', () => {
    expect(isPolicy({ code: 'fee-too-low', needed: 2, found: 1 })).to.equal(true);
    expect(isPolicy({ code: 'bad-signature', txid })).to.equal(false);
  });

  it('says in one line what is asked for and what was found', () => {
    const line = describeMempoolReject({ code: 'fee-too-low', needed: 200, found: 7 });
    expect(line).to.match(/^fee-too-low: Its fee .*\. \(needed 200, found 7\)$/u);
    expect(describeMempoolReject({ code: 'no-inputs', txid })).to.match(/^no-inputs: /u);
  });
});
