import { expect } from 'chai';

import type { PeerId } from '../../shared/units.js';
import { Outbox } from '../../tracker/outbox.js';

describe('tracker/outbox', () => {
  it('gives every effect once, in order', () => {
    const outbox = new Outbox();
    outbox.dial({ host: '127.0.0.1', port: 6000 });
    outbox.send(1 as PeerId, Uint8Array.of(1));
    outbox.disconnect(1 as PeerId, 'flooding');
    outbox.save({ removals: [], upserts: [] });
    expect(outbox.take().map(({ type }) => type)).to.deep.equal([
      'dial',
      'send',
      'disconnect',
      'save',
    ]);
    expect(outbox.take()).to.deep.equal([]);
  });
});
