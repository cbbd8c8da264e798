/**
 * Network files, configuration files and addresses, changed by their structure in each way that
 * `textMutants` knows: reading throws nothing, answers with a sentence, and costs no more than the
 * text is long.
 */

import net from 'node:net';
import { expect } from 'chai';
import { costsOf, sizeOf } from '../support/cost.js';
import { TRIALS } from './textTrials.js';

/** What reading, and printing again, may take: so much at all, and so much for each character. */
const STEPS = { atAll: 2_000, aByte: 4 };
/** A configuration with an unknown key: it is compared with all that there are. */
const STEPS_OF_A_SUGGESTION = 60_000;
const SIZE = { atAll: 5_000, aByte: 3 };

describe('shared: mutants of every text', () => {
  for (const { name, read, kinds } of TRIALS) {
    it(`${name}: are refused with a sentence, or are what they would be printed as`, () => {
      let taken = 0;
      for (const { what, texts } of kinds) {
        for (const { text } of texts) {
          const outcome = read(text);
          if (name.includes(':')) expect('value' in outcome, text).to.equal(isAddress(text));
          if ('refused' in outcome) {
            expect(outcome.refused, what).to.match(/^\P{Cc}{1,1000}\.$/u);
            continue;
          }
          taken++;
          expect(read(outcome.again), what).to.deep.include({ again: outcome.again });
          expect(sizeOf(outcome.value), what).to.be.at.most(SIZE.atAll + SIZE.aByte * text.length);
        }
      }
      const count = kinds.reduce((sum, { texts }) => sum + texts.length, 0);
      expect(taken).to.be.within(3, count / 2);
    });
  }

  it('take steps for what is there, and not for what it says', async function () {
    this.timeout(30_000);
    const url = new URL('./textTrials.js', import.meta.url);
    let total = 0;
    for (const { what, count, bytes, steps } of await costsOf(url)) {
      const atAll = what.startsWith('a configuration') ? STEPS_OF_A_SUGGESTION : STEPS.atAll;
      total += steps;
      expect(steps, what).to.be.at.most(atAll * count + STEPS.aByte * bytes);
    }
    expect(total).to.be.greaterThan(1_000_000);
  });
});

/** As the system sees it. */
function isAddress(text: string): boolean {
  const [, six, four, port] = /^(?:\[([^\]%]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  const isHost = six === undefined ? net.isIPv4(four ?? '') : net.isIPv6(six);
  return isHost && Number(port) >= 1 && Number(port) <= 65_535;
}
