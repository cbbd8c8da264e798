import { expect } from 'chai';

import { encodeHost } from '../../../shared/wire/netAddress.js';
import { Sources } from '../../../tracker/registry/sources.js';

const source = (last: number): Uint8Array => encodeHost(`9.0.0.${String(last)}`);

describe('tracker/registry/sources', () => {
  it('counts the peers of each source', () => {
    const sources = new Sources(1);
    const number = sources.use(source(1));
    expect(sources.use(source(1))).to.equal(number);
    sources.use(source(2));
    expect([1, 2, 3].map((i) => sources.count(source(i)))).to.deep.equal([2, 1, 0]);
    expect([...sources.key(number)]).to.deep.equal([...source(1)]);
  });

  it('forgets a source with its last peer', () => {
    const sources = new Sources(1);
    const number = sources.use(source(1));
    sources.release(number);
    expect(sources.count(source(1))).to.equal(0);
    expect(sources.use(source(2))).to.equal(number);
  });

  it('grows', () => {
    const sources = new Sources(1);
    for (let i = 0; i < 250; i++) sources.use(source(i));
    for (let i = 0; i < 250; i++) expect(sources.count(source(i)), String(i)).to.equal(1);
  });
});
