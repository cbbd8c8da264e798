import { expect } from 'chai';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '../../../shared/bytes.js';
import { decodeHeader, headerHash } from '../../../shared/consensus/header.js';
import { bitsOf, hashValue, targetOf, workOf } from '../../../shared/consensus/work.js';
import type { Bits, HashHex } from '../../../shared/units.js';
import { requireVectors } from '../../support/skip.js';

const target = (bits: number): bigint | undefined => targetOf(bits as Bits);

describe('consensus/work', () => {
  it('reads compact targets', () => {
    expect(target(0x1d00ffff)).to.equal(0xffffn << 208n);
    expect(target(0x1b0404cb)).to.equal(0x0404cbn << 192n);
    expect(target(0x207fffff)).to.equal(0x7fffffn << 232n);
    expect(target(0x03123456)).to.equal(0x123456n);
    expect(target(0x02123400)).to.equal(0x1234n);
    expect(target(0x01120000)).to.equal(0x12n);
  });

  it('refuses zero, negative and too large targets', () => {
    expect(target(0)).to.equal(undefined);
    expect(target(0x03000000)).to.equal(undefined);
    expect(target(0x20000000)).to.equal(undefined);
    expect(target(0x1d80ffff)).to.equal(undefined);
    expect(target(0x03800000)).to.equal(undefined);
    expect(target(0x2100ffff)).to.equal(0xffffn << 240n);
    expect(target(0x21010000)).to.equal(undefined);
    expect(target(0x2200ffff)).to.equal(undefined);
    expect(target(0xff00ffff)).to.equal(undefined);
  });

  it('refuses a target that is not in its shortest form', () => {
    expect(target(0x1e0000ff)).to.equal(undefined);
    expect(target(0x1d007fff)).to.equal(undefined);
    expect(target(0x02123456)).to.equal(undefined);
    expect(target(0x01123400)).to.equal(undefined);
    expect(target(0x00123456)).to.equal(undefined);
  });

  it('has exactly one compact form for each target that has one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (bits) => {
        const value = target(bits);
        if (value !== undefined) expect(bitsOf(value)).to.equal(bits);
      }),
      { numRuns: 2000 },
    );
  });

  it('drops digits that do not fit, and never makes a target larger', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 2n ** 256n - 1n }), (value) => {
        const shown = targetOf(bitsOf(value)) ?? expect.fail('bitsOf gives a shortest form');
        expect(shown <= value).to.equal(true);
        // Three bytes of mantissa, one of which may hold no more than a sign.
        expect((value - shown) * 2n ** 15n <= value).to.equal(true);
      }),
    );
    expect(bitsOf(1n)).to.equal(0x01010000);
    expect(bitsOf(0x80n)).to.equal(0x02008000);
    expect(bitsOf(2n ** 256n - 1n)).to.equal(0x2100ffff);
  });

  it('counts work as the expected number of hashes', () => {
    expect(workOf(0xffffn << 208n)).to.equal(0x1_0001_0001n);
    expect(workOf(2n ** 255n - 1n)).to.equal(2n);
    expect(workOf(2n ** 256n - 1n)).to.equal(1n);
    expect(workOf(0n)).to.equal(2n ** 256n);
  });

  it('reads a hash as the number that is compared with a target', () => {
    expect(hashValue(`${'0'.repeat(60)}1234` as HashHex)).to.equal(0x1234n);
  });

  it("adds up to the published chain work over Bitcoin's 413 epochs", function () {
    const file = join(requireVectors(this), 'bitcoin-headers', 'mainnet_epochs.json');
    const { headers } = JSON.parse(readFileSync(file, 'utf8')) as {
      headers: [height: number, header: string, chainWork: string][];
    };
    let work = 0n;
    let heightBefore = -1;
    let epochs = 0;
    for (const [height, hex, chainWork] of headers) {
      const bytes = fromHex(hex) ?? expect.fail('hex');
      const { bits } = decodeHeader(bytes);
      const value = targetOf(bits) ?? expect.fail(`a target at height ${height}`);
      expect(hashValue(headerHash(bytes)) <= value).to.equal(true);
      // The headers listed are the first and the last of each epoch; all between have the same
      // bits.
      work += workOf(value) * BigInt(height - heightBefore);
      expect(work, `height ${height}`).to.equal(BigInt(`0x${chainWork}`));
      heightBefore = height;
      if (height % 2016 === 0) epochs++;
    }
    expect(epochs).to.be.greaterThanOrEqual(413);
  });
});
