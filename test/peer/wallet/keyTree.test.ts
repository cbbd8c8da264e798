import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publicKeyOf } from '#crypto';
import { expect } from 'chai';
import { childOf, descendantOf, rootOf } from '../../../peer/wallet/keyTree.js';
import { fromHex, toHex } from '../../../shared/bytes.js';
import { requireVectors } from '../../support/skip.js';

interface Vector {
  readonly seed: string;
  readonly path: string;
  readonly 'chain code': string;
  readonly private: string;
  readonly public: string;
}

const seed = fromHex('000102030405060708090a0b0c0d0e0f') ?? expect.fail();

describe('wallet/keyTree', () => {
  it('derives what SLIP-0010 publishes', function () {
    const file = join(requireVectors(this), 'wallet', 'slip10_ed25519.json');
    const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: Vector[] };
    expect(vectors).to.have.length.above(10);
    for (const { path, ...vector } of vectors) {
      const numbers = path.split('/').slice(1);
      expect(numbers.every((number) => number.endsWith("'"))).to.equal(true);
      const root = rootOf(fromHex(vector.seed) ?? expect.fail());
      const { key, chainCode } = descendantOf(
        root,
        numbers.map((number) => Number(number.slice(0, -1))),
      );
      expect(toHex(chainCode), path).to.equal(vector['chain code']);
      expect(toHex(key), path).to.equal(vector.private);
      expect(`00${toHex(publicKeyOf(key))}`, path).to.equal(vector.public);
    }
  });

  it('has no child with a number that is none', () => {
    for (const number of [-1, 0.5, 2 ** 31, Number.NaN]) {
      expect(() => childOf(rootOf(seed), number), String(number)).to.throw();
    }
    expect(childOf(rootOf(seed), 2 ** 31 - 1).key).to.have.length(32);
  });
});
