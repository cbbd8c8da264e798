import { expect } from 'chai';

import { ExtraNonce } from '../../../peer/mining/extraNonce.js';
import { toHex } from '../../../shared/bytes.js';
import { seededRng, type Rng } from '../../../shared/rng.js';

/** Draws nothing but `value`. */
const constantRng = (value: number): Rng => ({ float: () => 0, below: () => value });

describe('mining/extraNonce', () => {
  it('begins elsewhere for each seed', () => {
    const first = toHex(new ExtraNonce(seededRng(1)).next());
    expect(first).to.have.length(16);
    expect(toHex(new ExtraNonce(seededRng(1)).next())).to.equal(first);
    expect(toHex(new ExtraNonce(seededRng(2)).next())).not.to.equal(first);
  });

  it('is another one each time, and leaves the ones before alone', () => {
    const extraNonce = new ExtraNonce(constantRng(0));
    const first = extraNonce.next();
    expect(toHex(extraNonce.next())).to.equal('0200000000000000');
    expect(toHex(first)).to.equal('0100000000000000');
  });

  it('carries over all bytes', () => {
    expect(toHex(new ExtraNonce(constantRng(0xff)).next())).to.equal('0000000000000000');
  });
});
