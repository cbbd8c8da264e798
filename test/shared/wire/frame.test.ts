import { expect } from 'chai';
import fc from 'fast-check';

import { concatBytes } from '../../../shared/bytes.js';
import type { Result } from '../../../shared/result.js';
import type { DisconnectReason } from '../../../shared/wire/disconnect.js';
import {
  encodeFrame,
  FrameDecoder,
  type Frame,
  type FrameLimits,
} from '../../../shared/wire/frame.js';
import { framesOf } from '../../support/frames.js';

const LIMIT = 100_000;
const limits: FrameLimits = (type) => (type === 0xff ? 'message-unknown' : LIMIT);

describe('wire/frame', () => {
  it('writes the length of type and payload, big-endian, then both', () => {
    const frame = encodeFrame(0x13, new Uint8Array([1, 2, 3]));
    expect([...frame]).to.deep.equal([0, 0, 0, 4, 0x13, 1, 2, 3]);
  });

  it("gives payloads of plain bytes of their own, also out of Node's buffers", () => {
    const wanted = Uint8Array.from({ length: 90 }, (_, i) => i);
    const stream = Buffer.from(encodeFrame(7, wanted));
    for (const cut of [stream.length, 40]) {
      const decoder = new FrameDecoder(limits);
      const chunks = [stream.subarray(0, cut), stream.subarray(cut)].map((one) => Buffer.from(one));
      const read = chunks.flatMap((chunk) => {
        const frames = pushAll(decoder, chunk).map(expectFrame);
        chunk.fill(0xee);
        return frames;
      });
      expect(read).to.have.length(1);
      expect(read[0]?.payload).to.deep.equal(wanted);
      expect(read[0]?.payload.constructor).to.equal(Uint8Array);
    }
  });

  it('reads the same frames wherever the stream is cut', () => {
    const frames = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 254 }), fc.uint8Array({ maxLength: 300 })),
      { maxLength: 8 },
    );
    const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 });
    fc.assert(
      fc.property(frames, cuts, (wanted, sizes) => {
        const stream = concatBytes(...wanted.map(([type, payload]) => encodeFrame(type, payload)));
        const decoder = new FrameDecoder(limits);
        const read: Frame[] = [];
        for (let offset = 0, i = 0; offset < stream.length; i++) {
          const chunk = stream.slice(offset, (offset += sizes[i % sizes.length] ?? 1));
          read.push(...pushAll(decoder, chunk).map(expectFrame));
          chunk.fill(0xee); // the chunk's memory is used again
        }
        expect(read.map(({ type, payload }) => [type, payload])).to.deep.equal(wanted);
      }),
    );
  });

  it('admits a payload of exactly the limit and refuses one byte more', () => {
    expect(firstOf(prefix(LIMIT + 1, 0))).to.equal(undefined);
    for (const length of [LIMIT + 2, 0x8000_0000, 0xffff_ffff]) {
      expect(firstOf(prefix(length, 0))).to.equal('frame-too-large');
    }
  });

  it('refuses a frame without a type, and types that may not come, after five bytes', () => {
    expect(firstOf(prefix(0, 0))).to.equal('frame-empty');
    expect(firstOf(prefix(1, 0xff))).to.equal('message-unknown');
    expect(firstOf(prefix(0xffff_ffff, 0xff))).to.equal('message-unknown');
    expect(firstOf(prefix(0xffff_ffff, 0).subarray(0, 4))).to.equal(undefined);
  });

  it('says nothing more after a breach', () => {
    const decoder = new FrameDecoder(limits);
    const bytes = concatBytes(prefix(0, 0), encodeFrame(1, new Uint8Array(3)));
    expect(pushAll(decoder, bytes)).to.have.length(1);
    expect(pushAll(decoder, bytes)).to.have.length(0);
  });

  it('asks for the limit anew for each frame', () => {
    let isOpen = false;
    const decoder = new FrameDecoder(() => (isOpen ? LIMIT : 'message-unexpected'));
    isOpen = true;
    const results: Result<Frame, DisconnectReason>[] = [];
    const one = encodeFrame(1, new Uint8Array(1));
    for (const result of framesOf(decoder, concatBytes(one, one))) {
      results.push(result);
      isOpen = false;
    }
    expect(results.map((result) => (result.ok ? 'frame' : result.error))).to.deep.equal([
      ...['frame', 'message-unexpected'],
    ]);
  });

  it('keeps memory flat when 10,000 connections claim the limit (CVE-2015-3641)', () => {
    const claim = prefix(4_000_001, 0);
    const before = process.memoryUsage();
    const decoders = Array.from({ length: 10_000 }, () => new FrameDecoder(() => 4_000_000));
    for (const decoder of decoders) expect(pushAll(decoder, claim)).to.deep.equal([]);
    for (const decoder of decoders) pushAll(decoder, new Uint8Array(10));
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).to.be.lessThan(10_000 * 100);
  });

  it('holds at most four times what it received of a frame', () => {
    const decoder = new FrameDecoder(() => 4_000_000);
    pushAll(decoder, prefix(4_000_001, 0));
    const before = process.memoryUsage().arrayBuffers;
    for (let i = 0; i < 100; i++) pushAll(decoder, CHUNK);
    expect(process.memoryUsage().arrayBuffers - before).to.be.lessThan(8 * 100 * CHUNK.length);
  });
});

const CHUNK = new Uint8Array(1_000);

function prefix(length: number, type: number): Uint8Array {
  const bytes = new Uint8Array(5);
  new DataView(bytes.buffer).setUint32(0, length);
  bytes[4] = type;
  return bytes;
}

const pushAll = (decoder: FrameDecoder, bytes: Uint8Array): Result<Frame, DisconnectReason>[] => [
  ...framesOf(decoder, bytes),
];

/** What the first frame of `bytes` ends in: a breach, or `undefined` while more is awaited. */
function firstOf(bytes: Uint8Array): DisconnectReason | undefined {
  const [first] = pushAll(new FrameDecoder(limits), bytes);
  return first === undefined || first.ok ? undefined : first.error;
}

function expectFrame(result: Result<Frame, DisconnectReason>): Frame {
  if (!result.ok) throw new Error(result.error);
  return result.value;
}
