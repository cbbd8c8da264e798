import { expect } from 'chai';
import { readKillFlags } from '../../../bench/kills/killFlags.js';

describe('kills/killFlags', () => {
  it('have a standard each', () => {
    expect(readKillFlags([], 7)).to.deep.equal({ kills: 20, seed: 7 });
    const words = ['--kills', '3', '--seed=4'];
    expect(readKillFlags(words, 7)).to.deep.equal({ kills: 3, seed: 4 });
  });

  it('are refused in sentences, and told of to whoever asks', () => {
    const known = 'There are: --kills N, --seed S, --help.';
    for (const [word, text] of [
      ['--kills=0', '--kills takes 1 to 100000.'],
      ['--kills=1e3', '--kills takes 1 to 100000.'],
      ['--seed=4294967296', '--seed takes 0 to 2^32 − 1.'],
      ['--kill=1', `Unknown option '--kill'. ${known}`],
    ] as const) {
      expect(readKillFlags([word], 7)).to.deep.equal({ text, exitCode: 1 });
    }
    expect(readKillFlags(['--help'], 7)).to.deep.equal({
      ...{ text: 'npm run kills -- [--kills N] [--seed S]  (docs/simulation.md)', exitCode: 0 },
    });
  });
});
