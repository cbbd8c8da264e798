import { expect } from 'chai';
import { HeaderSlab } from '../../../peer/chain/headerSlab.js';

describe('chain/headerSlab', () => {
  it('keeps copies of the bytes of many headers', () => {
    const slab = new HeaderSlab();
    const bytes = new Uint8Array(80);
    for (let id = 0; id < 2100; id++) slab.put(id, bytes.fill(id % 251));
    for (const id of [0, 1, 1023, 1024, 2099]) {
      expect(slab.at(id)).to.deep.equal(new Uint8Array(80).fill(id % 251));
    }
  });

  it('gives views that stay valid when more headers come', () => {
    const slab = new HeaderSlab();
    slab.put(0, new Uint8Array(80).fill(7));
    const view = slab.at(0);
    slab.put(5000, new Uint8Array(80).fill(8));
    expect(view).to.deep.equal(new Uint8Array(80).fill(7));
  });
});
