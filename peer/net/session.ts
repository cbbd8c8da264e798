/**
 * One connection with another node, from its first byte to its last: the link (frames, handshake,
 * messages), the table of what may arrive, the pings. What the messages mean is for the other
 * parts.
 *
 *     shaking hands → ready → ended
 */

import { assertDefined } from '../../shared/assert.js';
import type { Rng } from '../../shared/rng.js';
import type { MonoMs, NodeKey, PeerId, UnixSeconds } from '../../shared/units.js';
import { DISCONNECT_REASONS, type DisconnectReason } from '../../shared/wire/disconnect.js';
import { HANDSHAKE_TIMEOUT_MS, type HandshakeOptions } from '../../shared/wire/handshake.js';
import type { Hello, Service } from '../../shared/wire/handshakeMessages.js';
import { Link } from '../../shared/wire/link.js';
import type { NetAddress } from '../../shared/wire/netAddress.js';
import type { PeerMessage, PeerProtocol, PeerRow } from '../../shared/wire/peerMessages.js';
import type { PeerSummary } from '../types.js';
import { ARRIVALS, type Arrival, type Counterpart } from './arrivals.js';
import type { Identity } from './identity.js';
import type { Outbox } from './outbox.js';
import { Pings } from './pings.js';

/** Facts of a connection that never change. */
export interface ConnectionFacts {
  readonly peer: PeerId;
  /** Where the other side is; with an outbound session, where it listens. */
  readonly address: NetAddress;
  readonly direction: 'inbound' | 'outbound';
  readonly since: MonoMs;
  /** Our wall clock at that time. */
  readonly sinceUnix: UnixSeconds;
  /** The chain work that our hello tells. */
  readonly toldWork: bigint;
}

/** What others may ask about a session. What is `undefined` is not known before it is ready. */
export interface SessionStatus {
  readonly address: NetAddress;
  readonly direction: 'inbound' | 'outbound';
  readonly state: 'shaking-hands' | 'ready';
  /** The protocol version that both sides speak; `undefined` until that is agreed. */
  readonly protocol: number | undefined;
  readonly agent: string | undefined;
  readonly nodeKey: NodeKey | undefined;
  /** Round trip of the last ping that was answered. */
  readonly latencyMs: number | undefined;
  readonly connectedMs: number;
  readonly bytesReceived: number;
}

/**
 * Whoever answers no ping for so long is let go when the next one is due, whatever it says: longer
 * than all that may wait before a pong takes at 20 kB/s.
 */
const DOUBT_MAX_MS = 600_000;

export interface SessionDependencies {
  readonly protocol: PeerProtocol;
  readonly identity: Identity;
  readonly outbox: Outbox;
  readonly rng: Rng;
  /** Called whenever a session is pinged. */
  readonly onPing: (session: Session, now: MonoMs) => void;
  /** Called once, when a session is to end. */
  readonly onEnding: (session: Session) => void;
}

/** Why a session ends, and what the log says about it. */
export interface Ending {
  readonly reason: DisconnectReason;
  readonly sentence: string;
  /** It broke a rule that an honest node of any version keeps. */
  readonly isBan: boolean;
  /** The connection is gone already: there is nothing to close. */
  readonly isClosed: boolean;
}

/** What some bytes brought, in order. Pings and pongs stay inside. */
export type SessionEvent =
  | { readonly type: 'ready' }
  | {
      readonly type: 'message';
      readonly message: PeerMessage;
      /** Never 'never'. */
      readonly arrival: Arrival;
    };

export class Session {
  readonly facts: ConnectionFacts;
  readonly #dependencies: SessionDependencies;
  readonly #link: Link<PeerRow>;
  #hello: Hello | undefined;
  #readyAt: MonoMs | undefined;
  #pings: Pings | undefined;
  #ending: Ending | undefined;
  #bytesReceived = 0;
  #sentBytes = 0;
  #heardAt: MonoMs;
  #listenAddress: NetAddress | undefined;
  #doubtedAt: MonoMs | undefined;

  constructor(
    facts: ConnectionFacts,
    handshake: HandshakeOptions,
    dependencies: SessionDependencies,
  ) {
    this.facts = facts;
    this.#heardAt = facts.since;
    if (facts.direction === 'outbound') this.#listenAddress = facts.address;
    this.#dependencies = dependencies;
    this.#link = new Link(dependencies.protocol, handshake);
  }

