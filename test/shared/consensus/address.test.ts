import { expect } from 'chai';
import { bech32, bech32m } from '@scure/base';
import { sha256 } from '#crypto';
import { concatBytes, toHex, utf8 } from '../../../shared/bytes.js';
import { addressOf, decodeAddress, encodeAddress } from '../../../shared/consensus/address.js';
import { owner } from '../../support/blocks.js';
import { expectOk } from '../../support/rejects.js';

const { key, address } = owner(0);
const text = encodeAddress('cairn', address);

function expectProblem(typed: string, error: string): void {
  expect(decodeAddress('cairn', typed)).to.deep.equal({ ok: false, error });
}

describe('consensus/address', () => {
  it('is the first 20 bytes of a tagged hash of the key', () => {
    expect(addressOf(key)).to.equal(
      toHex(sha256(concatBytes(utf8('cairn/address/1\0'), key))).slice(0, 40),
    );
  });

  it('reads back what it wrote, in lower and in upper case', () => {
    expect(text).to.match(/^cairn1q/);
    expect(expectOk(decodeAddress('cairn', text))).to.equal(address);
    expect(expectOk(decodeAddress('cairn', text.toUpperCase()))).to.equal(address);
  });

  it('refuses every single changed character', () => {
    for (let i = 6; i < text.length; i++) {
      const other = text[i] === 'q' ? 'p' : 'q';
      expectProblem(text.slice(0, i) + other + text.slice(i + 1), 'not-an-address');
    }
  });

  it('refuses what is no address, of another network, or of another kind', () => {
    for (const typed of [
      '',
      'cairn1',
      address,
      `${text} `,
      text.replace('q', 'Q'),
      'x'.repeat(1000),
    ]) {
      expectProblem(typed, 'not-an-address');
    }
    expectProblem(encodeAddress('cairndev', address), 'other-prefix');
    const encode = (bytes: number[]): string =>
      bech32m.encode('cairn', bech32m.toWords(Uint8Array.from(bytes)));
    expectProblem(encode([1, ...new Uint8Array(20)]), 'unknown-kind');
    expectProblem(encode([]), 'unknown-kind');
    expectProblem(encode([0, ...new Uint8Array(19)]), 'not-an-address');
    expectProblem(encode([0, ...new Uint8Array(21)]), 'not-an-address');
  });

  it('refuses the older checksum, bech32', () => {
    const words = bech32.toWords(concatBytes(new Uint8Array(21)));
    expectProblem(bech32.encode('cairn', words), 'not-an-address');
  });
});
