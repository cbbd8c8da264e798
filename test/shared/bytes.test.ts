import { expect } from 'chai';
import fc from 'fast-check';
import {
  compareBytes,
  concatBytes,
  equalBytes,
  fromHex,
  hashBytes,
  toHex,
  toHexReversed,
  utf8,
  writeHash,
  writeHex,
} from '../../shared/bytes.js';

const any = fc.uint8Array({ maxLength: 100 });
const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('shared/bytes', () => {
  it('prints hex as Buffer does, of the whole and of a part', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 3000 }),
        fc.nat(50),
        fc.nat(50),
        (bytes, start, count) => {
          expect(toHex(bytes)).to.equal(Buffer.from(bytes).toString('hex'));
          if (start + count > bytes.length) return;
          const part = Buffer.from(bytes.subarray(start, start + count));
          expect(toHex(bytes, start, count)).to.equal(part.toString('hex'));
        },
      ),
    );
  });

  it('prints a million bytes', () => {
    const bytes = new Uint8Array(1_000_000).fill(0xa5);
    expect(toHex(bytes) === 'a5'.repeat(1_000_000)).to.equal(true);
  });

  it('prints a hash reversed, wherever it stands, and reads it back', () => {
    fc.assert(
      fc.property(hashes, any, (hash, before) => {
        const printed = toHexReversed(concatBytes(before, hash), before.length);
        expect(printed).to.equal(Buffer.from(hash).reverse().toString('hex'));
        expect(hashBytes(printed)).to.deep.equal(hash);
        const written = new Uint8Array(34);
        writeHash(written, 1, printed);
        expect(written).to.deep.equal(Uint8Array.of(0, ...hash, 0));
      }),
    );
  });

  it('reads hex of either case back, and nothing else', () => {
    fc.assert(
      fc.property(any, (bytes) => {
        expect(fromHex(toHex(bytes))).to.deep.equal(bytes);
        expect(fromHex(toHex(bytes).toUpperCase())).to.deep.equal(bytes);
        const written = new Uint8Array(bytes.length + 1);
        writeHex(written, 1, toHex(bytes));
        expect(written).to.deep.equal(Uint8Array.of(0, ...bytes));
      }),
    );
    for (const text of ['a', 'abc', 'xy', '0x', ' a', '1g', 'aé']) {
      expect(fromHex(text), text).to.equal(undefined);
    }
  });

  it('compares as Buffer does', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        expect(Math.sign(compareBytes(a, b))).to.equal(Buffer.compare(a, b));
        expect(equalBytes(a, b)).to.equal(Buffer.compare(a, b) === 0);
        expect(equalBytes(a, a.slice())).to.equal(true);
      }),
    );
    expect(compareBytes(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).to.be.lessThan(0);
    expect(equalBytes(Uint8Array.of(1), Uint8Array.of(2))).to.equal(false);
  });

  it('joins parts in order', () => {
    expect(concatBytes()).to.have.length(0);
    expect(concatBytes(utf8('ab'), new Uint8Array(0), utf8('c'))).to.deep.equal(utf8('abc'));
  });
});
