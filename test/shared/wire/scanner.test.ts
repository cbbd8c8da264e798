import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { expect } from 'chai';
import fc from 'fast-check';
import { Packr } from 'msgpackr';

import { fromHex } from '../../../shared/bytes.js';
import { isPlainMsgpack } from '../../../shared/wire/scanner.js';
import { requireVectors } from '../../support/skip.js';

const WIDE = { depthMax: 8, itemsMax: 100_000 };

describe('wire/scanner', () => {
  it('admits every value of the subset, at the borders of each form', () => {
    const values = [
      ...[0, 127, 128, 255, 256, 65_535, 65_536, 0xffff_ffff, null, true, false],
      ...[0, 31, 32, 255, 256, 65_535, 65_536].map((length) => 'x'.repeat(length)),
      ...[0, 255, 256, 65_535, 65_536].map((length) => new Uint8Array(length)),
      ...[0, 15, 16, 65_535, 65_536].map((length) => Array<number>(length).fill(1)),
    ];
    for (const value of values) expect(isPlainMsgpack(pack(value), WIDE)).to.equal(true);
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
          isPlainMsgpack(new Uint8Array([tag, ...tail.subarray(0, length)]), WIDE),
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
      expect(isPlainMsgpack(whole.subarray(0, length), WIDE)).to.equal(false);
    }
    expect(isPlainMsgpack(whole, WIDE)).to.equal(true);
  });

  it('refuses anything after the value', () => {
    expect(scan('9000')).to.equal(false);
    expect(scan('c000')).to.equal(false);
  });

  it('counts depth and values exactly', () => {
    const nested = pack([[1, 2], [[3]]]);
    expect(isPlainMsgpack(nested, { depthMax: 3, itemsMax: 7 })).to.equal(true);
    expect(isPlainMsgpack(nested, { depthMax: 2, itemsMax: 7 })).to.equal(false);
    expect(isPlainMsgpack(nested, { depthMax: 3, itemsMax: 6 })).to.equal(false);
  });

  it('answers a nesting of 100,000 without using the stack', () => {
    const bomb = new Uint8Array(100_001).fill(0x91);
    bomb[100_000] = 0xc0;
    expect(isPlainMsgpack(bomb, { depthMax: 4, itemsMax: 1_000_000 })).to.equal(false);
  });

  it('admits only what msgpackr decodes and writes again as the same bytes', () => {
    const tags = [0x00, 0x90, 0x92, 0xa0, 0xa1, 0xc0, 0xc2, 0xc4, 0xcc, 0xcd, 0xce, 0xd9, 0xdc];
    const byte = fc.oneof(fc.constantFrom(...tags), fc.integer({ min: 0, max: 0x7f }));
    let admittedCount = 0;
    fc.assert(
      fc.property(fc.array(byte, { minLength: 1, maxLength: 12 }), (values) => {
        const bytes = new Uint8Array(values);
        if (!isPlainMsgpack(bytes, WIDE)) return;
        const value: unknown = CODEC.unpack(bytes);
        if (JSON.stringify(value).includes(NOT_UTF8)) return; // refused by the kind `text`
        admittedCount++;
        expect([...pack(value)]).to.deep.equal(values);
      }),
      { numRuns: 20_000 },
    );
    expect(admittedCount).to.be.greaterThan(100);
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

const scan = (hex: string): boolean => isPlainMsgpack(fromHex(hex) ?? new Uint8Array(), WIDE);
