import { expect } from 'chai';
import { ByteReader } from '../../shared/byteReader.js';

const counting = Uint8Array.from({ length: 64 }, (_, i) => i);

describe('shared/byteReader', () => {
  it('reads little-endian fields one after the other', () => {
    const reader = new ByteReader(counting);
    expect([reader.u8(), reader.u16(), reader.u32()]).to.deep.equal([0, 0x0201, 0x06050403]);
    expect(reader.offset).to.equal(7);
    expect(reader.take(2)).to.deep.equal(Uint8Array.of(7, 8));
    expect(reader.hex(3)).to.equal('090a0b');
    expect(reader.hash()).to.match(/^2b2a29.*0d0c$/);
    expect(reader.since(7)).to.deep.equal(counting.subarray(7, 44));
  });

  it('reads eight bytes as a safe integer, and nothing larger', () => {
    const read = (value: bigint): number | undefined => {
      const bytes = new Uint8Array(8);
      new DataView(bytes.buffer).setBigUint64(0, value, true);
      return new ByteReader(bytes).u64();
    };
    for (const value of [0n, 1n, 2n ** 32n, 2n ** 53n - 1n]) {
      expect(read(value)).to.equal(Number(value));
    }
    for (const value of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
      expect(read(value)).to.equal(undefined);
    }
  });

  it('keeps to its view of a larger buffer', () => {
    const reader = new ByteReader(counting.subarray(10, 12));
    expect(reader.has(2)).to.equal(true);
    expect(reader.has(3)).to.equal(false);
    expect(reader.u16()).to.equal(0x0b0a);
    expect(reader.has(0)).to.equal(true);
    expect(() => reader.u8()).to.throw('beyond the end');
    expect(() => reader.take(1)).to.throw('beyond the end');
    expect(() => reader.hash()).to.throw('beyond the end');
  });
});
