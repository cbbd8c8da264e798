import { expect } from 'chai';
import { FutureHeaders } from '../../../peer/net/futureHeaders.js';
import type { MonoMs, Now, UnixSeconds } from '../../../shared/units.js';

const NOW: Now = { mono: 1_000 as MonoMs, unix: 500 as UnixSeconds };
const headers = (count: number): Uint8Array => new Uint8Array(80 * count).fill(count);

describe('net/futureHeaders', () => {
  it('gives headers back when their time has come, as they came', () => {
    const future = new FutureHeaders();
    future.keep(headers(2), 510 as UnixSeconds, NOW);
    expect(future.nextWake()).to.equal(11_000);
    expect(future.takeDue(10_999 as MonoMs)).to.deep.equal([]);
    expect(future.takeDue(11_000 as MonoMs)).to.deep.equal([headers(2)]);
    expect(future.nextWake()).to.equal(undefined);
  });

  it('keeps 16 of one peer and drops what is above', () => {
    const future = new FutureHeaders();
    future.keep(headers(10), 510 as UnixSeconds, NOW);
    future.keep(headers(10), 505 as UnixSeconds, NOW);
    future.keep(headers(1), 501 as UnixSeconds, NOW);
    expect(future.count).to.equal(16);
    expect(future.nextWake()).to.equal(6_000);
  });

  it('keeps bytes of its own', () => {
    const future = new FutureHeaders();
    const sent = headers(1);
    future.keep(sent, 500 as UnixSeconds, NOW);
    sent.fill(0xff);
    expect(future.takeDue(1_000 as MonoMs)).to.deep.equal([headers(1)]);
  });
});
