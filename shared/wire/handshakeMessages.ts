/**
 * The messages that every connection begins with, and the ones that keep it alive: in both
 * protocols.
 */

import type { BlockHash, NodeKey } from '../units.js';
import { bin, field, hash, hex, oneOf, text, u16, u256, u32 } from './fields.js';
import { message, Protocol, type MessageOf } from './protocol.js';

/**
 * The protocol versions that this program speaks; from 2 on, transactions travel as well, from 3 on
 * new blocks as short ids, and proofs for light peers.
 */
export const PROTOCOL_MIN = 1;
export const PROTOCOL_MAX = 3;

/** What `hello` carries in place of a network id when a program belongs to no network yet. */
export const NO_NETWORK = '00'.repeat(32) as BlockHash;

const helloRow = message({
  name: 'hello',
  number: 0x00,
  since: 1,
  limit: { bytes: 1_024, why: 'today at most 217; the rest is room for fields of later versions' },
  mayGrow: true,
  about: 'Who speaks. The first message in each direction; nothing else may come before it.',
  fields: {
    protocolMin: field(u16, 'the lowest protocol version that it speaks'),
    protocolMax: field(u16, 'the highest; the highest common one is used'),
    service: field(oneOf('peer', 'tracker', 'client'), 'what kind of program it is'),
    network: field(hash<BlockHash>(), 'network id; zeros: none yet (only towards a tracker)'),
    nodeKey: field(hex<NodeKey>(32), 'Ed25519 public key, to which `ready` gives the proof'),
    listenPort: field(u16, 'TCP port on which it accepts connections, 0: none'),
    tipHeight: field(u32, 'height of its tip'),
    tipWork: field(u256, 'work of its chain up to the tip'),
    unixTime: field(u32, 'its wall clock, in seconds; only ever used for a warning'),
    instance: field(hex(8), 'random at each start of the program: finds connections to oneself'),
    nonce: field(hex(16), 'random for each connection: a `ready` fits no other connection'),
    agent: field(text(64), 'program, version and what it likes to tell, for people'),
  },
});

const readyRow = message({
  name: 'ready',
  number: 0x01,
  since: 1,
  limit: { bytes: 67, why: 'one signature' },
  about: 'Proof of the node key (§3.2). The second and last message of the handshake.',
  fields: { signature: field(bin(64), 'Ed25519 signature over both hellos') },
});

const pingRow = message({
  name: 'ping',
  number: 0x02,
  since: 1,
  limit: { bytes: 11, why: 'one nonce' },
  about: 'Asks for a `pong`.',
  fields: { nonce: field(hex(8), 'anything; it comes back') },
});

const pongRow = message({
  name: 'pong',
  number: 0x03,
  since: 1,
  limit: { bytes: 11, why: 'one nonce' },
  about: 'Answers a `ping`.',
  fields: { nonce: field(hex(8), 'that of the ping') },
});

/** Both protocols have them. */
export const KEEP_ALIVE_ROWS = [pingRow, pongRow] as const;

/** All that may come before the handshake is over. */
export const handshakeProtocol = new Protocol('handshake', [helloRow, readyRow]);

/** What a program says of itself. */
export type Hello = Omit<MessageOf<typeof helloRow>, 'type'>;

/**
 * What kind of program speaks. A client asks trackers and peers, and nobody asks it: a light peer,
 * or a peer that looks for its network.
 */
export type Service = Hello['service'];
