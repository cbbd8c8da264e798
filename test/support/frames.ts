/** Frames of a stream, as they come. */

import type { Result } from '../../shared/result.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import type { Frame, FrameDecoder } from '../../shared/wire/frame.js';

/** What `chunk` completes, each made when it is asked for. */
export function* framesOf(
  decoder: FrameDecoder,
  chunk: Uint8Array,
): Generator<Result<Frame, DisconnectReason>, void> {
  decoder.add(chunk);
  for (let frame = decoder.next(); frame !== undefined; frame = decoder.next()) yield frame;
}
