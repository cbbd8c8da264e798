import { expect } from 'chai';
import fc from 'fast-check';

import { AssertionError } from '../../../shared/assert.js';
import { concatBytes } from '../../../shared/bytes.js';
import { array, bin, field, record, u8 } from '../../../shared/wire/fields.js';
import { handshakeProtocol } from '../../../shared/wire/handshakeMessages.js';
import { BLOCK_BYTES_CEILING, peerProtocol } from '../../../shared/wire/peerMessages.js';
import { message, type MessageRow, Protocol } from '../../../shared/wire/protocol.js';
import { trackerProtocol } from '../../../shared/wire/trackerMessages.js';
import { bytesOf, readWireVectors } from '../../support/wireVectors.js';

const peers = peerProtocol(BLOCK_BYTES_CEILING);
const PROTOCOLS = [handshakeProtocol, peers, trackerProtocol];

const sample = new Protocol('sample', [
  message({
    name: 'old',
    number: 1,
    since: 1,
    limit: { bytes: 20, why: 'test' },
    about: '',
    fields: { list: field(array(u8, { min: 0, max: 3 }), '') },
  }),
  message({
    name: 'new',
    number: 2,
    since: 2,
    limit: { bytes: 20, why: 'test' },
    about: '',
    fields: { a: field(u8, ''), b: field(bin(2), '') },
  }),
]);

