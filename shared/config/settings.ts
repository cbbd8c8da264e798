/**
 * Every setting of the programs, once. From this table come flags, environment variables, the
 * configuration file with its schema and example, `cairn config`, and the table in
 * docs/operations.md.
 */

import type { Kind, ValueOf } from './kinds.js';

export interface Setting {
  readonly kind: Kind;
  /** `undefined`: not set unless somebody sets it. Text is read by `parseText`. */
  readonly default: string | undefined;
  /** One line, starting with a small letter, without a full stop. */
  readonly about: string;
  /** The flag, where it is not the last part of the key. */
  readonly flag?: string;
  /** `false`: a flag or a variable only, never in the file. */
  readonly inFile?: false;
}

const NAME = { type: 'name' } as const;
const NETWORK_NAME = { type: 'network-name' } as const;
const PORT = { type: 'integer', min: 1, max: 65_535 } as const;
/** The kernels there are (peer/workers/kernel), and a choice among those that run here. */
export const KERNEL_CHOICES = ['node', 'wasm', 'native', 'fastest'] as const;
/** Unless somebody chooses, all mine with the same one, so that a room of laptops is fair. */
export const UNCHOSEN_KERNEL = 'wasm, or node where that cannot run';
const OTHERWISE = `without it ${UNCHOSEN_KERNEL}`;
const KERNEL = {
  kind: { type: 'choice', of: KERNEL_CHOICES },
  default: undefined,
  flag: 'kernel',
} as const;
const PERCENT = { type: 'integer', min: 1, max: 100 } as const;

