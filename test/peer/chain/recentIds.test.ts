import { expect } from 'chai';
import { RecentIds } from '../../../peer/chain/recentIds.js';
import type { Wtxid } from '../../../shared/units.js';

const id = (n: number): Wtxid => n.toString(16).padStart(64, '0') as Wtxid;

describe('chain/recentIds', () => {
  it('remembers the last ones, and never more than twice as many as it must', () => {
    const ids = new RecentIds(10);
    for (let n = 0; n < 1_000; n++) {
      ids.add(id(n));
      expect(ids.size).to.be.at.most(20);
      for (let back = 0; back < 10 && back <= n; back++)
        expect(ids.has(id(n - back))).to.equal(true);
    }
    expect(ids.has(id(900))).to.equal(false);
  });

  it('counts nothing twice', () => {
    const ids = new RecentIds(3);
    for (let i = 0; i < 100; i++) ids.add(id(1));
    expect(ids.size).to.equal(1);
  });

  it('forgets all at once when told', () => {
    const ids = new RecentIds(2);
    for (const n of [1, 2, 3]) ids.add(id(n));
    ids.clear();
    expect([ids.size, ids.has(id(3))]).to.deep.equal([0, false]);
  });
});
