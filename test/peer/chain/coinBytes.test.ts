import { expect } from 'chai';
import fc from 'fast-check';
import { COIN_BYTES, decodeCoins, encodeCoins } from '../../../peer/chain/coinBytes.js';
import { StoreDamage, type Coin } from '../../../peer/chain/store.js';
import { fromHex, toHex } from '../../../shared/bytes.js';
import type { AddressHash, Amount } from '../../../shared/units.js';

const coins: fc.Arbitrary<Coin[]> = fc.array(
  fc.record({
    amount: fc.maxSafeNat().map((n) => n as Amount),
    address: fc
      .uint8Array({ minLength: 20, maxLength: 20 })
      .map((bytes) => toHex(bytes) as AddressHash),
    height: fc.integer({ min: 0, max: 0x7fff_ffff }),
    isCoinbase: fc.boolean(),
  }),
);

describe('chain/coinBytes', () => {
  it('gives back the coins that it wrote, 32 bytes each', () => {
    fc.assert(
      fc.property(coins, (some) => {
        const bytes = encodeCoins(some);
        expect(bytes).to.have.length(some.length * COIN_BYTES);
        expect(decodeCoins(bytes)).to.deep.equal(some);
      }),
    );
  });

  it('writes the layout that stored files have', () => {
    const coin = { amount: 258, address: '11'.repeat(20), height: 3, isCoinbase: true } as Coin;
    const hex = `0201000000000000${'11'.repeat(20)}07000000`;
    expect(toHex(encodeCoins([coin]))).to.equal(hex);
    expect(decodeCoins(fromHex(hex) ?? new Uint8Array(0))).to.deep.equal([coin]);
  });

  it('finds bytes damaged that are not whole coins, or no possible ones', () => {
    expect(() => decodeCoins(new Uint8Array(33))).to.throw(StoreDamage);
    expect(() => decodeCoins(new Uint8Array(32).fill(0xff))).to.throw(StoreDamage);
  });
});
