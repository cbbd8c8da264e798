import { expect } from 'chai';

import { toHex } from '../../../shared/bytes.js';
import { MALFORMED } from '../../../shared/wire/fields.js';
import { packPlain, unpackPlain } from '../../../shared/wire/msgpack.js';
import { bytesOf } from '../../support/wireVectors.js';

const LIMITS = { depthMax: 4, itemsMax: 100 };

describe('wire/msgpack', () => {
  it('writes the shortest form of each value', () => {
    const value = [0, 127, 128, 65_535, 65_536, 2 ** 32 - 1, null, 'a', new Uint8Array([1]), []];
    const written = '9a' + '00' + '7f' + 'cc80' + 'cdffff' + 'ce00010000' + 'ceffffffff';
    expect(toHex(packPlain(value))).to.equal(`${written}c0a161c4010190`);
  });

  it('reads back what it writes', () => {
    const value = [1, 'text', new Uint8Array([1, 2]), [null, [2 ** 31]], true, false];
    expect(unpackPlain(packPlain(value).slice(), LIMITS)).to.deep.equal(value);
  });

  it('never reads what the scanner does not admit, nor breaks on it', () => {
    for (const hex of [
      '',
      '81a161a162',
      'c1',
      '9191919190',
      'd6ff00000000',
      'cb3ff0000000000000',
    ]) {
      expect(unpackPlain(bytesOf(hex), LIMITS), hex).to.equal(MALFORMED);
    }
    expect(unpackPlain(bytesOf('91c3'), LIMITS), 'after all that').to.deep.equal([true]);
  });

  it('gives binaries as views on the bytes, without a copy', () => {
    const bytes = bytesOf('91c403010203');
    const [binary] = unpackPlain(bytes, LIMITS) as [Uint8Array];
    expect(binary.buffer).to.equal(bytes.buffer);
    expect(binary.byteOffset - bytes.byteOffset).to.equal(3);
  });
});
