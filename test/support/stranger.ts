/**
 * Somebody in a `World` who speaks the peers' protocol by hand: what no honest node would say, too.
 */

import { publicKeyOf, sign } from '#crypto';
import { concatBytes, toHex } from '../../shared/bytes.js';
import type { Network } from '../../shared/consensus/genesis.js';
import type { BlockHash, MonoMs, NodeKey, Now, PeerId } from '../../shared/units.js';
import type { ConnectionInput } from '../../shared/wire/connection.js';
import { PLAIN_CHANNEL, type HandshakeOptions, type Role } from '../../shared/wire/handshake.js';
import { PROTOCOL_MAX, PROTOCOL_MIN, type Hello } from '../../shared/wire/handshakeMessages.js';
import { Link } from '../../shared/wire/link.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import { peerProtocol, type PeerMessage, type PeerRow } from '../../shared/wire/peerMessages.js';
import type { MadeBlock } from './blocks.js';
import type { World } from '../../lab/sim/world.js';
import type { Host, Machine } from '../../lab/sim/host.js';

export interface StrangerOptions {
  readonly hello?: Partial<Hello>;
  readonly address?: NetAddress;
  /** Gives the key; as with the nodes of the world. */
  readonly number?: number;
  /** Says nothing at all by itself. */
  readonly isMute?: boolean;
  /** Does not answer pings, until it is told to. */
  readonly isDeaf?: boolean;
  /** Blocks that it gives to whoever asks. */
  readonly blocks?: readonly MadeBlock[];
}

export type Said<Type extends PeerMessage['type']> = Extract<PeerMessage, { type: Type }>;

interface Outgoing {
  readonly type: string;
  readonly [field: string]: unknown;
}

export class Stranger implements Machine {
  readonly host: Host;
  readonly address: NetAddress;
  /** What it heard after the handshake, but for pings. */
  readonly heard: PeerMessage[] = [];
  isReady = false;
  isClosed = false;
  theirs: Hello | undefined;
  /** What to do with each message. */
  onMessage: ((message: PeerMessage) => void) | undefined;
  readonly #world: World;
  readonly #network: Network;
  readonly #options: StrangerOptions;
  #link: Link<PeerRow> | undefined;
  #peer: PeerId | undefined;
  #out: Outgoing[] = [];
  readonly #unanswered: string[] = [];

  constructor(world: World, network: Network, options: StrangerOptions = {}) {
    this.#world = world;
    this.#network = network;
    this.#options = options;
    this.address = options.address ?? { host: `10.1.0.${String(this.#number)}`, port: 6_000 };
    this.host = world.add({ address: this.address, machine: this, perform: () => undefined });
  }

  /** Opens a connection to `other`, and waits for the handshake unless it is mute. */
  call(other: { readonly address: NetAddress }): this {
    this.#out.push({ type: 'dial', address: other.address });
    this.#flush();
    if (this.#options.isMute !== true) this.#world.run(8 * this.#world.latencyMs + 1);
    return this;
  }

  say(message: PeerMessage): void {
    if (this.#link !== undefined) this.sayBytes(this.#link.encode(message));
  }

  /** Several messages in one piece. */
  sayAll(messages: readonly PeerMessage[]): void {
    const link = this.#link;
    if (link === undefined) return;
    this.sayBytes(concatBytes(...messages.map((message) => link.encode(message))));
  }

  sayBytes(bytes: Uint8Array): void {
    this.#send(bytes);
    this.#flush();
  }

  /** All that came and have no answer. */
  answerPings(): void {
    for (const nonce of this.#unanswered.splice(0)) this.say({ type: 'pong', nonce });
  }

  /** Pushes headers. */
  push(...blocks: readonly MadeBlock[]): void {
    this.say({ type: 'newHeaders', headers: headersOf(blocks) });
  }

  hangUp(): void {
    this.#out.push({ type: 'disconnect', peer: this.#peer, reason: 'not-needed' });
    this.#flush();
  }

  /** The messages of one type that it heard. */
  all<Type extends PeerMessage['type']>(type: Type): Said<Type>[] {
    return this.heard.filter((message) => message.type === type) as Said<Type>[];
  }

  /** Hashes that it was asked for. */
  get askedFor(): BlockHash[] {
    return this.all('getBlocks').flatMap(({ hashes }) => hashes);
  }

  handle(input: ConnectionInput, now: Now): { readonly type: string }[] {
    switch (input.type) {
      case 'connected':
        this.#onConnected(input.peer, input.dialed === undefined ? 'called' : 'caller', now);
        break;
      case 'received':
        this.#onReceived(input.bytes);
        break;
      case 'closed':
        this.isClosed = true;
        break;
      default:
    }
    return this.#out.splice(0);
  }

  nextWake(): MonoMs | undefined {
    return undefined;
  }

  get #number(): number {
    return this.#options.number ?? 200;
  }

  #onConnected(peer: PeerId, role: Role, now: Now): void {
    this.#peer = peer;
    this.isClosed = false;
    this.#link = new Link(
      peerProtocol(this.#network.params.blockBytesMax),
      this.#handshake(role, now),
    );
    if (this.#options.isMute === true) return;
    for (const frame of this.#link.start()) this.#send(frame);
  }

  #onReceived(bytes: Uint8Array): void {
    if (this.#options.isMute === true) return;
    for (const event of this.#link?.receive(bytes) ?? []) {
      if (event.type === 'send') this.#send(event.frame);
      if (event.type === 'ready') {
        this.isReady = true;
        this.theirs = event.theirs;
      }
      if (event.type === 'message') this.#onMessage(event.message);
    }
  }

  #onMessage(message: PeerMessage): void {
    if (message.type === 'ping') {
      this.#unanswered.push(message.nonce);
      if (this.#options.isDeaf !== true) this.answerPings();
      return;
    }
    this.heard.push(message);
    if (message.type === 'getBlocks') this.#serve(message.hashes);
    this.onMessage?.(message);
  }

  #serve(hashes: readonly BlockHash[]): void {
    for (const hash of hashes) {
      const found = this.#options.blocks?.find(({ block }) => block.hash === hash);
      if (found !== undefined) this.say({ type: 'block', block: found.bytes });
    }
  }

  #send(bytes: Uint8Array): void {
    this.#out.push({ type: 'send', peer: this.#peer, bytes, notify: false });
  }

  /** Outside of a step of its own: the world performs at once. */
  #flush(): void {
    this.host.input({ type: 'wake' });
  }

  #handshake(role: Role, now: Now): HandshakeOptions {
    const seed = new Uint8Array(32).fill(this.#number);
    const ours: Hello = {
      protocolMin: PROTOCOL_MIN,
      protocolMax: PROTOCOL_MAX,
      service: 'peer',
      network: this.#network.id,
      nodeKey: toHex(publicKeyOf(seed)) as NodeKey,
      listenPort: this.address.port,
      tipHeight: 0,
      tipWork: 0n,
      unixTime: now.unix,
      instance: toHex(new Uint8Array(8).fill(this.#number)),
      nonce: '11'.repeat(16),
      agent: 'stranger',
      ...this.#options.hello,
    };
    const accept = (): undefined => undefined;
    return { role, ours, sign: (message) => sign(seed, message), channel: PLAIN_CHANNEL, accept };
  }
}

/** The headers of `blocks` as messages carry them. */
export const headersOf = (blocks: readonly MadeBlock[]): Uint8Array =>
  concatBytes(...blocks.map(({ bytes }) => bytes.subarray(0, 80)));
