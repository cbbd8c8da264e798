import { expect } from 'chai';
import { closure, MempoolEntry, rateOf, totalsOf } from '../../../peer/mempool/entry.js';
import { outpointsOf } from '../../../shared/consensus/transaction.js';
import type { Amount, UnixSeconds } from '../../../shared/units.js';
import { ALLOCATION, genesisCoin, makeNetwork, owner, pay, spend } from '../../support/blocks.js';

const network = makeNetwork();
const entry = (i: number, fee: number): MempoolEntry => {
  const outputs = [pay(owner(7), 1_000), pay(owner(i), ALLOCATION - 1_000 - fee)];
  const tx = spend(network, { coins: [genesisCoin(network, i)], outputs });
  const addresses = new Set([owner(i).address]);
  const facts = { spendsCoinbase: false, addresses, addedAt: 5 as UnixSeconds, number: i };
  return new MempoolEntry({ tx, outpoints: outpointsOf(tx), fee: fee as Amount, ...facts });
};

describe('mempool/entry', () => {
  it('is alone until somebody counts the others', () => {
    const one = entry(0, 10);
    expect(one.ancestors).to.deep.equal({ count: 1, fees: 10, bytes: one.bytes });
    expect(one.descendants).to.deep.equal(one.alone);
  });

  it('is followed both ways, each once', () => {
    const [a, b, c] = [entry(0, 10), entry(1, 20), entry(2, 30)];
    for (const [parent, child] of [
      [a, b],
      [a, c],
      [b, c],
    ] as const) {
      parent.children.add(child);
      child.parents.add(parent);
    }
    expect([...closure([a], 'children')]).to.have.members([a, b, c]);
    expect([...closure([c], 'parents')]).to.have.members([a, b, c]);
    const totals = totalsOf(closure([b], 'parents'));
    expect(totals).to.deep.equal({ count: 2, fees: 30, bytes: a.bytes + b.bytes });
    expect(rateOf({ fees: 30, bytes: 600 })).to.equal(50);
  });
});
