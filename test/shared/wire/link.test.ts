import { expect } from 'chai';
import fc from 'fast-check';

import { AssertionError } from '../../../shared/assert.js';
import { concatBytes } from '../../../shared/bytes.js';
import type { DisconnectReason } from '../../../shared/wire/disconnect.js';
import { encodeFrame } from '../../../shared/wire/frame.js';
import { Link, type LinkEvent } from '../../../shared/wire/link.js';
import { peerProtocol, type PeerRow } from '../../../shared/wire/peerMessages.js';
import { side } from '../../support/hellos.js';

type PeerEvent = LinkEvent<PeerRow>;

const protocol = peerProtocol(1_000);
const PING = { type: 'ping', nonce: '0011223344556677' } as const;

describe('wire/link', () => {
  it('goes from bytes to messages, wherever they are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }), (sizes) => {
        const { caller, called } = connect();
        const frames = [0, 1, 2].map(() => caller.encode(PING));
        const bytes = concatBytes(...frames, caller.encode({ type: 'block', block: BLOCK }));
        const events: PeerEvent[] = [];
        for (let offset = 0, i = 0; offset < bytes.length; i++) {
          const chunk = bytes.slice(offset, (offset += sizes[i % sizes.length] ?? 1));
          events.push(...called.receive(chunk));
        }
        const ping = { type: 'message', message: PING };
        const block = { type: 'message', message: { type: 'block', block: BLOCK } };
        expect(events).to.deep.equal([ping, ping, ping, block]);
      }),
    );
  });

  it('reads what follows the handshake in the same bytes', () => {
    const caller = new Link(protocol, side('caller'));
    const called = new Link(protocol, side('called'));
    const answer = sendsOf(called.receive(concatBytes(...caller.start())));
    const ready = sendsOf(caller.receive(concatBytes(...answer)));
    const events = [...called.receive(concatBytes(...ready, caller.encode(PING)))];
    expect(events.map(({ type }) => type)).to.deep.equal(['ready', 'message']);
    expect([caller.version, called.version]).to.deep.equal([1, 1]);
  });

  it('admits nothing but hello before the handshake is over, whatever it claims', () => {
    const link = (): Link<PeerRow> => new Link(protocol, side('called'));
    expectBreach(link().receive(protocol.encode(PING)), 'message-unexpected');
    expectBreach(
      link().receive(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x13])),
      'message-unexpected',
    );
    expectBreach(link().receive(new Uint8Array([0, 0, 4, 2, 0])), 'frame-too-large');
    expectBreach(link().receive(new Uint8Array([0, 0, 0, 2, 0, 0xc0])), 'message-malformed');
    expectBreach(link().receive(new Uint8Array([0, 0, 0, 0, 0])), 'frame-empty');
  });

  it('admits no second hello or ready', () => {
    const [hello] = new Link(protocol, side('caller')).start();
    expectBreach(connect().called.receive(hello ?? EMPTY), 'message-unexpected');
    const ready = encodeFrame(0x01, new Uint8Array(67));
    expectBreach(connect().called.receive(ready), 'message-unexpected');
  });

  it('refuses unknown, oversize and malformed messages', () => {
    const breachOf = (bytes: Uint8Array, reason: DisconnectReason): void => {
      expectBreach(connect().called.receive(bytes), reason);
    };
    breachOf(encodeFrame(0x7f, EMPTY), 'message-unknown');
    breachOf(encodeFrame(0x13, new Uint8Array(1_007)), 'frame-too-large');
    breachOf(encodeFrame(0x02, EMPTY), 'message-malformed');
  });

  it('says nothing after a breach, not even of what came with it', () => {
    const { called } = connect();
    const bytes = concatBytes(encodeFrame(0x02, EMPTY), protocol.encode(PING));
    expect([...called.receive(bytes)].map(({ type }) => type)).to.deep.equal(['breach']);
    expect([...called.receive(protocol.encode(PING))]).to.deep.equal([]);
  });

  it('tells why a handshake failed after its last answer', () => {
    const [hello] = new Link(protocol, side('caller', { protocolMin: 9, protocolMax: 9 })).start();
    const events = [...new Link(protocol, side('called')).receive(hello ?? EMPTY)];
    expect(events.map(({ type }) => type)).to.deep.equal(['send', 'breach']);
    expect(events[1]).to.include({ reason: 'wrong-version' });
    expect(events[1]).to.have.property('sentence').that.contains('theirs are 9-9');
  });

  it('sends nothing that the other side may not know', () => {
    const link = new Link(protocol, side('caller'));
    expect(link.knows('ping')).to.equal(false);
    expect(() => link.encode(PING)).to.throw(AssertionError);
    expect(connect().caller.knows('ping')).to.equal(true);
  });
});

const EMPTY = new Uint8Array();
const BLOCK = Uint8Array.from({ length: 1_000 }, (_, i) => i & 0xff);

/** Two links whose handshake is over. */
function connect(): { readonly caller: Link<PeerRow>; readonly called: Link<PeerRow> } {
  const caller = new Link(protocol, side('caller'));
  const called = new Link(protocol, side('called'));
  const answer = sendsOf(called.receive(concatBytes(...caller.start())));
  const ready = sendsOf(caller.receive(concatBytes(...answer)));
  expect(sendsOf(called.receive(concatBytes(...ready)))).to.deep.equal([]);
  return { caller, called };
}

const sendsOf = (events: Iterable<PeerEvent>): Uint8Array[] =>
  [...events].flatMap((event) => (event.type === 'send' ? [event.frame] : []));

function expectBreach(events: Iterable<PeerEvent>, reason: DisconnectReason): void {
  const [first, ...rest] = events;
  expect(first).to.include({ type: 'breach', reason });
  expect(rest).to.deep.equal([]);
}
