import { expect } from 'chai';
import { readSimFlags, readSoakFlags } from '../../../lab/sim/simFlags.js';

const STANDARD = { seed: 1, nodes: 12, hours: 1, faults: 'many' };
const SEEDS = 2 ** 32 - 1;

describe('sim/simFlags', () => {
  it('have a standard each, and take a value as a word of its own or behind =', () => {
    expect(readSimFlags([], 7)).to.deep.equal({ ...STANDARD, seed: 7 });
    expect(readSoakFlags([])).to.deep.equal({ ...STANDARD, seeds: SEEDS });
    const asked = { seed: 3, nodes: 4, hours: 0.5, faults: 'none' };
    const words = Object.entries(asked).map(([name, value]) => [`--${name}`, String(value)]);
    expect(readSimFlags(words.flat(), 7)).to.deep.equal(asked);
    const joined = words.map((pair) => pair.join('='));
    expect(readSoakFlags([...joined, '--seeds=5'])).to.deep.equal({ ...asked, seeds: 5 });
    expect(readSoakFlags(['--seeds', '5'])).to.deep.equal({ ...STANDARD, seeds: 5 });
  });

  it('take numbers only as people write them, and within their range', () => {
    const ranges: Readonly<Record<string, readonly [range: string, words: string]>> = {
      seed: ['0 to 2^32 − 1', '1e3 0x10 1.0 4294967296 x'],
      nodes: ['1 to 10000', '0 10001 1e3 2.5'],
      hours: ['above 0, at most 10000', '0 10001 1e3 0x1 .5 5. Infinity 0.0000001'],
      faults: ['none, some, many', 'all toString'],
    };
    for (const [name, [range, words]] of Object.entries(ranges)) {
      for (const word of [...words.split(' '), '', '-1', ' 1', '+1']) {
        const refusal = { text: `--${name} takes ${range}.`, exitCode: 1 };
        expect(readSimFlags([`--${name}=${word}`], 7), word).to.deep.equal(refusal);
        expect(readSoakFlags([`--${name}=${word}`]), word).to.deep.equal(refusal);
      }
    }
  });

  it('take no seed behind the last', () => {
    const last = ['--seed', String(2 ** 32 - 2)];
    const all = { ...STANDARD, seed: 2 ** 32 - 2, seeds: 2 };
    expect(readSoakFlags(last)).to.deep.equal(all);
    expect(readSoakFlags([...last, '--seeds', '2'])).to.deep.equal(all);
    for (const word of ['0', '3', '1e0', '0x1', '']) {
      const text = '--seeds takes 1 to 2 from seed 4294967294 on.';
      expect(readSoakFlags([...last, `--seeds=${word}`])).to.deep.equal({ text, exitCode: 1 });
    }
  });

  it('are told of, in sentences, to whoever gives another', () => {
    const sim = 'There are: --seed S, --nodes N, --hours H, --faults none|some|many, --help.';
    const soak = sim.replace('--help', '--seeds COUNT, --help');
    const textOf = (read: object): unknown => ('text' in read ? read.text : read);
    expect(textOf(readSimFlags(['--seeds', '1'], 7))).to.equal(`Unknown option '--seeds'. ${sim}`);
    expect(textOf(readSoakFlags(['--sed', '1']))).to.equal(`Unknown option '--sed'. ${soak}`);
    expect(textOf(readSimFlags(['--seed=1', '--seed', '1'], 7))).to.equal('--seed is there twice.');
    const positional = "Unexpected argument 'x'. This command does not take positional arguments.";
    expect(textOf(readSoakFlags(['x']))).to.equal(`${positional} ${soak}`);
    expect(textOf(readSimFlags(['--seed', '-1'], 7))).to.match(/^[^\n]+\. There are: --seed S/);
  });

  it('are told of to whoever asks for help', () => {
    const sim = readSimFlags(['--help'], 7);
    const flags = '[--seed S] [--nodes N] [--hours H] [--faults none|some|many]';
    expect(sim).to.deep.equal({
      ...{ text: `npm run sim -- ${flags}  (docs/simulation.md)`, exitCode: 0 },
    });
    expect(readSoakFlags(['--seeds', '1', '--help'])).to.deep.equal({
      ...{ text: `npm run soak -- ${flags} [--seeds COUNT]  (docs/simulation.md)`, exitCode: 0 },
    });
  });
});
