/**
 * Streams of frames with false lengths, types and ends, cut anywhere, against a twin that waits for
 * all bytes before it looks at any.
 */

import { expect } from 'chai';
import fc from 'fast-check';
import { concatBytes } from '../../../shared/bytes.js';
import { encodeFrame, FrameDecoder, type FrameLimits } from '../../../shared/wire/frame.js';
import { bytesMadeBy } from '../../support/cost.js';
import { framesOf } from '../../support/frames.js';

/** The payload of type n may have so many bytes; from 5 on there are no types. */
const LIMITS = [0, 1, 100, 5_000, 100_000];

const limits: FrameLimits = (type) => LIMITS[type] ?? 'message-unknown';

/** One line a frame, and one for the breach that ends them. */
function twinOf(stream: Uint8Array): string[] {
  const lines: string[] = [];
  let rest = stream;
  while (rest.length >= 5) {
    const length = new DataView(rest.buffer, rest.byteOffset).getUint32(0);
    const type = rest[4] ?? 0;
    const limit = LIMITS[type];
    if (length === 0) return [...lines, 'frame-empty'];
    if (limit === undefined) return [...lines, 'message-unknown'];
    if (length - 1 > limit) return [...lines, 'frame-too-large'];
    if (rest.length < 4 + length) return lines;
    lines.push([type, ...rest.subarray(5, 4 + length)].join(' '));
    rest = rest.subarray(4 + length);
  }
  return lines;
}

/** A frame whose prefix may say anything, or none at all. */
const piece = fc
  .record({
    type: fc.integer({ min: 0, max: 6 }),
    size: fc.oneof(fc.nat(3), fc.nat(200), fc.nat(6_000)),
    claim: fc.constantFrom<(length: number) => number>(
      ...[(n: number) => n, (n: number) => n, (n: number) => n, (n: number) => n],
      ...[(n: number) => n + 1, (n: number) => n - 1, (n: number) => 2 * n, () => 0],
      ...[() => 5_001, () => 100_001, () => 100_002, () => 0x10_0000, () => 0xffff_ffff],
    ),
    isPrefixLost: fc.constantFrom(false, false, false, false, false, false, true),
  })
  .map(({ type, size, claim, isPrefixLost }) => {
    const fits = Math.min(size, LIMITS[type] ?? size);
    const frame = encodeFrame(type, new Uint8Array(fits).fill(type));
    new DataView(frame.buffer).setUint32(0, claim(frame.length - 4));
    return isPrefixLost ? frame.slice(5) : frame;
  });

describe('wire/frame: model', () => {
  it('finds the frames and the breach of its twin, wherever the stream is cut', () => {
    const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.nat(4_000)), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.nat(6), cuts, (pieces, less, sizes) => {
        const whole = concatBytes(...pieces);
        const stream = whole.slice(0, Math.max(0, whole.length - less));
        const decoder = new FrameDecoder(limits);
        const lines: string[] = [];
        for (let offset = 0, i = 0; offset < stream.length; i++) {
          const chunk = stream.slice(offset, (offset += Math.max(1, sizes[i % sizes.length] ?? 1)));
          for (const result of framesOf(decoder, chunk)) {
            const { ok } = result;
            lines.push(ok ? [result.value.type, ...result.value.payload].join(' ') : result.error);
          }
        }
        expect(lines).to.deep.equal(twinOf(stream));
      }),
      { numRuns: 300 },
    );
  });

  it('makes byte arrays for what came, and never for what is claimed', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_001 }), sizes, (claim, chunks) => {
        const decoder = new FrameDecoder(limits);
        const prefix = encodeFrame(4, new Uint8Array());
        new DataView(prefix.buffer).setUint32(0, claim);
        expect(bytesMadeBy(() => [...framesOf(decoder, prefix)])).to.equal(0);
        let came = 0;
        let made = 0;
        for (const size of chunks) {
          const chunk = new Uint8Array(size);
          const wanted = Math.min(size, claim - 1 - came);
          made += bytesMadeBy(() => [...framesOf(decoder, chunk.subarray(0, wanted))]);
          came += wanted;
          // Four times what came, and what was held before in pieces of a quarter of that each.
          expect(made).to.be.at.most((16 / 3) * came);
        }
      }),
      { numRuns: 300 },
    );
  });
});