  get peer(): PeerId {
    return this.facts.peer;
  }

  /** What the other side said of itself: once the handshake is over. */
  get hello(): Hello {
    return assertDefined(this.#hello, 'a session has a hello once it is ready');
  }

  /** What kind of program it is; `undefined` until the handshake is over. */
  get service(): Service | undefined {
    return this.#hello?.service;
  }

  get nodeKey(): NodeKey {
    return this.hello.nodeKey;
  }

  get isReady(): boolean {
    return this.#hello !== undefined && this.#ending === undefined;
  }

  /** Whether it is a ready session with a node, which can be asked and told. */
  get isPeer(): boolean {
    return this.isReady && this.hello.service === 'peer';
  }

  /** The same, or one with a light peer, which is told and asks, and is asked for nothing. */
  get isListener(): boolean {
    return this.isReady && this.hello.service !== 'tracker';
  }

  /** When the handshake was over. */
  get readyAt(): MonoMs | undefined {
    return this.#readyAt;
  }

  /** Set once it is to end; nothing more is sent or taken then. */
  get ending(): Ending | undefined {
    return this.#ending;
  }

  /** How far the other side's clock was ahead of ours, less up to a handshake's time. */
  get clockOffsetSeconds(): number {
    return this.hello.unixTime - this.facts.sinceUnix;
  }

  get latencyMs(): number | undefined {
    return this.#pings?.latencyMs;
  }

  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  /** When the last of them came. */
  get heardAt(): MonoMs {
    return this.#heardAt;
  }

  /** See `doubt`. */
  get isInDoubt(): boolean {
    return this.#doubtedAt !== undefined;
  }

  /** Bytes that we sent and that may be on their way. */
  unansweredBytes(now: MonoMs): number {
    return this.#sentBytes - (this.#pings?.arrivedBytes(now) ?? 0);
  }

  get summary(): PeerSummary {
    const { address, direction } = this.facts;
    return { address, direction, agent: this.#link.heard?.agent ?? '' };
  }

  /**
   * Whether the log is told that it ends for `reason`: visits of trackers, and of those who only
   * open a port, come and go; at our end all go.
   */
  isWorthTelling(reason: DisconnectReason): boolean {
    if (reason === 'shutting-down') return false;
    if (this.service !== undefined) return this.service !== 'tracker';
    return this.facts.direction === 'outbound' || reason !== 'connection-lost';
  }

  status(now: MonoMs): SessionStatus {
    const { address, direction, since } = this.facts;
    return {
      address,
      direction,
      state: this.isReady ? 'ready' : 'shaking-hands',
      protocol: this.#link.version,
      agent: this.#hello?.agent,
      nodeKey: this.#hello?.nodeKey,
      latencyMs: this.#pings?.latencyMs,
      connectedMs: now - since,
      bytesReceived: this.#bytesReceived,
    };
  }

  /** Where the other side can be dialed, as far as it told: for an inbound session, unproven. */
  get listenAddress(): NetAddress | undefined {
    return this.#listenAddress;
  }

  /** The connection is open. */
  start(): void {
    for (const frame of this.#link.start()) this.#sendFrame(frame);
  }

  /** What `bytes` bring. Ends by itself once the session is to end. */
  *receive(bytes: Uint8Array, now: MonoMs): Generator<SessionEvent, void> {
    this.#bytesReceived += bytes.length;
    this.#heardAt = now;
    this.#pings?.onHeard(now);
    for (const event of this.#link.receive(bytes)) {
      switch (event.type) {
        case 'send':
          this.#sendFrame(event.frame);
          break;
        case 'ready':
          this.#onReady(event.theirs, now);
          yield { type: 'ready' };
          break;
        case 'message':
          if (this.#admits(event.message, now)) yield this.#passedOn(event.message);
          break;
        case 'breach':
          this.breach(event.reason, event.sentence);
      }
      if (this.#ending !== undefined) return;
    }
  }

  /** Whether the other side's version knows messages of this type. */
  knows(type: PeerMessage['type']): boolean {
    return this.#link.knows(type);
  }

  send(message: PeerMessage, notify = false): void {
    if (this.isReady) this.#sendFrame(this.#link.encode(message), notify);
  }

  /** Sends a ping now, beside those that come by themselves. */
  ping(now: MonoMs): void {
    const nonce = this.#dependencies.identity.pingNonce();
    this.#pings?.sent(nonce, now, this.#sentBytes);
    this.send({ type: 'ping', nonce });
    this.#dependencies.onPing(this, now);
  }

  /**
   * It may be dead until a pong answers a ping that was sent at `since` or later. Other bytes say
   * nothing of the way there: where a line was cut, TCP may have what comes delivered at once, and
   * what goes a minute later.
   */
  doubt(since: MonoMs): void {
    this.#doubtedAt ??= since;
  }

  /** It is to end for `reason`, which is nobody's breach. The first reason counts. */
  end(reason: DisconnectReason, sentence?: string): void {
    this.#end({ reason, sentence, isBan: false, isClosed: false });
  }

  /** It broke the protocol. */
  breach(reason: DisconnectReason, sentence?: string): void {
    const isBan = DISCONNECT_REASONS[reason].fault === 'ban';
    this.#end({ reason, sentence, isBan, isClosed: false });
  }

  /** It sent something that breaks a rule. */
  fault(
    reason: 'invalid-header' | 'invalid-block' | 'invalid-transaction' | 'invalid-proof',
    isBan: boolean,
    sentence: string,
  ): void {
    this.#end({ reason, sentence, isBan, isClosed: false });
  }

  /** The other side, or the network, closed it. */
  onClosed(): void {
    this.#end({ reason: 'connection-lost', sentence: undefined, isBan: false, isClosed: true });
  }

  /** Time-out of the handshake, pings. */
  onTime(now: MonoMs): void {
    if (this.#ending !== undefined) return;
    if (this.#pings === undefined) {
      if (now >= this.#handshakeDeadline) this.end('handshake-timeout');
      return;
    }
    const isTooLong = this.#doubtedAt !== undefined && now >= this.#doubtedAt + DOUBT_MAX_MS;
    const step = isTooLong ? 'dead' : this.#pings.step(now);
    if (step === 'ping') this.ping(now);
    else if (step === 'dead') this.end('ping-timeout');
  }

  /** When `onTime` has something to do. */
  get nextWake(): MonoMs {
    return this.#pings?.dueAt ?? this.#handshakeDeadline;
  }

  get #handshakeDeadline(): MonoMs {
    return (this.facts.since + HANDSHAKE_TIMEOUT_MS) as MonoMs;
  }

  #onReady(theirs: Hello, now: MonoMs): void {
    this.#hello = theirs;
    if (theirs.listenPort > 0) {
      this.#listenAddress ??= { host: this.facts.address.host, port: theirs.listenPort };
    }
    this.#readyAt = now;
    this.#pings = new Pings(now, this.#dependencies.rng);
  }

  /** Deals with pings and pongs; true for a message that others deal with. */
  #admits(message: PeerMessage, now: MonoMs): boolean {
    if (this.#arrival(message) === 'never') this.breach('message-unexpected');
    else if (message.type === 'ping') this.#onPing(message.nonce, now);
    else if (message.type === 'pong') this.#onPong(message.nonce, now);
    else return true;
    return false;
  }

  #passedOn(message: PeerMessage): SessionEvent {
    return { type: 'message', message, arrival: this.#arrival(message) };
  }

  #arrival(message: PeerMessage): Arrival {
    return ARRIVALS[this.#counterpart][message.type];
  }

  get #counterpart(): Counterpart {
    const isClient = this.#dependencies.identity.service === 'client';
    return isClient ? 'server' : this.hello.service;
  }

  #onPing(nonce: string, now: MonoMs): void {
    if (this.#pings?.onPing(now) === true) this.send({ type: 'pong', nonce });
    else this.end('flooding');
  }

  #onPong(nonce: string, now: MonoMs): void {
    const sentAt = this.#pings?.onPong(nonce, now);
    if (sentAt === undefined) this.breach('message-unexpected');
    else if (this.#doubtedAt !== undefined && sentAt >= this.#doubtedAt)
      this.#doubtedAt = undefined;
  }

  #sendFrame(frame: Uint8Array, notify = false): void {
    this.#sentBytes += frame.length;
    this.#dependencies.outbox.send(this.peer, frame, notify);
  }

  #end(ending: Omit<Ending, 'sentence'> & { readonly sentence: string | undefined }): void {
    if (this.#ending !== undefined) return;
    const sentence = ending.sentence ?? DISCONNECT_REASONS[ending.reason].sentence;
    this.#ending = { ...ending, sentence };
    this.#dependencies.onEnding(this);
  }
}
