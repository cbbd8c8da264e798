import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';
import fc from 'fast-check';
import { Packr } from 'msgpackr';

import { fromHex } from '../../../shared/bytes.js';
import { MALFORMED } from '../../../shared/wire/fields.js';
import { unpackPlain, type ReadLimits } from '../../../shared/wire/msgpackReader.js';
import { requireVectors } from '../../support/skip.js';
import { bytesOf } from '../../support/wireVectors.js';

const WIDE = { depthMax: 8, itemsMax: 100_000 };

describe('wire/msgpackReader', () => {
  it('reads every value of the subset, at the borders of each form', () => {
    const values = [
      ...[0, 127, 128, 255, 256, 65_535, 65_536, 0xffff_ffff, null, true, false],
      ...[0, 31, 32, 255, 256, 65_535, 65_536].map((length) => 'x'.repeat(length)),
      ...[0, 255, 256, 65_535, 65_536].map((length) => new Uint8Array(length)),
      ...[0, 15, 16, 65_535, 65_536].map((length) => Array<number>(length).fill(1)),
    ];
    for (const value of values) expect(unpackPlain(pack(value), WIDE)).to.deep.equal(value);
  });

  it('refuses every form that is longer than it must be', () => {
    const forms = [
      ...['cc7f', 'cd00ff', 'ce0000ffff', 'd91f' + '78'.repeat(31), 'da00ff' + '78'.repeat(255)],
      ...['db0000ffff' + '78'.repeat(65_535), 'c500ff' + '00'.repeat(255)],
      ...['c60000ffff' + '00'.repeat(65_535), 'dc000f' + '01'.repeat(15)],
      'dd0000ffff' + '01'.repeat(65_535),
    ];
    for (const form of forms) expect(scan(form), form.slice(0, 12)).to.equal(false);
  });

  it('refuses floats, negative numbers, 64-bit numbers, maps and extensions', () => {
    const forms = [
      ...['ca00000000', 'cb0000000000000000', 'cf0000000100000000', 'd000', 'd10000', 'd200000000'],
      ...['d30000000000000000', 'e0', 'ff', '80', '8101c0', 'de0000', 'df00000000', 'c1'],
      ...['c7000000', 'c8000000', 'c900000000', 'd40000', 'd5000000', 'd600ffffffff', 'd700'],
    ];
    for (const form of forms) expect(scan(form), form).to.equal(false);
  });

  it('refuses each byte that begins no value of the subset', () => {
    const tails = [0x00, 0xff].map((byte) => new Uint8Array(31).fill(byte));
    const isAdmitted = (tag: number): boolean =>
      tails.some((tail) =>
        [0, 1, 2, 4, 31].some((length) =>
          isPlain(new Uint8Array([tag, ...tail.subarray(0, length)]), WIDE),
        ),
      );
    const above = [...Array(256).keys()].filter((tag) => tag >= 0x80 && isAdmitted(tag));
    expect(above.filter((tag) => tag < 0x90 || tag > 0xbf)).to.deep.equal([
      ...[0xc0, 0xc2, 0xc3, 0xc4, 0xcc, 0xcd, 0xce],
    ]);
  });

  it('refuses a claimed length of 2^32 − 1 and what is cut short, anywhere', () => {
    for (const tag of ['c6', 'db', 'dd']) expect(scan(`${tag}ffffffff00`)).to.equal(false);
    const whole = pack([1, 'text', new Uint8Array(300), [70_000, null, [true]]]);
    for (let length = 0; length < whole.length; length++) {
      expect(isPlain(whole.subarray(0, length), WIDE)).to.equal(false);
    }
    expect(isPlain(whole, WIDE)).to.equal(true);
  });

  it('refuses anything after the value', () => {
    expect(scan('9000')).to.equal(false);
    expect(scan('c000')).to.equal(false);
  });

  it('counts depth and values exactly', () => {
    const nested = pack([[1, 2], [[3]]]);
    expect(isPlain(nested, { depthMax: 3, itemsMax: 7 })).to.equal(true);
    expect(isPlain(nested, { depthMax: 2, itemsMax: 7 })).to.equal(false);
    expect(isPlain(nested, { depthMax: 3, itemsMax: 6 })).to.equal(false);
  });

  it('answers a nesting of 100,000 without using the stack', () => {
    const bomb = new Uint8Array(100_001).fill(0x91);
    bomb[100_000] = 0xc0;
    expect(isPlain(bomb, { depthMax: 4, itemsMax: 1_000_000 })).to.equal(false);
  });

  it('reads only what msgpackr reads alike and writes again as the same bytes', () => {
    const tags = [0x00, 0x90, 0x92, 0xa0, 0xa1, 0xc0, 0xc2, 0xc4, 0xcc, 0xcd, 0xce, 0xd9, 0xdc];
    const byte = fc.oneof(fc.constantFrom(...tags), fc.integer({ min: 0, max: 0x7f }));
    let admittedCount = 0;
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1, maxLength: 12 }), (values) => {
        const bytes = new Uint8Array(values);
        const value = unpackPlain(bytes, WIDE);
        if (value === MALFORMED) return;
        expect(plain(value)).to.deep.equal(plain(CODEC.unpack(bytes)));
        if (JSON.stringify(value).includes(NOT_UTF8)) return; // refused by the kind `text`
        admittedCount++;
        expect([...pack(value)]).to.deep.equal(values);
      }),
      { numRuns: 20_000 },
    );
    expect(admittedCount).to.be.greaterThan(100);
  });

  it('gives a binary that fills most of the bytes as a view on them', () => {
    const bytes = pack([new Uint8Array(100).fill(7), 1]);
    const [binary] = unpackPlain(bytes, WIDE) as [Uint8Array];
    expect(binary.buffer).to.equal(bytes.buffer);
    expect([...binary]).to.deep.equal(Array(100).fill(7));
  });

  it('copies smaller binaries: they keep no large message alive, nor change with it', () => {
    for (const length of [1, 64, 65, 400]) {
      const bytes = pack([new Uint8Array(length).fill(7), new Uint8Array(1_000)]);
      const [binary] = unpackPlain(bytes, WIDE) as [Uint8Array];
      bytes.fill(0);
      expect([...binary]).to.deep.equal(Array(length).fill(7));
      expect(binary.buffer.byteLength, String(length)).to.equal(length);
    }
  });

  it('reads text as UTF-8, a byte order mark included', () => {
    for (const text of ['é', '\u{1f4a1}', '\ufeffx', 'x'.repeat(300)]) {
      expect(unpackPlain(pack([text]), WIDE)).to.deep.equal([text]);
    }
    expect(unpackPlain(bytesOf('91a1ff'), WIDE)).to.deep.equal([NOT_UTF8]);
  });

  it('divides the msgpack test suite into the subset and the rest', function () {
    const folder = requireVectors(this);
    const file = readFileSync(join(folder, 'msgpack', 'msgpack-test-suite.json'), 'utf8');
    const groups = Object.values(JSON.parse(file) as Record<string, SuiteCase[]>);
    const counts = { admitted: 0, refused: 0 };
    for (const suiteCase of groups.flat()) {
      const encodings = suiteCase.msgpack.map((text) => text.replaceAll('-', ''));
      const admitted = encodings.filter(scan);
      const isOurs = isOfSubset(suiteCase);
      expect(admitted.length, JSON.stringify(suiteCase)).to.equal(isOurs ? 1 : 0);
      if (isOurs) expect(admitted[0]?.length).to.equal(Math.min(...encodings.map((e) => e.length)));
      counts[isOurs ? 'admitted' : 'refused']++;
    }
    expect(counts.admitted).to.equal(34);
    expect(counts.refused).to.be.greaterThan(40);
  });
});

