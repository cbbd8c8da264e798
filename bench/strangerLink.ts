/** The wire of somebody who speaks the peers' protocol by hand, from the side of a bench. */

import { publicKeyOf, sign } from '#crypto';
import { toHex } from '../shared/bytes.js';
import type { Network } from '../shared/consensus/genesis.js';
import { systemEntropy } from '../shared/io/systemEntropy.js';
import type { NodeKey } from '../shared/units.js';
import { PLAIN_CHANNEL, type Role } from '../shared/wire/handshake.js';
import { PROTOCOL_MAX, PROTOCOL_MIN, type Hello } from '../shared/wire/handshakeMessages.js';
import { Link } from '../shared/wire/link.js';
import { peerProtocol, type PeerRow } from '../shared/wire/peerMessages.js';
import { owner } from '../test/support/blocks.js';

/** A new connection of a stranger who says of its chain what `told` says. */
export function strangerLink(
  network: Network,
  role: Role,
  told: Pick<Hello, 'tipHeight' | 'tipWork'> = { tipHeight: 0, tipWork: 0n },
): Link<PeerRow> {
  const { seed } = owner(1);
  return new Link(peerProtocol(network.params.blockBytesMax), {
    role,
    ours: {
      protocolMin: PROTOCOL_MIN,
      protocolMax: PROTOCOL_MAX,
      service: 'peer',
      network: network.id,
      nodeKey: toHex(publicKeyOf(seed)) as NodeKey,
      listenPort: 0,
      ...told,
      unixTime: Math.floor(Date.now() / 1000),
      instance: toHex(systemEntropy.bytes(8)),
      nonce: toHex(systemEntropy.bytes(16)),
      agent: 'bench',
    },
    sign: (message) => sign(seed, message),
    channel: PLAIN_CHANNEL,
    accept: () => undefined,
  });
}
