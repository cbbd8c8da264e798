import { expect } from 'chai';
import { checkParams } from '../../../shared/consensus/params.js';
import { startingBits, template } from '../../../shared/consensus/templates.js';
import { bitsOf, targetOf, workOf } from '../../../shared/consensus/work.js';
import { GENESIS_TIME, owner, pay } from '../../support/blocks.js';
import { expectOk } from '../../support/rejects.js';

const identity = { name: 'room-12', salt: new Uint8Array(16).fill(7), time: GENESIS_TIME };

describe('consensus/templates', () => {
  it('makes parameters within their bounds, with the name, salt and time given', () => {
    for (const name of ['lan', 'dev'] as const) {
      const params = template(name, identity);
      expectOk(checkParams(params));
      expect(params).to.include(identity);
      expect(params.genesisBits).to.equal(bitsOf(params.powLimit));
      expect(params.allocations).to.deep.equal([]);
    }
  });

  it('takes a starting target and allocations', () => {
    const allocations = [pay(owner(0), 5)];
    const genesisBits = bitsOf(1n << 220n);
    const params = template('lan', { ...identity, genesisBits, allocations });
    expect(params).to.include({ genesisBits, allocations });
  });

  it('has the times that the design derives from T', () => {
    const { targetInterval, halfLife, cap, futureLimit } = template('lan', identity);
    expect(targetInterval).to.equal(10);
    expect(halfLife).to.equal(Math.max(24 * targetInterval, 120));
    expect(cap).to.equal(2 * halfLife);
    expect(futureLimit).to.equal(halfLife / 2);
  });

  it('asks 65,536 hashes of a lan block at least, and two of a dev block for ever', () => {
    expect(workOf(template('lan', identity).powLimit)).to.equal(65_535n);
    const dev = template('dev', identity);
    expect(workOf(dev.powLimit)).to.equal(2n);
    expect(dev.fixedTarget).to.equal(true);
  });

  it('finds the starting target that fits a hash rate', () => {
    const { powLimit } = template('lan', identity);
    const bits = startingBits(1_000_000, 10, powLimit);
    expect(Number(workOf(targetOf(bits) ?? 0n))).to.be.closeTo(10_000_000, 1000);
    expect(startingBits(0, 10, powLimit)).to.equal(bitsOf(powLimit));
    expect(startingBits(6000, 10, powLimit)).to.equal(bitsOf(powLimit));
    expect(startingBits(7000, 10, powLimit)).not.to.equal(bitsOf(powLimit));
  });
});