/** One case of https://github.com/kawanet/msgpack-test-suite: a value and its encodings. */
interface SuiteCase {
  readonly msgpack: readonly string[];
  readonly [kind: string]: unknown;
}

function isOfSubset(suiteCase: SuiteCase): boolean {
  if ('map' in suiteCase || 'ext' in suiteCase || 'timestamp' in suiteCase) return false;
  if ('bignum' in suiteCase) return isUint32(Number(suiteCase['bignum']));
  if ('number' in suiteCase) return isUint32(suiteCase['number'] as number);
  if ('array' in suiteCase) return !JSON.stringify(suiteCase['array']).includes('{');
  return true;
}

const isUint32 = (value: number): boolean =>
  Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff;

const CODEC = new Packr({ useRecords: false, mapsAsObjects: true });

/** What bytes that are not UTF-8 decode to. */
const NOT_UTF8 = '\ufffd';

const pack = (value: unknown): Uint8Array => new Uint8Array(CODEC.pack(value));

const isPlain = (bytes: Uint8Array, limits: ReadLimits): boolean =>
  unpackPlain(bytes, limits) !== MALFORMED;

/** msgpackr's binaries are Buffers. */
const plain = (value: unknown): unknown =>
  value instanceof Uint8Array ? [...value] : Array.isArray(value) ? value.map(plain) : value;

const scan = (hex: string): boolean => isPlain(fromHex(hex) ?? new Uint8Array(), WIDE);
