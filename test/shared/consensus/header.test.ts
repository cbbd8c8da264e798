import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex, toHex } from '../../../shared/bytes.js';
import {
  decodeHeader,
  encodeHeader,
  HEADER_BYTES,
  headerHash,
} from '../../../shared/consensus/header.js';
import { hashValue, targetOf, workOf } from '../../../shared/consensus/work.js';
import { requireVectors } from '../../support/skip.js';

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? expect.fail(`not hex: ${hex}`);
const read = (vectors: string, file: string): Buffer =>
  readFileSync(join(vectors, 'bitcoin-headers', file));

/** Bitcoin's genesis header. */
const GENESIS = bytes(
  '0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd' +
    '7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c',
);

describe('consensus/header', () => {
  it("reads and hashes Bitcoin's genesis header", () => {
    expect(decodeHeader(GENESIS)).to.deep.equal({
      version: 1,
      previous: '0'.repeat(64),
      merkleRoot: '4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b',
      time: 1231006505,
      bits: 0x1d00ffff,
      nonce: 2083236893,
    });
    expect(headerHash(GENESIS)).to.equal(
      '000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f',
    );
  });

  it('hashes what is there now, after whatever it hashed before', () => {
    const other = GENESIS.slice();
    other[HEADER_BYTES - 1] = 0x7d;
    const [first, second] = [headerHash(GENESIS), headerHash(other)];
    expect(second).to.not.equal(first);
    expect(headerHash(GENESIS)).to.equal(first);
    const reused = GENESIS.slice();
    expect(headerHash(reused)).to.equal(first);
    reused.set(other);
    expect(headerHash(reused)).to.equal(second);
    expect(headerHash(GENESIS)).to.equal(first);
  });

  it('encodes what it decoded to the same bytes, for any 80 bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: HEADER_BYTES, maxLength: HEADER_BYTES }), (any) => {
        expect(encodeHeader(decodeHeader(any))).to.deep.equal(any);
      }),
    );
  });

  it('refuses to read any other number of bytes', () => {
    expect(() => decodeHeader(GENESIS.subarray(1))).to.throw('80 bytes');
    expect(() => headerHash(new Uint8Array(81))).to.throw('80 bytes');
  });

  it("accepts links, proof of work and work of Bitcoin's first 9,000 headers", function () {
    const file = read(requireVectors(this), 'mainnet_headers_0_8999.bin');
    expect(file.length).to.equal(9000 * HEADER_BYTES);
    let previous = '0'.repeat(64);
    let work = 0n;
    for (let at = 0; at < file.length; at += HEADER_BYTES) {
      const headerBytes = new Uint8Array(file.subarray(at, at + HEADER_BYTES));
      const header = decodeHeader(headerBytes);
      expect(header.previous).to.equal(previous);
      expect(encodeHeader(header)).to.deep.equal(headerBytes);
      previous = headerHash(headerBytes);
      const target = targetOf(header.bits) ?? expect.fail('a target');
      expect(hashValue(headerHash(headerBytes)) <= target).to.equal(true);
      work += workOf(target);
    }
    expect(work).to.equal(9000n * 0x1_0001_0001n);
  });

  it('hashes two famous headers and a stale one as the network did', function () {
    const vectors = requireVectors(this);
    const famous = JSON.parse(read(vectors, 'famous_headers.json').toString()) as {
      headers: { header: string; hash: string }[];
    };
    for (const { header, hash } of famous.headers) {
      expect(headerHash(bytes(header))).to.equal(hash);
      expectProofOfWork(header);
    }
    const stale = JSON.parse(read(vectors, 'mainnet_stale_headers.json').toString()) as {
      headers: [number, string][];
    };
    expect(stale.headers).to.have.length(1);
    for (const [, header] of stale.headers) expectProofOfWork(header);
  });
});

function expectProofOfWork(header: string): void {
  const { bits } = decodeHeader(bytes(header));
  const hash = headerHash(bytes(header));
  const target = targetOf(bits) ?? expect.fail('a target');
  expect(hashValue(hash) <= target, toHex(bytes(header))).to.equal(true);
  expect(hashValue(hash) > 0n).to.equal(true);
}
