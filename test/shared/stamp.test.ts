import { expect } from 'chai';
import { sha256 } from '#crypto';
import { concatBytes, toHex, utf8 } from '../../shared/bytes.js';
import { stampedHash, stampMemo } from '../../shared/stamp.js';

describe('stamp', () => {
  const hash = sha256(utf8('a document'));

  it('is the tag and the SHA-256 of the document', () => {
    const memo = stampMemo(hash);
    expect(toHex(memo)).to.equal(`636169726e2f7374616d702f3100${toHex(hash)}`);
    expect(stampedHash(memo)).to.deep.equal(hash);
  });

  it('is no other memo', () => {
    const memo = stampMemo(hash);
    const others = [
      new Uint8Array(0),
      hash,
      memo.subarray(0, 45),
      concatBytes(memo, new Uint8Array(1)),
      memo.map((byte, i) => (i === 12 ? 0x32 : byte)),
    ];
    expect(others.map(stampedHash)).to.deep.equal(others.map(() => undefined));
  });
});
