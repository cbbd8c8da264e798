import { expect } from 'chai';

import { PeerColumns } from '../../../tracker/registry/peerColumns.js';
import { keyOf } from './claims.js';

describe('tracker/registry/peerColumns', () => {
  it('keeps what it holds when it grows', () => {
    const columns = new PeerColumns();
    columns.reserve(2);
    columns.setNodeKey(1, keyOf(5));
    columns.setState(1, 'unreachable');
    columns.setReach(1, 'private');
    columns.mark(1, 'claimed', true);
    columns.height[1] = 77;
    columns.reserve(1_000);
    expect(columns.hasNodeKey(1, keyOf(5))).to.equal(true);
    expect(columns.state(1)).to.equal('unreachable');
    expect(columns.reach(1)).to.equal('private');
    expect(columns.is(1, 'claimed')).to.equal(true);
    expect(columns.height[1]).to.equal(77);
  });

  it('keeps flags and slots apart', () => {
    const columns = new PeerColumns();
    columns.reserve(3);
    columns.mark(1, 'dirty', true);
    columns.mark(1, 'proven', true);
    columns.mark(1, 'dirty', false);
    expect(columns.is(1, 'dirty')).to.equal(false);
    expect(columns.is(1, 'proven')).to.equal(true);
    expect(columns.is(2, 'proven')).to.equal(false);
    columns.clearFlags(1);
    expect(columns.is(1, 'proven')).to.equal(false);
  });

  it('tells keys apart by every byte', () => {
    const columns = new PeerColumns();
    columns.reserve(1);
    columns.setNodeKey(0, keyOf(1));
    for (let i = 0; i < 32; i++) {
      const other = keyOf(1);
      other[i] = (other[i] ?? 0) ^ 1;
      expect(columns.hasNodeKey(0, other), String(i)).to.equal(false);
    }
  });
});
