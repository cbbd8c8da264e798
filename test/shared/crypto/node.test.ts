import { expect } from 'chai';
import { publicKeyOf, sha256, sha256d, sha256Prefixed, sign, verifySignature } from '#crypto';
import { toHex, utf8 } from '../../../shared/bytes.js';

describe('crypto/node', () => {
  it('hashes as FIPS 180-2 says', () => {
    expect(toHex(sha256(utf8('abc')))).to.equal(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(toHex(sha256(new Uint8Array(0)))).to.equal(
      'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    );
  });

  it('hashes twice, and with a prefix before the parts', () => {
    const abc = utf8('abc');
    expect(sha256d(abc)).to.deep.equal(sha256(sha256(abc)));
    expect(sha256Prefixed(1, abc, abc)).to.deep.equal(sha256(utf8('\u0001abcabc')));
    expect(sha256Prefixed(0)).to.deep.equal(sha256(new Uint8Array(1)));
    const large = new Uint8Array(100_000).fill(7);
    expect(sha256Prefixed(7, large)).to.deep.equal(sha256(new Uint8Array(100_001).fill(7)));
  });

  it('reads a view for what it shows, and not its buffer', () => {
    const around = utf8('xabcx');
    expect(sha256(around.subarray(1, 4))).to.deep.equal(sha256(utf8('abc')));
  });

  it('signs what it verifies, and nothing else', () => {
    const seed = new Uint8Array(32).fill(3);
    const message = utf8('a message');
    const signature = sign(seed, message);
    expect(verifySignature(publicKeyOf(seed), message, signature)).to.equal(true);
    expect(verifySignature(publicKeyOf(seed), utf8('another'), signature)).to.equal(false);
    expect(verifySignature(publicKeyOf(message32()), message, signature)).to.equal(false);
  });

  it('verifies on memory that threads share', () => {
    const seed = new Uint8Array(32).fill(4);
    const message = utf8('shared');
    const [key, text, signature] = [publicKeyOf(seed), message, sign(seed, message)].map(shared);
    expect(key && text && signature && verifySignature(key, text, signature)).to.equal(true);
  });
});

const message32 = (): Uint8Array => new Uint8Array(32).fill(9);

function shared(plain: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(plain.length));
  copy.set(plain);
  return copy;
}
