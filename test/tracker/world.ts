/**
 * A tracker and some peers without sockets or a clock: effects of one are inputs of the other, at
 * once, and the time moves when the test says so.
 */

import { publicKeyOf, sign } from '#crypto';

import { toHex } from '../../shared/bytes.js';
import { systemEntropy } from '../../shared/io/systemEntropy.js';
import { seededRng } from '../../shared/rng.js';
import type { BlockHash, MonoMs, NodeKey, Now, PeerId, UnixSeconds } from '../../shared/units.js';
import type { DialProblem } from '../../shared/wire/connection.js';
import type { DisconnectReason } from '../../shared/wire/disconnect.js';
import { type HandshakeOptions, PLAIN_CHANNEL } from '../../shared/wire/handshake.js';
import { type Hello, PROTOCOL_MAX, PROTOCOL_MIN } from '../../shared/wire/handshakeMessages.js';
import { Link } from '../../shared/wire/link.js';
import { type NetAddress, printNetAddress } from '../../shared/wire/netAddress.js';
import {
  type TrackerMessage,
  trackerProtocol,
  type TrackerRow,
} from '../../shared/wire/trackerMessages.js';
import type { Changes } from '../../tracker/registry/store.js';
import { Tracker, type TrackerOptions } from '../../tracker/tracker.js';
import type { TrackerEffect, TrackerEvent, TrackerInput } from '../../tracker/types.js';

export const NETWORK = 'ab'.repeat(32) as BlockHash;
export const OTHER_NETWORK = 'cd'.repeat(32) as BlockHash;
export const TWO_NETWORKS = [
  { id: NETWORK, params: Uint8Array.of(1) },
  { id: OTHER_NETWORK, params: Uint8Array.of(2) },
];

export type Announced = Extract<TrackerMessage, { readonly type: 'announced' }>;

export interface TestPeerOptions {
  readonly host?: string;
  readonly port?: number;
  readonly network?: BlockHash;
  readonly service?: Hello['service'];
  readonly height?: number;
  /** Holds the same node key as this one. */
  readonly sameKeyAs?: TestPeer;
  /** Does not take part in the handshake of a dial-back. */
  readonly isMute?: boolean;
}

/** A peer: its key, and where it listens. */
export class TestPeer {
  readonly address: NetAddress;
  readonly options: TestPeerOptions;
  readonly nodeKey: NodeKey;
  /** Dial-backs that reached it. */
  callsCount = 0;
  isListening = true;
  readonly #seed: Uint8Array;

