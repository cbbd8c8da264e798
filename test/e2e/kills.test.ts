import { expect } from 'chai';
import { Kills } from '../../bench/kills/kills.js';
import { KINDS } from '../../bench/kills/moments.js';

/** `npm run kills`, short: each kind of kill at least once. */
describe('e2e: kill -9 at any moment', function () {
  this.timeout(240_000);

  const lines: string[] = [];
  const kills = new Kills({
    ...{ kills: 8, seed: 3, blockCount: 900 },
    onLine: (line) => lines.push(line),
  });
  after(() => kills.close());

  it('loses nothing that was told of, and needs no hand to come up again', async () => {
    const { failed, byKind, inTheMiddle } = await kills.run();
    expect(failed, lines.join('\n')).to.equal(0);
    expect([...byKind.keys()]).to.have.members(KINDS);
    expect(lines).to.have.length(9);
    expect(inTheMiddle, lines.join('\n')).to.be.above(0);
  });
});
