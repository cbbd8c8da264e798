import { expect } from 'chai';
import fc from 'fast-check';

import type { MonoMs } from '../../../shared/units.js';
import { DialRates } from '../../../tracker/registry/dialRates.js';

const MINUTE = 60_000;

describe('tracker/registry/dialRates', () => {
  it('forgets after two minutes at the latest', () => {
    const rates = new DialRates();
    rates.add('a', 0 as MonoMs);
    expect(rates.count('a', (MINUTE - 1) as MonoMs)).to.equal(1);
    expect(rates.count('a', (2 * MINUTE) as MonoMs)).to.equal(0);
  });

  it('says when counts next go down', () => {
    const rates = new DialRates();
    rates.add('a', 500 as MonoMs);
    expect(rates.rotatesAt(600 as MonoMs)).to.equal(500 + MINUTE);
  });

  it('never counts less than there were in the last minute', () => {
    const dial = fc.record({ target: fc.constantFrom('a', 'b'), waitMs: fc.nat(50_000) });
    fc.assert(
      fc.property(fc.array(dial, { maxLength: 60 }), (dials) => {
        const rates = new DialRates();
        const log: { readonly target: string; readonly now: number }[] = [];
        let now = 0;
        for (const { target, waitMs } of dials) {
          now += waitMs;
          rates.add(target, now as MonoMs);
          log.push({ target, now });
          const recent = log.filter((d) => d.target === target && d.now > now - MINUTE);
          expect(rates.count(target, now as MonoMs)).to.be.at.least(recent.length);
        }
      }),
    );
  });
});
