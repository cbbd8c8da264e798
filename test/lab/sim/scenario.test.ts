import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replayCommand } from '../../../lab/sim/report.js';
import { runScenario, type ScenarioOptions } from '../../../lab/sim/scenario.js';
import { projectRoot } from '../../support/paths.js';

interface KeptSeed extends ScenarioOptions {
  readonly story: string;
}

const kept = JSON.parse(
  readFileSync(join(projectRoot, 'lab/sim/seeds.json'), 'utf8'),
) as readonly KeptSeed[];

describe('sim/scenario', function () {
  this.timeout(120_000);

  it('gives the same trace for the same seed, byte for byte, and another for another', () => {
    const options = { seed: 11, nodes: 6, hours: 0.2, faults: 'many' } as const;
    const [first, again, other] = [options, options, { ...options, seed: 12 }].map((one) =>
      runScenario(one),
    );
    expect([first?.failure, other?.failure]).to.deep.equal([undefined, undefined]);
    expect(first?.digest).to.match(/^[0-9a-f]{64}$/u);
    expect(again?.digest).to.equal(first?.digest);
    expect(other?.digest).to.not.equal(first?.digest);
  });

  it('brings a network without faults to one chain of the expected length', () => {
    const { failure, height, sometimes } = runScenario({
      ...{ seed: 21, nodes: 8, hours: 0.5, faults: 'none' },
    });
    expect(failure).to.equal(undefined);
    // 180 blocks of 10 s, which come by chance.
    expect(height).to.be.within(120, 260);
    expect(sometimes.count('liar found out')).to.equal(0);
  });

  it('really takes the rare paths, over a few seeds', () => {
    const runs = [31, 32].map((seed) => runScenario({ seed, nodes: 8, hours: 1, faults: 'many' }));
    expect(runs.map(({ failure }) => failure)).to.deep.equal([undefined, undefined]);
    for (const path of [
      ...(['fork', 'ping timed out', 'liar found out', 'power lost'] as const),
      ...(['low-work branch refused', 'mutated body refused', 'garbage cut off'] as const),
    ] as const) {
      const counts = runs.map(({ sometimes }) => sometimes.count(path));
      expect(Math.max(...counts), path).to.be.above(0);
    }
  });

  for (const options of kept) {
    it(`holds where it once broke: ${options.story}`, () => {
      expect(runScenario(options).failure, replayCommand(options)).to.equal(undefined);
    });
  }
});
