import { expect } from 'chai';
import { Bans } from '../../../peer/net/bans.js';
import type { MonoMs, NodeKey } from '../../../shared/units.js';

const KEY = 'aa'.repeat(32) as NodeKey;
const OTHER_KEY = 'bb'.repeat(32) as NodeKey;
const at = (ms: number): MonoMs => ms as MonoMs;

describe('net/bans', () => {
  it('bans a key at an address, and neither of the two alone', () => {
    const bans = new Bans();
    bans.add('10.0.0.1', KEY, at(0));
    expect(bans.has('10.0.0.1', KEY, at(1))).to.equal(true);
    expect(bans.has('10.0.0.1', OTHER_KEY, at(1))).to.equal(false);
    expect(bans.has('10.0.0.2', KEY, at(1))).to.equal(false);
  });

  it('ends a ban after an hour', () => {
    const bans = new Bans();
    bans.add('10.0.0.1', KEY, at(0));
    expect(bans.has('10.0.0.1', KEY, at(3_599_999))).to.equal(true);
    expect(bans.has('10.0.0.1', KEY, at(3_600_000))).to.equal(false);
  });

  it('stays small under a million bans, and keeps the last ones (CVE-2020-14198)', () => {
    const bans = new Bans();
    for (let i = 0; i < 1_000_000; i++) bans.add(`host ${i}`, KEY, at(i));
    expect(bans.size).to.equal(1_000);
    expect(bans.has('host 999999', KEY, at(1_000_000))).to.equal(true);
    expect(bans.has('host 0', KEY, at(1_000_000))).to.equal(false);
  });
});
