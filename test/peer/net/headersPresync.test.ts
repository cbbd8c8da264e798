import { expect } from 'chai';
import { HeadersPresync } from '../../../peer/net/headersPresync.js';
import type { UnixSeconds } from '../../../shared/units.js';
import { makeNetwork } from '../../support/blocks.js';
import { LATE } from '../../support/chains.js';
import { genesisEnd, headerBranch, type HeaderEnd } from '../../support/headers.js';

/** Two hashes a block. */
const network = makeNetwork();
const start = genesisEnd(network);

function newPresync(blocksWanted: number, countMax = 100_000): HeadersPresync {
  const salt = new Uint8Array(16).fill(5);
  const from = { ...start, chainWork: 0n };
  return new HeadersPresync({
    params: network.params,
    from,
    workMin: BigInt(2 * blocksWanted),
    salt,
    countMax,
  });
}

/** `count` messages of `size` headers, each continuing the one before. */
function messages(count: number, size: number, tag?: string): Uint8Array[] {
  let end: HeaderEnd = start;
  return Array.from({ length: count }, () => {
    const branch = headerBranch(network, end, size, tag);
    end = branch.end;
    return branch.bytes;
  });
}

describe('net/headersPresync', () => {
  it('gives out at once a branch whose work is enough within one message', () => {
    const [only] = messages(1, 10);
    expect(newPresync(10).onHeaders(only as Uint8Array, LATE)).to.deep.equal({
      type: 'store',
      isDone: true,
    });
  });

  it('reads a longer branch twice before it gives it out', () => {
    const branch = messages(3, 10);
    const presync = newPresync(25);
    const steps = [...branch, ...branch].map((headers) => presync.onHeaders(headers, LATE));
    expect(steps).to.deep.equal([
      { type: 'continue' },
      { type: 'continue' },
      { type: 'again' },
      { type: 'store', isDone: false },
      { type: 'store', isDone: false },
      { type: 'store', isDone: true },
    ]);
  });

  it('continues after the last header that it read, and then begins anew', () => {
    const [first, second] = messages(2, 5) as [Uint8Array, Uint8Array];
    const presync = newPresync(10);
    presync.onHeaders(first, LATE);
    expect(presync.head).to.equal(headerBranch(network, start, 5).end.hash);
    presync.onHeaders(second, LATE);
    expect(presync.head).to.equal(network.id);
  });

  it('takes what was added to the branch between the readings', () => {
    const presync = newPresync(15);
    for (const headers of messages(3, 5)) presync.onHeaders(headers, LATE);
    const longer = headerBranch(network, start, 20).bytes;
    expect(presync.onHeaders(longer, LATE)).to.deep.equal({ type: 'store', isDone: true });
  });

  it('finds out another branch at the second reading before it gives any of it out', () => {
    const presync = newPresync(60);
    for (const headers of messages(3, 20)) presync.onHeaders(headers, LATE);
    const [other] = messages(1, 20, 'cd');
    expect(presync.onHeaders(other as Uint8Array, LATE)).to.deep.equal({ type: 'changed' });
  });

  it('keeps a bit of each of 20,000 headers, and nothing else', function () {
    this.timeout(20_000);
    const presync = newPresync(1_000_000);
    for (const headers of messages(10, 2_000)) {
      expect(presync.onHeaders(headers, LATE).type).to.equal('continue');
    }
    expect(presync.sizeBytes).to.be.at.most(2 * (20_000 / 8));
  });

  it('gives up a branch that is too long for its work', () => {
    const presync = newPresync(1_000, 15);
    const [first, second] = messages(2, 10) as [Uint8Array, Uint8Array];
    expect(presync.onHeaders(first, LATE)).to.deep.equal({ type: 'continue' });
    expect(presync.onHeaders(second, LATE)).to.deep.equal({ type: 'too-long' });
  });

  it('rejects a header that does not continue the last one', () => {
    const [first, second] = messages(2, 5) as [Uint8Array, Uint8Array];
    const presync = newPresync(100);
    expect(presync.onHeaders(second, LATE)).to.deep.include({ type: 'rejected' });
    presync.onHeaders(first, LATE);
    const again = presync.onHeaders(first, LATE);
    expect(again).to.deep.equal({
      type: 'rejected',
      reject: { code: 'unknown-parent', parent: network.id },
      headers: first,
    });
  });

  it('checks the rules of each header: target, proof of work, time', () => {
    const [headers] = messages(1, 3) as [Uint8Array];
    const broken = (change: (bytes: Uint8Array) => void): string => {
      const bytes = headers.slice();
      change(bytes);
      const step = newPresync(100).onHeaders(bytes, LATE);
      return step.type === 'rejected' ? step.reject.code : step.type;
    };
    expect(broken((bytes) => (bytes[0] = 2))).to.equal('bad-version');
    const nonces = [1, 2, 3, 4, 5, 6, 7, 8].map((nonce) => broken((bytes) => (bytes[76] = nonce)));
    expect(nonces).to.include('bad-pow');
    const early = (network.params.time - 1_000) as UnixSeconds;
    const step = newPresync(100).onHeaders(headers, early);
    expect(step).to.deep.include({ type: 'rejected' });
    expect(step.type === 'rejected' && step.reject.code).to.equal('time-too-far-ahead');
  });
});
