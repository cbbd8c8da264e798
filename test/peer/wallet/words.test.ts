import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeWordsProblem, makeWords, readWords, seedOf } from '../../../peer/wallet/words.js';
import { fromHex, toHex } from '../../../shared/bytes.js';
import type { Entropy } from '../../../shared/entropy.js';
import { systemEntropy } from '../../../shared/io/systemEntropy.js';
import { requireVectors } from '../../support/skip.js';

type Vector = readonly [entropy: string, words: string, seed: string, xprv: string];

const ABOUT = `${'abandon '.repeat(11)}about`;

/** What is wrong with `text`, in a sentence. */
function problemOf(text: string): string {
  const read = readWords(text);
  return read.ok ? 'nothing' : describeWordsProblem(read.error);
}

describe('wallet/words', () => {
  it('are those that BIP 39 publishes, and so are their seeds', function () {
    const file = join(requireVectors(this), 'wallet', 'bip39_english.json');
    const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };
    expect(vectors).to.have.length.above(20);
    for (const [entropy, words, seed] of vectors) {
      const read = readWords(words);
      if (!read.ok) return expect.fail(words);
      expect(toHex(seedOf(read.value, 'TREZOR'))).to.equal(seed);
      if (entropy.length > 32) continue;
      const fixed = { bytes: () => fromHex(entropy) } as unknown as Entropy;
      expect(makeWords(fixed)).to.equal(words);
    }
  });

  it('are twelve new ones each time', () => {
    const [one, other] = [makeWords(systemEntropy), makeWords(systemEntropy)];
    expect(one.split(' ')).to.have.length(12);
    expect(one).to.not.equal(other);
    expect(readWords(one)).to.deep.equal({ ok: true, value: one });
  });

  it('are read as people type them', () => {
    const read = readWords(`\n  ${ABOUT.toUpperCase().replaceAll(' ', ' \t ')}  `);
    expect(read).to.deep.equal({ ok: true, value: ABOUT });
  });

  it('are refused with what to look at', () => {
    expect(problemOf('')).to.match(/^These are 0 words; there must be 12/);
    expect(problemOf('zoo '.repeat(13))).to.match(/^These are 13 words/);
    expect(problemOf(ABOUT.replace('about', 'abuot'))).to.equal(
      'Word 12, "abuot", is not in the list.',
    );
    expect(problemOf(ABOUT.replace('about', 'zebrra'))).to.include('Is it "zebra"?');
    expect(problemOf(ABOUT.replace('about', 'zoo'))).to.include('do not belong together');
    const [first, ...rest] = 'legal winner thank year wave sausage worth useful legal winner thank'
      .split(' ')
      .concat('yellow');
    expect(problemOf([...rest, first].join(' '))).to.include('do not belong together');
  });
});
