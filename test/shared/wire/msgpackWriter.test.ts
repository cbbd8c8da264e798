import { expect } from 'chai';

import { toHex } from '../../../shared/bytes.js';
import { unpackPlain } from '../../../shared/wire/msgpackReader.js';
import { packPlain } from '../../../shared/wire/msgpackWriter.js';

const LIMITS = { depthMax: 4, itemsMax: 100 };

describe('wire/msgpackWriter', () => {
  it('writes the shortest form of each value', () => {
    const value = [0, 127, 128, 65_535, 65_536, 2 ** 32 - 1, null, 'a', new Uint8Array([1]), []];
    const written = '9a' + '00' + '7f' + 'cc80' + 'cdffff' + 'ce00010000' + 'ceffffffff';
    expect(toHex(packPlain(value))).to.equal(`${written}c0a161c4010190`);
  });

  it('writes what the reader reads back', () => {
    const value = [1, 'text', new Uint8Array([1, 2]), [null, [2 ** 31]], true, false];
    expect(unpackPlain(packPlain(value).slice(), LIMITS)).to.deep.equal(value);
  });
});
