/** Two programs that meet: fixed keys and hellos for tests of the wire. */

import { publicKeyOf, sign } from '#crypto';

import { toHex } from '../../shared/bytes.js';
import type { BlockHash, NodeKey } from '../../shared/units.js';
import { type HandshakeOptions, PLAIN_CHANNEL, type Role } from '../../shared/wire/handshake.js';
import type { Hello } from '../../shared/wire/handshakeMessages.js';

export const NETWORK = '01'.repeat(32) as BlockHash;
export const OTHER_NETWORK = '02'.repeat(32) as BlockHash;

const SEEDS = { caller: new Uint8Array(32).fill(0x0a), called: new Uint8Array(32).fill(0x0b) };

const keyOf = (role: Role): NodeKey => toHex(publicKeyOf(SEEDS[role])) as NodeKey;

const HELLOS: Readonly<Record<Role, Hello>> = {
  caller: {
    protocolMin: 1,
    protocolMax: 1,
    service: 'peer',
    network: NETWORK,
    nodeKey: keyOf('caller'),
    listenPort: 6000,
    tipHeight: 70_000,
    tipWork: 0x1_0000_0001n,
    unixTime: 1_800_000_000,
    instance: 'aa'.repeat(8),
    nonce: 'a1'.repeat(16),
    agent: 'cairn/0.1.0',
  },
  called: {
    protocolMin: 1,
    protocolMax: 1,
    service: 'peer',
    network: NETWORK,
    nodeKey: keyOf('called'),
    listenPort: 6001,
    tipHeight: 0,
    tipWork: 2n,
    unixTime: 1_800_000_001,
    instance: 'bb'.repeat(8),
    nonce: 'b1'.repeat(16),
    agent: '',
  },
};

/**
 * The side `role` of a connection that succeeds, but for what `changes` and `hello` make different.
 */
export function side(
  role: Role,
  hello: Partial<Hello> = {},
  changes: Partial<HandshakeOptions> = {},
): HandshakeOptions {
  return {
    role,
    ours: { ...HELLOS[role], ...hello },
    sign: (message) => sign(SEEDS[role], message),
    channel: PLAIN_CHANNEL,
    accept: () => undefined,
    ...changes,
  };
}
