import { expect } from 'chai';
import { bytesMadeBy, costsOf } from './cost.js';
import { CLAIMED, NO_LEAK } from './leaks.js';

const RUNS = 4;

describe('support/cost', () => {
  it('counts whatever is made: buffers, copies, lists and texts', async () => {
    const most = new Map<string, number>();
    // What garbage collection takes away in the middle of a run is not seen in that run.
    for (let run = 0; run < RUNS; run++) {
      const costs = await costsOf(new URL('./leaks.js', import.meta.url));
      expect(costs).to.have.length(8);
      for (const { what, bytesMade } of costs) {
        if (what === NO_LEAK) expect(bytesMade).to.be.below(2_000);
        most.set(what, Math.max(bytesMade, most.get(what) ?? 0));
      }
    }
    most.delete(NO_LEAK);
    for (const [what, bytesMade] of most) expect(bytesMade, what).to.be.at.least(CLAIMED);
  });

  it('counts byte arrays and buffers to the byte', () => {
    const { Uint8Array: before } = globalThis;
    expect(bytesMadeBy(() => new Uint8Array(5))).to.equal(5);
    expect(bytesMadeBy(() => new Uint8Array(new ArrayBuffer(6)))).to.equal(6);
    expect(bytesMadeBy(() => Buffer.alloc(7))).to.equal(7);
    expect(bytesMadeBy(() => [Buffer.allocUnsafe(8), Buffer.allocUnsafeSlow(1)])).to.equal(9);
    expect(bytesMadeBy(() => undefined)).to.equal(0);
    expect(globalThis.Uint8Array).to.equal(before);
  });
});
