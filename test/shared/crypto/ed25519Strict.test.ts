import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifySignature } from '#crypto';
import { fromHex, toHex } from '../../../shared/bytes.js';
import { isStrict } from '../../../shared/crypto/ed25519Strict.js';
import { requireVectors } from '../../support/skip.js';

const bytes = (hex: string): Uint8Array => fromHex(hex) ?? expect.fail(`not hex: ${hex}`);

/** RFC 8032 §7.1, test 1. */
const KEY = bytes('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
const SIGNATURE = bytes(
  'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155' +
    '5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
);
const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

describe('crypto/ed25519Strict', () => {
  it('passes an ordinary key and signature', () => {
    expect(isStrict(KEY, SIGNATURE)).to.equal(true);
  });

  it('refuses every length but 32 and 64', () => {
    expect(isStrict(KEY.subarray(1), SIGNATURE)).to.equal(false);
    expect(isStrict(KEY, SIGNATURE.subarray(1))).to.equal(false);
    expect(isStrict(new Uint8Array([...KEY, 0]), SIGNATURE)).to.equal(false);
    expect(isStrict(KEY, new Uint8Array([...SIGNATURE, 0]))).to.equal(false);
  });

  it('refuses S from L on, and no smaller one', () => {
    const withS = (s: bigint): Uint8Array =>
      new Uint8Array([...SIGNATURE.subarray(0, 32), ...littleEndian(s)]);
    expect(isStrict(KEY, withS(0n))).to.equal(true);
    expect(isStrict(KEY, withS(ORDER - 1n))).to.equal(true);
    expect(isStrict(KEY, withS(ORDER))).to.equal(false);
    expect(isStrict(KEY, withS(ORDER + 1n))).to.equal(false);
    expect(isStrict(KEY, withS(2n ** 256n - 1n))).to.equal(false);
  });

  it('refuses y from p on, as a key and as R, with either sign', () => {
    const p = 2n ** 255n - 19n;
    for (const sign of [0n, 2n ** 255n]) {
      for (let y = p; y < 2n ** 255n; y++) expectRefused(littleEndian(y + sign));
      expect(isStrict(littleEndian(p - 2n + sign), SIGNATURE)).to.equal(true);
    }
  });

  it('refuses all 14 encodings of points of small order, as a key and as R', function () {
    const file = join(requireVectors(this), 'ed25519', 'small_order_A_encodings.json');
    const encodings = JSON.parse(readFileSync(file, 'utf8')) as string[];
    expect(encodings).to.have.length(14);
    for (const encoding of encodings) expectRefused(bytes(encoding));
  });

  it('accepts none of the 196 ZIP 215 cases, on which libraries disagree', function () {
    const file = join(requireVectors(this), 'ed25519', 'zip215.json');
    const cases = JSON.parse(readFileSync(file, 'utf8')) as {
      vk_bytes: string;
      sig_bytes: string;
    }[];
    expect(cases).to.have.length(196);
    const message = new TextEncoder().encode('Zcash');
    for (const { vk_bytes, sig_bytes } of cases) {
      const accepted = verifySignature(bytes(vk_bytes), message, bytes(sig_bytes));
      expect(accepted, vk_bytes).to.equal(false);
    }
  });
});

function expectRefused(point: Uint8Array): void {
  expect(isStrict(point, SIGNATURE), `key ${toHex(point)}`).to.equal(false);
  const signature = new Uint8Array([...point, ...SIGNATURE.subarray(32)]);
  expect(isStrict(KEY, signature), `R ${toHex(point)}`).to.equal(false);
}

function littleEndian(value: bigint): Uint8Array {
  return bytes(value.toString(16).padStart(64, '0')).reverse();
}