describe('wire/protocol', () => {
  it('gives each message of a protocol its own number and name', () => {
    for (const other of [peers, trackerProtocol]) {
      const rows: readonly MessageRow[] = [...handshakeProtocol.rows, ...other.rows];
      expect(new Set(rows.map(({ number }) => number)).size).to.equal(rows.length);
      expect(new Set(rows.map(({ name }) => name)).size).to.equal(rows.length);
    }
  });

  it('declares as limit what the fields need, exactly, but where more is left for later', () => {
    for (const row of PROTOCOLS.flatMap(({ rows }): readonly MessageRow[] => rows)) {
      const { bytesMax } = record(row.fields);
      if (row.mayGrow) expect(row.limit.bytes, row.name).to.be.greaterThan(bytesMax);
      else expect(row.limit.bytes, row.name).to.equal(bytesMax);
      expect(row.limit.bytes, row.name).to.be.lessThan(4_000_000);
    }
  });

  it('writes and reads the golden bytes, of which each message has some', () => {
    const vectors = readWireVectors('wire.json') as readonly MessageVector[];
    for (const { protocol, message, frame } of vectors) {
      const codec = PROTOCOLS.find(({ name }) => name === protocol) as AnyProtocol;
      const bytes = bytesOf(frame);
      expect(codec.encode(message), `encode ${frame}`).to.deep.equal(bytes);
      const decoded = codec.decode(bytes[4] ?? 0, bytes.slice(5));
      expect(decoded, `decode ${frame}`).to.deep.equal({ ok: true, value: message });
    }
    const covered = new Set(vectors.map(({ protocol, message }) => `${protocol} ${message.type}`));
    for (const { name, rows } of PROTOCOLS) {
      for (const row of rows) expect(covered).to.include(`${name} ${row.name}`);
    }
  });

  it('admits only what it would itself write, for every golden frame with one byte changed', () => {
    const vectors = readWireVectors('wire.json') as readonly MessageVector[];
    const change = fc.tuple(
      fc.constantFrom(...vectors),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
    );
    fc.assert(
      fc.property(change, ([{ protocol, frame }, position, flip]) => {
        const codec = PROTOCOLS.find(({ name }) => name === protocol) as AnyProtocol;
        const bytes = bytesOf(frame);
        if (bytes.length === 5) return;
        const at = 5 + (position % (bytes.length - 5));
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        expectCanonical(codec, bytes);
      }),
      { numRuns: 5_000 },
    );
  });

  it('admits only what it would itself write, for any payload', () => {
    const rows = PROTOCOLS.flatMap((protocol) =>
      protocol.rows.map(({ number }) => ({ protocol: protocol as AnyProtocol, number })),
    );
    const tags = [0x90, 0x91, 0x92, 0x93, 0x94, 0xc0, 0xc4, 0xcc, 0xcd, 0xdc, 0xa0, 0x08];
    const byte = fc.oneof(fc.constantFrom(...tags), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.constantFrom(...rows), fc.array(byte), ({ protocol, number }, payload) => {
        expectCanonical(protocol, new Uint8Array([0, 0, 0, 0, number, ...payload]));
      }),
      { numRuns: 5_000 },
    );
  });

  it('refuses a message that is cut short or goes on after its end', () => {
    const frame = sample.encode({ type: 'new', a: 200, b: new Uint8Array(2) });
    const payload = frame.slice(5);
    for (let length = 0; length < payload.length; length++) {
      expectMalformed(sample, 2, payload.slice(0, length));
    }
    expectMalformed(sample, 2, concatBytes(payload, new Uint8Array(1)));
  });

  it('refuses too few fields, too many, and what is no list of fields', () => {
    expectMalformed(sample, 2, bytesOf('9101'));
    expectMalformed(sample, 2, bytesOf('9301c4020000c0'));
    expectMalformed(sample, 1, bytesOf('929000'), 'one more, within the count of values');
    for (const value of ['01', 'c0', 'c40100', 'a161']) expectMalformed(sample, 1, bytesOf(value));
  });

  it('refuses what msgpack bombs are made of', () => {
    const bombs = {
      'a claimed array of 2^32 - 1': 'ddffffffff',
      'a claimed array inside': '91ddffffffff',
      'a claimed binary': '91c6ffffffff',
      'a claimed string': '91dbffffffff',
      'a claimed map': '91dfffffffff',
      '__proto__ in a map': '9181a95f5f70726f746f5f5f81a161c3',
      'a record extension': '91d47240',
      'a date': '91d6ff00000000',
      'a set': '91c7027300c0',
      'a bigint': '91cf7fffffffffffffff',
      'a float': '91cb3ff0000000000000',
    };
    for (const [name, bomb] of Object.entries(bombs)) {
      expectMalformed(sample, 1, bytesOf(bomb), name);
    }
    expectMalformed(sample, 1, new Uint8Array(100_000).fill(0x91), 'a nesting of 100,000');
  });

  it('refuses a megabyte of garbage at once', () => {
    const empties = concatBytes(bytesOf('91dd000fffff'), new Uint8Array(1_048_575).fill(0x80));
    const trailing = new Uint8Array(1_000_000);
    trailing[0] = 0x90;
    const start = process.memoryUsage().heapUsed;
    for (let i = 0; i < 100; i++) {
      expectMalformed(peers, 0x13, empties);
      expectMalformed(peers, 0x13, trailing);
    }
    expect(process.memoryUsage().heapUsed - start).to.be.lessThan(20_000_000);
  });

  it('knows a message from the version on that brought it', () => {
    expect([sample.knows('new', 1), sample.knows('new', 2)]).to.deep.equal([false, true]);
    expect(sample.limit(2, 1)).to.equal('message-unknown');
    expect(sample.limit(2, 2)).to.equal(20);
    expect(sample.limit(3, 9)).to.equal('message-unknown');
  });

  it('decodes no number that it does not know', () => {
    expect(sample.decode(3, bytesOf('90'))).to.deep.equal({ ok: false, error: 'message-unknown' });
  });

  it('stops the program that would send an unknown or undeclared message', () => {
    expect(() => sample.encode({ type: 'gone' } as never)).to.throw(AssertionError);
    expect(() => sample.encode({ type: 'old', list: [1, 2, 3, 4] })).to.throw(AssertionError);
  });

  it("takes the network's block size as the limit of a block", () => {
    const small = peerProtocol(1_000);
    expect(small.limit(0x13, 1)).to.equal(1_006);
    const block = new Uint8Array(1_000);
    const frame = small.encode({ type: 'block', block });
    expect(frame.length).to.equal(1_000 + 3 + 1 + 5);
    expect(() => small.encode({ type: 'block', block: new Uint8Array(1_001) })).to.throw();
    expectMalformed(peerProtocol(999), 0x13, frame.slice(5));
  });
});

interface MessageVector {
  readonly protocol: string;
  readonly message: { readonly type: string };
  readonly frame: string;
}

/** A protocol whose messages come from a file. */
interface AnyProtocol {
  encode(message: { readonly type: string }): Uint8Array;
  decode(type: number, payload: Uint8Array): ReturnType<(typeof sample)['decode']>;
}

/** `frame` is refused, or it is the very frame that its message encodes to. */
function expectCanonical(protocol: AnyProtocol, frame: Uint8Array): void {
  const decoded = protocol.decode(frame[4] ?? 0, frame.slice(5));
  if (!decoded.ok) expect(decoded.error).to.equal('message-malformed');
  else expect(protocol.encode(decoded.value).slice(5)).to.deep.equal(frame.slice(5));
}

function expectMalformed(
  protocol: Pick<AnyProtocol, never> & { decode(type: number, payload: Uint8Array): unknown },
  type: number,
  payload: Uint8Array,
  context?: string,
): void {
  const refused = { ok: false, error: 'message-malformed' };
  expect(protocol.decode(type, payload), context).to.deep.equal(refused);
}
