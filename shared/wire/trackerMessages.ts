/** What peers and trackers say to each other once the handshake is over. */

import type { NodeKey } from '../units.js';
import {
  array,
  bin,
  binary,
  converted,
  field,
  hex,
  nullable,
  oneOf,
  record,
  u16From,
  u32,
  u8UpTo,
  type Kind,
  type ValueOf,
} from './fields.js';
import { KEEP_ALIVE_ROWS } from './handshakeMessages.js';
import { decodeHost, encodeHost } from './netAddress.js';
import { message, Protocol, type MessageOf } from './protocol.js';

/** Peers handed out by one `announced`: a node needs eight neighbours and some to fall back on. */
export const SAMPLE_MAX = 50;
/** Networks that one tracker serves. */
export const NETWORKS_MAX = 64;
/** Parameters of one network: 1,000 allocations of 28 bytes and room. */
const PARAMS_BYTES_MAX = 32_768;

/** 16 bytes of an IP address (IPv4 mapped), in memory its canonical text. */
const host: Kind<string> = converted(bin(16), {
  shape: 'bin 16 (IP address)',
  pack: encodeHost,
  unpack: decodeHost,
});

const swarmPeer = record({
  host: field(host, 'its address'),
  port: field(u16From(1), 'the port on which it accepts connections'),
  nodeKey: field(hex<NodeKey>(32), 'the node key that the tracker found there'),
});

/** A peer as a tracker hands it out; fits a `NetAddress`. */
export type SwarmPeer = ValueOf<typeof swarmPeer>;

export const TRACKER_ROWS = [
  ...KEEP_ALIVE_ROWS,
  message({
    name: 'getNetworks',
    number: 0x40,
    since: 1,
    limit: { bytes: 1, why: 'no fields' },
    about: 'Asks which networks the tracker serves. Answer: `networks`.',
    fields: {},
  }),
  message({
    name: 'networks',
    number: 0x41,
    since: 1,
    limit: { bytes: 2_097_348, why: '64 networks of 32 KiB of parameters' },
    about: 'Answers `getNetworks`. The id of each is derived by the receiver, never believed.',
    fields: {
      params: field(
        array(binary({ min: 1, max: PARAMS_BYTES_MAX }), { min: 0, max: NETWORKS_MAX }),
        'the parameters of each network, in their consensus bytes',
      ),
    },
  }),
  message({
    name: 'announce',
    number: 0x42,
    since: 1,
    limit: { bytes: 24, why: 'its fields' },
    about: 'A peer tells that it lives, and asks for others. Answer: `announced`.',
    fields: {
      event: field(oneOf('started', 'alive', 'stopped'), 'what happened to the peer'),
      port: field(u16From(1), 'TCP port on which it accepts connections'),
      claimed: field(nullable(host), "its address, when it is not the socket's"),
      wanted: field(u8UpTo(SAMPLE_MAX), 'how many peers it wants to hear of'),
    },
  }),
  message({
    name: 'announced',
    number: 0x43,
    since: 1,
    limit: { bytes: 2_828, why: '50 peers' },
    about: 'Answers `announce` and `getPeers`.',
    fields: {
      intervalSeconds: field(u32, 'when to announce again'),
      observed: field(host, "the asker's address as the tracker sees it"),
      reachable: field(oneOf('unknown', 'yes', 'no', 'refused'), 'what the dial-back found'),
      peers: field(
        array(swarmPeer, { min: 0, max: SAMPLE_MAX }),
        'a random sample of live peers without the asker',
      ),
    },
  }),
  message({
    name: 'getPeers',
    number: 0x44,
    since: 3,
    limit: { bytes: 2, why: 'its field' },
    about: 'A client asks for peers of its network, and is not registered. Answer: `announced`.',
    fields: { wanted: field(u8UpTo(SAMPLE_MAX), 'how many peers it wants to hear of') },
  }),
] as const;

/** What peers, clients and trackers say to each other. */
export const trackerProtocol = new Protocol('tracker', TRACKER_ROWS);

export type TrackerRow = (typeof TRACKER_ROWS)[number];
export type TrackerMessage = MessageOf<TrackerRow>;
