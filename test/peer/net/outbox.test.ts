import { expect } from 'chai';
import { Outbox } from '../../../peer/net/outbox.js';
import type { PeerId } from '../../../shared/units.js';

const [A, B] = [1 as PeerId, 2 as PeerId];
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('net/outbox', () => {
  it('gives the effects once, those of connections first, each kind in its order', () => {
    const outbox = new Outbox();
    outbox.notice('first', 'sentence');
    outbox.send(A, bytes(1));
    outbox.disconnect(A, 'stalled');
    outbox.notice('code', 'sentence');
    expect(outbox.take().map(({ type }) => type)).to.deep.equal([
      'send',
      'disconnect',
      'event',
      'event',
    ]);
    expect(outbox.take()).to.deep.equal([]);
  });

  it('joins frames to one peer that follow each other', () => {
    const outbox = new Outbox();
    outbox.send(A, bytes(1));
    outbox.send(A, bytes(2, 3));
    outbox.send(B, bytes(4));
    outbox.send(A, bytes(5));
    expect(outbox.take()).to.deep.equal([
      { type: 'send', peer: A, bytes: bytes(1, 2, 3), notify: false },
      { type: 'send', peer: B, bytes: bytes(4), notify: false },
      { type: 'send', peer: A, bytes: bytes(5), notify: false },
    ]);
  });

  it('asks to be notified after the last of the frames before, and of none behind', () => {
    const outbox = new Outbox();
    outbox.send(A, bytes(1));
    outbox.send(A, bytes(2), true);
    outbox.send(A, bytes(3));
    expect(outbox.take()).to.deep.equal([
      { type: 'send', peer: A, bytes: bytes(1, 2), notify: true },
      { type: 'send', peer: A, bytes: bytes(3), notify: false },
    ]);
  });

  it('joins up to 64 kB, and leaves a larger frame as it is', () => {
    const outbox = new Outbox();
    const large = new Uint8Array(100_000);
    outbox.send(A, new Uint8Array(40_000));
    outbox.send(A, new Uint8Array(40_000));
    outbox.send(A, large);
    const sizes = outbox.take().map((effect) => (effect.type === 'send' ? effect.bytes.length : 0));
    expect(sizes).to.deep.equal([40_000, 40_000, 100_000]);
  });
});
