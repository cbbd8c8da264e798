/**
 * Headers, transactions, blocks, parameters and stored coins, changed by their structure in each
 * way that `layoutMutants` knows: decoding throws nothing but what it says, admits only what would
 * be written so again, and costs no more than the bytes that came.
 */

import { expect } from 'chai';
import { allowed, bytesMadeBy, costsOf, sizeOf } from '../../support/cost.js';
import { TRIALS, type Subject } from './layoutTrials.js';

/** What decoding, and writing again, may take: so much at all, and so much for each byte. */
const STEPS = { aPiece: 100, aByte: 9 };
const BYTES_MADE = { aPiece: 15_000, aByte: 15 };
const SIZE = { atAll: 600, aByte: 3 };
const BYTE_ARRAYS_A_BYTE = 3;

describe('consensus: mutants of every layout', () => {
  for (const { name, subject, kinds } of TRIALS) {
    it(`${name}: are refused, or are what they would be written as`, () => {
      for (const { what, mutants } of kinds) {
        for (const { bytes } of mutants) expectDeclared(subject, bytes, what);
      }
      const all = kinds.flatMap(({ mutants }) => mutants);
      const taken = all.filter(({ bytes }) => 'value' in subject.decode(bytes.slice()));
      expect(taken.length).to.be.within(10, all.length - 10);
    });
  }

  it('take steps and memory for what came, and not for what is claimed', async function () {
    this.timeout(180_000);
    const url = new URL('./layoutTrials.js', import.meta.url);
    for (const trial of await costsOf(url)) {
      expect(trial.steps, trial.what).to.be.within(1, allowed(STEPS, trial));
      expect(trial.bytesMade, trial.what).to.be.within(1, allowed(BYTES_MADE, trial));
    }
  });
});

function expectDeclared({ decode, refusal }: Subject, bytes: Uint8Array, what: string): void {
  let outcome: ReturnType<typeof decode> | undefined;
  const bytesMade = bytesMadeBy(() => (outcome = decode(bytes.slice())));
  expect(bytesMade, what).to.be.at.most(BYTE_ARRAYS_A_BYTE * bytes.length);
  if (outcome === undefined || 'refused' in outcome) {
    expect(outcome?.refused, what).to.match(refusal);
    return;
  }
  expect(outcome.again, what).to.deep.equal(bytes);
  expect(sizeOf(outcome.value), what).to.be.at.most(SIZE.atAll + SIZE.aByte * bytes.length);
}
