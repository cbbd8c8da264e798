import { expect } from 'chai';
import fc from 'fast-check';
import {
  packPlaces,
  packShortIds,
  shortIdsUnder,
  unpackPlaces,
  unpackShortIds,
} from '../../../peer/net/shortIds.js';
import type { Wtxid } from '../../../shared/units.js';

describe('net/shortIds', () => {
  it('packs ids and places, and gives them back', () => {
    fc.assert(
      fc.property(fc.array(fc.maxSafeNat()), fc.array(fc.nat(0xffff)), (numbers, places) => {
        const ids = numbers.map((number) => number % 2 ** 48);
        expect(unpackShortIds(packShortIds(ids))).to.deep.equal(ids);
        expect(unpackPlaces(packPlaces(places))).to.deep.equal(places);
      }),
    );
    expect([...packShortIds([0x0605_0403_0201])]).to.deep.equal([1, 2, 3, 4, 5, 6]);
    expect([...packPlaces([0x0201])]).to.deep.equal([1, 2]);
  });

  it('hashes the bytes of a wtxid, which prints them reversed', () => {
    const ascending = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, '0'));
    const shortId = shortIdsUnder(Uint8Array.from({ length: 16 }, (_, i) => i));
    // The published vector for these 32 bytes, its lowest 48 bits.
    expect(shortId(ascending.reverse().join('') as Wtxid)).to.equal(0x512f_72f2_7cce);
  });
});
