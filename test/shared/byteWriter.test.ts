import { expect } from 'chai';
import fc from 'fast-check';
import { ByteReader } from '../../shared/byteReader.js';
import { ByteWriter } from '../../shared/byteWriter.js';

describe('shared/byteWriter', () => {
  it('writes what a reader reads', () => {
    const u = (bits: number): fc.Arbitrary<number> => fc.integer({ min: 0, max: 2 ** bits - 1 });
    const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });
    const fields = fc.tuple(u(8), u(16), u(32), fc.maxSafeNat());
    fc.assert(
      fc.property(fields, hashes, ([a, b, c, d], hash) => {
        const printed = Buffer.from(hash).reverse().toString('hex');
        const writer = new ByteWriter(15 + 32 + 2 + 1);
        writer.u8(a);
        writer.u16(b);
        writer.u32(c);
        writer.u64(d);
        writer.hash(printed);
        writer.hex('beef');
        writer.bytes(Uint8Array.of(7));
        const reader = new ByteReader(writer.finish());
        expect([reader.u8(), reader.u16(), reader.u32(), reader.u64()]).to.deep.equal([a, b, c, d]);
        expect(reader.hash()).to.equal(printed);
        expect(reader.hex(3)).to.equal('beef07');
      }),
    );
  });

  it('refuses numbers that are no safe integers', () => {
    for (const value of [-1, 0.5, 2 ** 53, NaN]) {
      expect(() => {
        new ByteWriter(8).u64(value);
      }).to.throw('safe integer');
    }
  });

  it('refuses to write more or less than announced', () => {
    expect(() => new ByteWriter(1).finish()).to.throw('fewer bytes');
    expect(() => {
      new ByteWriter(1).u16(1);
    }).to.throw('more bytes');
    expect(() => {
      new ByteWriter(1).bytes(new Uint8Array(2));
    }).to.throw('more bytes');
  });
});
