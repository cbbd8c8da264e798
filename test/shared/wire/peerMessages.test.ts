import { expect } from 'chai';

import type { BlockHash } from '../../../shared/units.js';
import { FrameDecoder } from '../../../shared/wire/frame.js';
import {
  BLOCK_BYTES_CEILING,
  GET_BLOCKS_MAX,
  HEADERS_MAX,
  LOCATOR_MAX,
  NEW_HEADERS_MAX,
  type PeerMessage,
  peerProtocol,
} from '../../../shared/wire/peerMessages.js';
import { framesOf } from '../../support/frames.js';

const protocol = peerProtocol(BLOCK_BYTES_CEILING);
const HASH = 'ab'.repeat(32) as BlockHash;

describe('wire/peerMessages', () => {
  it('carries as much as each message may hold, and not one more', () => {
    const hashes = (count: number): BlockHash[] => Array<BlockHash>(count).fill(HASH);
    const bytes = (count: number): Uint8Array => new Uint8Array(count);
    const largest: readonly PeerMessage[] = [
      { type: 'getHeaders', locator: hashes(LOCATOR_MAX), stop: HASH },
      { type: 'headers', headers: bytes(80 * HEADERS_MAX) },
      { type: 'getBlocks', hashes: hashes(GET_BLOCKS_MAX) },
      { type: 'block', block: bytes(BLOCK_BYTES_CEILING) },
      { type: 'newHeaders', headers: bytes(80 * NEW_HEADERS_MAX) },
    ];
    for (const message of largest) expect(carried(message)).to.deep.equal(message);
    const tooLarge: readonly PeerMessage[] = [
      { type: 'getHeaders', locator: hashes(LOCATOR_MAX + 1), stop: HASH },
      { type: 'headers', headers: bytes(80 * (HEADERS_MAX + 1)) },
      { type: 'getBlocks', hashes: hashes(GET_BLOCKS_MAX + 1) },
      { type: 'block', block: bytes(BLOCK_BYTES_CEILING + 1) },
      { type: 'newHeaders', headers: bytes(80 * (NEW_HEADERS_MAX + 1)) },
    ];
    for (const message of tooLarge) expect(() => carried(message), message.type).to.throw();
  });

  it('carries no empty question and no broken header', () => {
    const nonsense: readonly PeerMessage[] = [
      { type: 'getHeaders', locator: [], stop: HASH },
      { type: 'getBlocks', hashes: [] },
      { type: 'headers', headers: new Uint8Array(79) },
      { type: 'newHeaders', headers: new Uint8Array(0) },
      { type: 'block', block: new Uint8Array(83) },
    ];
    for (const message of nonsense) expect(() => carried(message), message.type).to.throw();
  });

  it('hands a large block on as it stands in its frame, and keeps little else alive', () => {
    const block = new Uint8Array(3_000_000).fill(1);
    const received = carried({ type: 'block', block });
    if (received.type !== 'block') expect.fail('not a block');
    expect(received.block.buffer.byteLength - block.length).to.equal(6);
  });
});

/** `message` after a way over the wire in pieces of 64 KiB. */
function carried(message: PeerMessage): PeerMessage {
  const bytes = protocol.encode(message);
  const decoder = new FrameDecoder((type) => protocol.limit(type, 1));
  for (let offset = 0; offset < bytes.length; offset += 65_536) {
    for (const frame of framesOf(decoder, bytes.subarray(offset, offset + 65_536))) {
      if (!frame.ok) throw new Error(frame.error);
      const decoded = protocol.decode(frame.value.type, frame.value.payload);
      if (!decoded.ok) throw new Error(decoded.error);
      return decoded.value;
    }
  }
  throw new Error('no whole frame');
}
