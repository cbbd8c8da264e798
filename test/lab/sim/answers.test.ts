import { expect } from 'chai';
import { Answers } from '../../../lab/sim/answers.js';
import { answersTo } from '../../../peer/chain/signatures.js';
import type { SignatureBatch } from '../../../peer/types.js';
import { signatureChecks } from '../../../shared/consensus/checkTransaction.js';
import { decoded, makeNetwork, spendGenesis } from '../../support/blocks.js';

const network = makeNetwork();

/** Of two transactions with a signature each. */
function batch(): SignatureBatch {
  const txs = [0, 1].map((i) => decoded(spendGenesis(network, i)));
  const wtxids = txs.map(({ wtxid }) => wtxid);
  return { wtxids, owners: Uint32Array.of(0, 1), checks: signatureChecks(txs) };
}

describe('sim/answers', () => {
  it('are those of the product, the same for the same bytes and others for others', () => {
    const answers = new Answers(network.idBytes);
    const right = batch();
    expect(answers.to(right)).to.deep.equal(answersTo(network.idBytes, right));
    expect(answers.to(batch())).to.equal(answers.to(right));
    const wrong = batch();
    // A bit of the second signature, or the second check for the first transaction.
    wrong.checks[128 + 40] = (wrong.checks[128 + 40] ?? 0) ^ 1;
    const outcomes = (asked: SignatureBatch): string[] =>
      answers.to(asked).map(({ outcome }) => outcome);
    expect(outcomes(wrong)).to.deep.equal(['valid', 'invalid']);
    expect(outcomes({ ...wrong, owners: Uint32Array.of(0, 0) })).to.deep.equal([
      ...['invalid', 'valid'],
    ]);
    expect(outcomes(right)).to.deep.equal(['valid', 'valid']);
  });
});
