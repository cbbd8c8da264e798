import { expect } from 'chai';
import fc from 'fast-check';

import { toHex } from '../../shared/bytes.js';
import type { NodeKey } from '../../shared/units.js';
import { decodeHost } from '../../shared/wire/netAddress.js';
import { SAMPLE_MAX, trackerProtocol } from '../../shared/wire/trackerMessages.js';
import { encodeAnnounced } from '../../tracker/announcedFrame.js';

const bytes = (length: number): fc.Arbitrary<Uint8Array> =>
  fc.uint8Array({ minLength: length, maxLength: length });

const peer = fc.record({
  address: bytes(16),
  port: fc.integer({ min: 1, max: 65_535 }),
  nodeKey: bytes(32),
});

const answer = fc.record({
  intervalSeconds: fc.oneof(fc.nat(300), fc.nat(70_000), fc.constant(2 ** 32 - 1)),
  observed: bytes(16),
  reachable: fc.constantFrom('unknown', 'yes', 'no', 'refused'),
  peers: fc.array(peer, { maxLength: SAMPLE_MAX }),
});

describe('tracker/announcedFrame', () => {
  it("writes the bytes that the protocol's own codec writes", () => {
    fc.assert(
      fc.property(answer, ({ peers, ...rest }) => {
        const columns = {
          address: (slot: number) => peers[slot]?.address ?? new Uint8Array(),
          port: (slot: number) => peers[slot]?.port ?? 0,
          nodeKey: (slot: number) => peers[slot]?.nodeKey ?? new Uint8Array(),
        };
        const frame = encodeAnnounced({ ...rest, slots: peers.map((_, i) => i) }, columns);
        const expected = trackerProtocol.encode({
          type: 'announced',
          ...rest,
          observed: decodeHost(rest.observed),
          peers: peers.map(({ address, port, nodeKey }) => ({
            host: decodeHost(address),
            port,
            nodeKey: toHex(nodeKey) as NodeKey,
          })),
        });
        expect(toHex(frame)).to.equal(toHex(expected));
      }),
    );
  });
});