  constructor(options: TestPeerOptions = {}) {
    this.options = options;
    this.address = { host: options.host ?? '127.0.0.1', port: options.port ?? 6000 };
    this.#seed =
      options.sameKeyAs === undefined ? systemEntropy.bytes(32) : options.sameKeyAs.#seed;
    this.nodeKey = toHex(publicKeyOf(this.#seed)) as NodeKey;
  }

  link(role: HandshakeOptions['role']): Link<TrackerRow> {
    const sign32 = (message: Uint8Array): Uint8Array => sign(this.#seed, message);
    const accept = (): undefined => undefined;
    const ours = this.#hello();
    const channel = PLAIN_CHANNEL;
    return new Link(trackerProtocol, { role, ours, sign: sign32, channel, accept });
  }

  #hello(): Hello {
    return {
      protocolMin: PROTOCOL_MIN,
      protocolMax: PROTOCOL_MAX,
      service: this.options.service ?? 'peer',
      network: this.options.network ?? NETWORK,
      nodeKey: this.nodeKey,
      listenPort: this.address.port,
      tipHeight: this.options.height ?? 0,
      tipWork: 0n,
      unixTime: 1_800_000_000,
      instance: toHex(systemEntropy.bytes(8)),
      nonce: toHex(systemEntropy.bytes(16)),
      agent: 'test',
    };
  }
}

/** The other end of a connection to the tracker. */
export interface Connection {
  readonly peer: PeerId;
  readonly link: Link<TrackerRow>;
  /** What the tracker said, without the handshake. */
  readonly received: TrackerMessage[];
  /** Why the tracker, or the handshake, ended it. */
  ended: DisconnectReason | undefined;
  /** Answers the tracker's pings; a dial-back that is mute does not even read. */
  isAwake: boolean;
}

export class World {
  readonly tracker: Tracker;
  readonly events: TrackerEvent[] = [];
  readonly saved: Changes[] = [];
  /** Every dial that the tracker asked for, as text, with its time in seconds. */
  readonly dials: { readonly to: string; readonly atSeconds: number }[] = [];
  /** What a dial to an address without a listener gives. */
  dialProblem: DialProblem = 'refused';
  readonly #listeners = new Map<string, TestPeer>();
  readonly #connections = new Map<PeerId, Connection>();
  #nowMs = 1_000;
  #lastPeer = 0;
  /** The first one is being handled. */
  readonly #inputs: TrackerInput[] = [];

  constructor(options: Partial<TrackerOptions> = {}) {
    const seed = systemEntropy.bytes(32);
    this.tracker = new Tracker(
      {
        nodeKey: toHex(publicKeyOf(seed)) as NodeKey,
        listenPort: 5009,
        agent: 'cairn',
        intervalSeconds: 60,
        networks: [{ id: NETWORK, params: Uint8Array.of(1, 2, 3) }],
        ...options,
      },
      { entropy: systemEntropy, sign: (message) => sign(seed, message), rng: seededRng(1) },
    );
  }

  get now(): Now {
    const unix = Math.floor(1_800_000_000 + this.#nowMs / 1000) as UnixSeconds;
    return { mono: this.#nowMs as MonoMs, unix };
  }

  /** Lets `peer` be reached at its address, or at `address`. */
  listen(peer: TestPeer, address: NetAddress = peer.address): void {
    this.#listeners.set(printNetAddress(address), peer);
  }

  /** A connection of `peer` to the tracker, handshake and all. */
  connect(peer: TestPeer, from: NetAddress = { ...peer.address, port: 40_000 }): Connection {
    const connection = this.#open(peer.link('caller'));
    this.#input({
      type: 'connected',
      peer: connection.peer,
      remote: from,
      local: { host: from.host, port: 5009 },
      dialed: undefined,
    });
    for (const frame of connection.link.start()) this.#deliver(connection, frame);
    return connection;
  }

  /** A connection from `host` that says nothing by itself. */
  connectRaw(host: string): Connection {
    const connection = this.#open(new TestPeer().link('caller'));
    const { peer } = connection;
    const remote = { host, port: 40_000 };
    this.#input({ type: 'connected', peer, remote, local: remote, dialed: undefined });
    return connection;
  }

  /** Sends `message` and returns what came back last. */
  ask(connection: Connection, message: TrackerMessage): TrackerMessage | undefined {
    this.#deliver(connection, connection.link.encode(message));
    return connection.received.at(-1);
  }

  /** Sends an announce and returns its answer; throws when there is none. */
  announce(
    connection: Connection,
    fields: Partial<Extract<TrackerMessage, { type: 'announce' }>> = {},
  ): Announced {
    const message = { event: 'alive', port: 6000, claimed: undefined, wanted: 50 } as const;
    const answer = this.ask(connection, { ...message, ...fields, type: 'announce' });
    if (answer?.type !== 'announced') throw new Error(`no answer but ${String(answer?.type)}`);
    return answer;
  }

  /** Lets `peer` listen, connect and announce itself; the connection stays open. */
  register(peer: TestPeer): Connection {
    this.listen(peer);
    const connection = this.connect(peer);
    this.announce(connection, { event: 'started', port: peer.address.port });
    return connection;
  }

  /** Peers of the first network that are handed out. */
  get liveCount(): number {
    const { registry } = this.tracker;
    const lists = ['live-loopback', 'live-private', 'live-public'] as const;
    return lists.reduce((sum, list) => sum + registry.countOf(0, list), 0);
  }

  /** Sends any bytes. */
  sendBytes(connection: Connection, bytes: Uint8Array): void {
    this.#deliver(connection, bytes);
  }

  /** The connection breaks, without a word of the tracker. */
  breakOff(connection: Connection): void {
    this.#connections.delete(connection.peer);
    this.#input({ type: 'closed', peer: connection.peer });
  }

  stop(): void {
    this.#input({ type: 'stop' });
  }

  /** Moves the time on, waking the tracker whenever it asked for it. */
  pass(seconds: number): void {
    const endMs = this.#nowMs + seconds * 1000;
    for (let wakes = 0; ; wakes++) {
      const wake = this.tracker.nextWake();
      if (wake === undefined || wake > endMs) break;
      if (wakes > 100_000) throw new Error('the tracker wakes without end');
      this.#nowMs = Math.max(this.#nowMs, wake);
      this.#input({ type: 'wake' });
    }
    this.#nowMs = endMs;
  }

  /** Effects bring inputs, which wait for the effects before them. */
  #input(input: TrackerInput): void {
    this.#inputs.push(input);
    if (this.#inputs.length > 1) return;
    for (let next: TrackerInput | undefined = input; next !== undefined; next = this.#inputs[0]) {
      for (const effect of this.tracker.handle(next, this.now)) this.#perform(effect);
      this.#inputs.shift();
    }
  }

  #perform(effect: TrackerEffect): void {
    switch (effect.type) {
      case 'dial':
        this.#dial(effect.address);
        break;
      case 'send':
        this.#onSend(effect.peer, effect.bytes);
        break;
      case 'disconnect': {
        const connection = this.#connections.get(effect.peer);
        if (connection !== undefined) connection.ended = effect.reason;
        this.#connections.delete(effect.peer);
        break;
      }
      case 'save':
        this.saved.push(effect.changes);
        break;
      case 'event':
        this.events.push(effect.event);
        break;
    }
  }

  #dial(address: NetAddress): void {
    this.dials.push({ to: printNetAddress(address), atSeconds: this.#nowMs / 1000 });
    const peer = this.#listeners.get(printNetAddress(address));
    if (peer?.isListening !== true) {
      this.#input({ type: 'dial-failed', address, problem: this.dialProblem });
      return;
    }
    peer.callsCount++;
    const connection = this.#open(peer.link('called'));
    connection.isAwake = peer.options.isMute !== true;
    this.#input({
      type: 'connected',
      peer: connection.peer,
      remote: address,
      local: { host: address.host, port: 41_000 },
      dialed: address,
    });
  }

  #open(link: Link<TrackerRow>): Connection {
    const peer = ++this.#lastPeer as PeerId;
    const connection = { peer, link, received: [], ended: undefined, isAwake: true };
    this.#connections.set(peer, connection);
    return connection;
  }

  #deliver(connection: Connection, bytes: Uint8Array): void {
    if (!this.#connections.has(connection.peer)) return;
    this.#input({ type: 'received', peer: connection.peer, bytes });
  }

  #onSend(peer: PeerId, bytes: Uint8Array): void {
    const connection = this.#connections.get(peer);
    if (connection?.isAwake !== true) return;
    for (const event of connection.link.receive(bytes)) {
      if (event.type === 'send') this.#deliver(connection, event.frame);
      if (event.type === 'breach') connection.ended = event.reason;
      if (event.type !== 'message') continue;
      connection.received.push(event.message);
      if (event.message.type !== 'ping') continue;
      this.#deliver(connection, connection.link.encode({ ...event.message, type: 'pong' }));
    }
  }
}
