import { expect } from 'chai';
import { decodeSecret, encodeSecret } from '../../../peer/wallet/secret.js';
import { readWords } from '../../../peer/wallet/words.js';
import { makeNetwork } from '../../support/blocks.js';
import { must, WORDS } from '../../support/purse.js';

describe('wallet/secret', () => {
  it('reads what it wrote', () => {
    const { id } = makeNetwork();
    const secret = {
      network: { id, name: 'test', prefix: 'cairn' },
      words: must(readWords(WORDS)),
    };
    expect(decodeSecret(encodeSecret(secret))).to.deep.equal(secret);
  });

  it('is no other thing that was sealed', () => {
    const text = new TextEncoder().encode('{"cairnSecret":2}');
    expect(() => decodeSecret(text)).to.throw('format');
  });
});