export const SETTINGS = {
  config: {
    kind: { type: 'path' },
    default: undefined,
    about: 'configuration file; without it, config.json in the user’s configuration directory',
    inFile: false,
  },
  home: {
    kind: { type: 'path' },
    default: undefined,
    about: 'where all data lives; without it, the user’s standard data directory',
    inFile: false,
  },
  node: {
    kind: { type: 'text', lengthMax: 256 },
    default: undefined,
    about: 'the node to talk to: a name such as Alice, or a URL',
  },
  'log.format': {
    kind: { type: 'choice', of: ['text', 'json'] },
    default: 'text',
    about: 'log lines for people or for programs',
    flag: 'log-format',
  },
  'log.level': {
    kind: { type: 'choice', of: ['error', 'warn', 'info', 'debug'] },
    default: 'info',
    about: 'the least important log lines that are written',
    flag: 'log-level',
  },
  'tracker.listen': {
    kind: { type: 'endpoint', defaultHost: '0.0.0.0' },
    default: '0.0.0.0:5009',
    about: 'address on which peers reach the tracker',
  },
  'tracker.http': {
    kind: { type: 'endpoint', defaultHost: 'localhost' },
    default: 'localhost:5010',
    about: 'address of the tracker’s page',
  },
  'tracker.data': {
    kind: { type: 'path' },
    default: undefined,
    about: 'data directory; without it, tracker in the home',
  },
  'tracker.genesis': {
    kind: { type: 'paths' },
    default: undefined,
    about: 'network files (cairn genesis) that the tracker hands out',
  },
  'tracker.template': {
    kind: { type: 'choice', of: ['lan', 'dev'] },
    default: 'lan',
    about: 'template of the network that a first start without a network file makes',
  },
  'tracker.name': {
    kind: NETWORK_NAME,
    default: undefined,
    about: 'name of the network that a first start makes; without it, one that tells it apart',
  },
  'tracker.miners': {
    kind: { type: 'integer', min: 1, max: 100_000 },
    default: '1',
    about: 'computers like this one that will mine on the network that a first start makes',
  },
  'tracker.mining.kernel': {
    ...KERNEL,
    about: `code with which those computers will hash; the first difficulty fits it; ${OTHERWISE}`,
  },
  'peer.tracker': {
    kind: { type: 'endpoint' },
    default: undefined,
    about: 'the tracker to ask for the network and its peers',
  },
  'peer.network': {
    kind: { type: 'text', lengthMax: 64 },
    default: undefined,
    about: 'name or id of the network to join, where the tracker serves several',
  },
  'peer.genesis': {
    kind: { type: 'path' },
    default: undefined,
    about: 'network file (cairn genesis) of the network to join',
  },
  'peer.listen': {
    kind: { type: 'endpoint', defaultHost: '0.0.0.0' },
    default: '0.0.0.0:6000',
    about: 'address on which other peers reach this one',
  },
  'peer.advertise': {
    kind: { type: 'endpoint' },
    default: undefined,
    about: 'address to give to the tracker instead of the one that it sees',
  },
  'peer.connect': {
    kind: { type: 'endpoints' },
    default: undefined,
    about: 'peers to call at start, besides those of the tracker',
  },
  'peer.http': {
    kind: { type: 'endpoint', defaultHost: 'localhost' },
    default: 'localhost:5000',
    about: 'address of the HTTP API; localhost is 127.0.0.1 and ::1',
  },
  'peer.data': {
    kind: { type: 'path' },
    default: undefined,
    about: 'data directory; without it, one a network under peers in the home',
  },
  'peer.name': {
    kind: NAME,
    default: undefined,
    about: 'how this node is called in tables and by --node',
  },
  'peer.mine': {
    kind: { type: 'boolean' },
    default: 'false',
    about: 'mine from the start',
  },
  'peer.mineInterval': {
    kind: { type: 'integer', min: 1, max: 86_400 },
    default: undefined,
    about: 'mine one block, then rest until this many seconds after it',
  },
  'peer.threads': {
    kind: { type: 'integer', min: 1, max: 256 },
    default: undefined,
    about: 'threads that mine; without it, half of the cores',
  },
  'peer.cpu': {
    kind: PERCENT,
    default: '50',
    about: 'share of each mining thread’s time that is spent hashing, in percent',
  },
  'peer.mining.kernel': {
    ...KERNEL,
    about: `code that hashes; fastest: whichever is, of those that run here; ${OTHERWISE}`,
  },
  'peer.payTo': {
    kind: { type: 'text', lengthMax: 128 },
    default: undefined,
    about:
      'address that mined blocks pay; without it, one of the wallet here, or of the node’s own key',
  },
  'peer.light': {
    kind: { type: 'boolean' },
    default: 'false',
    about: 'keep headers alone, and a wallet whose coins peers prove: no chain, no mining',
  },
  'peer.addressIndex': {
    kind: { type: 'boolean' },
    default: 'true',
    about: 'keep an index of transactions and addresses, for look-ups, proofs and wallets',
  },
  'network.name': {
    kind: NETWORK_NAME,
    default: 'local',
    about: 'name of the network on this computer; each name has its own data',
  },
  'network.peers': {
    kind: { type: 'integer', min: 1, max: 50 },
    default: '5',
    about: 'peers to start',
  },
  'network.host': {
    kind: { type: 'text', lengthMax: 64 },
    default: '127.0.0.1',
    about: 'address of this computer that tracker and peers use; a LAN address lets others join',
  },
  'network.httpFrom': {
    kind: PORT,
    default: '5000',
    about: 'HTTP port of the first peer; the next peers take the next ones',
  },
  'network.tcpFrom': {
    kind: PORT,
    default: '6000',
    about: 'TCP port of the first peer; the next peers take the next ones',
  },
  'network.trackerPort': {
    kind: PORT,
    default: '5009',
    about: 'TCP port of the tracker',
  },
  'network.trackerHttp': {
    kind: PORT,
    default: '5010',
    about: 'port of the tracker’s page',
  },
  'network.template': {
    kind: { type: 'choice', of: ['lan', 'dev'] },
    default: 'lan',
    about: 'template of a new network: lan has 10 s blocks, dev mines on demand',
  },
  'network.mine': {
    kind: { type: 'boolean' },
    default: 'true',
    about: 'all peers mine (on a dev network none does)',
  },
  'network.cpu': {
    kind: PERCENT,
    default: '40',
    about: 'share of the whole computer that all miners together may use, in percent',
  },
  'network.mining.kernel': {
    ...KERNEL,
    about: `code with which all hash; fastest: whichever is, of those that run here; ${OTHERWISE}`,
  },
  'network.quiet': {
    kind: { type: 'boolean' },
    default: 'false',
    about: 'the demo accounts pay each other nothing by themselves',
  },
  'network.fresh': {
    kind: { type: 'boolean' },
    default: 'false',
    about: 'remove the network’s data and begin a new one',
    inFile: false,
  },
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;

type Kinds = { [K in SettingKey]: (typeof SETTINGS)[K]['kind'] };
type Defaults = { [K in SettingKey]: (typeof SETTINGS)[K]['default'] };

/** The values of the settings `K`; those without a default may be absent. */
export type Settings<K extends SettingKey = SettingKey> = {
  readonly [P in K]: ValueOf<Kinds[P]> | (Defaults[P] extends undefined ? undefined : never);
};

/** All keys, in the order of the table. */
export const SETTING_KEYS = Object.keys(SETTINGS) as readonly SettingKey[];

/** The setting `key` with its optional parts. */
export const settingOf = (key: SettingKey): Setting => SETTINGS[key];

/** `peer.mineInterval` → `mine-interval`; without the dashes in front. */
export function flagOf(key: SettingKey): string {
  return settingOf(key).flag ?? kebab(key.slice(key.indexOf('.') + 1));
}

/** `peer.mineInterval` → `CAIRN_PEER_MINE_INTERVAL`. */
export function variableOf(key: SettingKey): string {
  return `CAIRN_${kebab(key).replaceAll(/[.-]/g, '_').toUpperCase()}`;
}

/** The keys whose first part is one of `sections`; `''` stands for keys of one part. */
export function keysOf<S extends string>(...sections: readonly S[]): readonly KeyIn<S>[] {
  const isMember = (key: SettingKey): boolean =>
    sections.some((section) => section === (key.includes('.') ? key.split('.')[0] : ''));
  return SETTING_KEYS.filter(isMember) as unknown as readonly KeyIn<S>[];
}

export type KeyIn<S extends string> = S extends ''
  ? Exclude<SettingKey, `${string}.${string}`>
  : Extract<SettingKey, `${S}.${string}`>;

const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
