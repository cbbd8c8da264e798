import { expect } from 'chai';
import fc from 'fast-check';

import { AssertionError } from '../../../shared/assert.js';
import type { BlockHash } from '../../../shared/units.js';
import {
  array,
  bin,
  binary,
  field,
  hash,
  hex,
  type Kind,
  MALFORMED,
  nullable,
  oneOf,
  record,
  text,
  u16,
  u16From,
  u256,
  u32,
  u8,
  u8UpTo,
} from '../../../shared/wire/fields.js';
import { packPlain } from '../../../shared/wire/msgpackWriter.js';

const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7);

/** One line a kind: the largest value, others that it admits, and what it refuses. */
const KINDS: readonly KindCase[] = [
  one({ kind: u8, max: 255, others: [0], refused: [-1, 256, 0.5, '1', null, 1n, NaN] }),
  one({ kind: u16, max: 65_535, others: [0], refused: [65_536, -1] }),
  one({ kind: u32, max: 0xffff_ffff, others: [0], refused: [2 ** 32, Infinity] }),
  one({ kind: u8UpTo(50), max: 50, others: [0], refused: [51] }),
  one({ kind: u16From(1), max: 65_535, others: [1], refused: [0] }),
  one({ kind: bin(300), max: bytes(300), others: [], refused: [bytes(299), bytes(301), 'x', []] }),
  one({
    kind: binary({ min: 80, max: 240, unit: 80 }),
    max: bytes(240),
    others: [bytes(80), bytes(160)],
    refused: [bytes(0), bytes(81), bytes(320)],
  }),
  one({
    kind: hash<BlockHash>(),
    max: 'ab'.repeat(32) as BlockHash,
    others: [],
    refused: [bytes(31), 'ab'.repeat(32)],
  }),
  one({ kind: hex(8), max: 'ab'.repeat(8), others: [], refused: [bytes(7), 5] }),
  one({ kind: u256, max: 2n ** 256n - 1n, others: [0n, 1n], refused: [bytes(33), 1, 1n] }),
  one({ kind: oneOf('a', 'b'), max: 'b', others: ['a'], refused: [2, 'a', -1] }),
  one({
    kind: text(40),
    max: 'x'.repeat(40),
    others: ['', ' ~'],
    refused: ['x'.repeat(41), '\n', 'é'],
  }),
  one({ kind: nullable(u8), max: 255, others: [undefined], refused: [256, 'x'] }),
  one({
    kind: array(u16, { min: 1, max: 20 }),
    max: Array<number>(20).fill(65_535),
    others: [[0]],
    refused: [[], Array(21).fill(0), ['x'], [1, 65_536], {}, { length: 1, 0: 1 }],
  }),
  one({
    kind: record({ a: field(u8, ''), b: field(array(bin(2), { min: 0, max: 2 }), '') }),
    max: { a: 255, b: [bytes(2), bytes(2)] },
    others: [{ a: 0, b: [] }],
    refused: [[1], [1, [], 1], [1, [bytes(3)]], ['x', []], { a: 1, b: [] }, null],
  }),
];

describe('wire/fields', () => {
  for (const { kind, max, others, refused } of KINDS) {
    it(`carries each value of ${kind.shape}`, () => {
      for (const value of [max, ...others]) {
        expect(kind.unpack(kind.pack(value))).to.deep.equal(value);
      }
    });

    it(`refuses whatever else comes as ${kind.shape}`, () => {
      for (const value of [...refused, undefined, true, new Map()]) {
        expect(kind.unpack(value), String(value)).to.equal(MALFORMED);
      }
    });

    it(`states exactly the size of the largest ${kind.shape}`, () => {
      expect(packPlain(kind.pack(max)).length).to.equal(kind.bytesMax);
    });
  }

  it('never throws and never lets anything through that is not of the kind', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.anything({ withTypedArray: true }), (c, value) => {
        const unpacked = c.kind.unpack(value);
        if (unpacked !== MALFORMED) expect(() => c.kind.pack(unpacked)).not.to.throw();
      }),
      { numRuns: 2_000 },
    );
  });

  it('stops the program that would send what it does not declare', () => {
    expect(() => u8.pack(256)).to.throw(AssertionError);
    expect(() => bin(2).pack(bytes(3))).to.throw(AssertionError);
    expect(() => hex(2).pack('abc')).to.throw(AssertionError);
    expect(() => text(2).pack('abc')).to.throw(AssertionError);
    expect(() => u256.pack(2n ** 256n)).to.throw(AssertionError);
    expect(() => oneOf('a').pack('b' as 'a')).to.throw(AssertionError);
    expect(() => array(u8, { min: 1, max: 2 }).pack([])).to.throw(AssertionError);
  });

  it('counts arrays and values of nested kinds', () => {
    const nested = array(record({ a: field(u8, ''), b: field(bin(1), '') }), { min: 0, max: 3 });
    expect([nested.depth, nested.itemsMax]).to.deep.equal([2, 10]);
  });
});

interface KindCase {
  readonly kind: Kind<unknown>;
  readonly max: unknown;
  readonly others: readonly unknown[];
  readonly refused: readonly unknown[];
}

function one<T>(kindCase: {
  readonly kind: Kind<T>;
  readonly max: T;
  readonly others: readonly T[];
  readonly refused: readonly unknown[];
}): KindCase {
  return kindCase;
}
