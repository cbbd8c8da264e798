import { expect } from 'chai';
import { SipHash } from '../../shared/sipHash.js';

const ascending = (count: number): Uint8Array => Uint8Array.from({ length: count }, (_, i) => i);

/** By length of the input: vectors of the reference implementation, whole eights only. */
const PUBLISHED: ReadonlyMap<number, bigint> = new Map([
  [0, 0x726fdb47dd0e0e31n],
  [8, 0x93f5f5799a932462n],
  [16, 0x3f2acc7f57c29bdbn],
  [24, 0xb8ad50c6f649af94n],
  [32, 0x7127512f72f27ccen],
  [40, 0x0e3ea96b5304a7d0n],
  [48, 0xe612a3cb9ecba951n],
]);

describe('sipHash', () => {
  it('gives the lowest 48 bits of the published hashes', () => {
    const sip = new SipHash(ascending(16));
    for (const [length, hash] of PUBLISHED) {
      const low48 = BigInt.asUintN(48, hash);
      expect(BigInt(sip.low48(ascending(length))), String(length)).to.equal(low48);
    }
  });

  it('gives another hash under another key', () => {
    const input = ascending(32);
    const hashes = [0, 1, 2].map((first) => {
      const key = ascending(16);
      key[0] = first;
      return new SipHash(key).low48(input);
    });
    expect(new Set(hashes).size).to.equal(3);
  });

  it('wants a key of 16 bytes', () => {
    expect(() => new SipHash(ascending(15))).to.throw('16 bytes');
  });
});
