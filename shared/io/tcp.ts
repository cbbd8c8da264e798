/**
 * The sockets of a program: performs `ConnectionEffect`s on TCP and reports `ConnectionInput`s.
 *
 * Bounded: connections in all and from one address; bytes that wait to be sent, for each peer and
 * over all. A peer that does not read what it asked for is not read from either; if that does not
 * help, it is disconnected.
 */

import net from 'node:net';
import { promisify } from 'node:util';

import { assertNever } from '../assert.js';
import type { PeerId } from '../units.js';
import type { ConnectionEffect, ConnectionInput } from '../wire/connection.js';
import { printNetAddress, scopeOf, type NetAddress } from '../wire/netAddress.js';
import { listen } from './listen.js';
import { Dial, discard, localOf, remoteOf } from './tcpDial.js';
import { TcpConnection, type TcpConnectionListeners } from './tcpConnection.js';

export interface SocketLimits {
  /** Connections that others made to us. */
  readonly inboundMax: number;
  /** Of these, from one address; loopback has only the cap above, for there whole networks live. */
  readonly inboundPerHostMax: number;
  /** Bytes waiting for one peer above which nothing more is read from it. */
  readonly queuePauseBytes: number;
  /** Bytes waiting for one peer above which it is disconnected. */
  readonly queueBytesMax: number;
  /** Bytes waiting for all peers above which the one with the longest queue is disconnected. */
  readonly queuedBytesMax: number;
  readonly dialTimeoutMs: number;
}

/** Queues: two of the largest blocks for one peer, and twenty times that over all. */
export const SOCKET_LIMITS: SocketLimits = {
  inboundMax: 117,
  inboundPerHostMax: 16,
  queuePauseBytes: 1_000_000,
  queueBytesMax: 8_000_000,
  queuedBytesMax: 160_000_000,
  dialTimeoutMs: 5_000,
};

export class Sockets {
  readonly #limits: SocketLimits;
  readonly #onInput: (input: ConnectionInput) => void;
  readonly #connections = new Map<PeerId, TcpConnection>();
  /** Dials under way, by the text of their address. */
  readonly #dials = new Map<string, Dial>();
  readonly #inbound: InboundCount;
  readonly #servers: net.Server[] = [];
  /** All that are open, also those that only send their rest. */
  readonly #open = new Set<TcpConnection>();
  #queuedBytes = 0;
  #lastPeer = 0;
  /** Set once `close` was called. */
  #closing: Promise<void> | undefined;

  constructor(limits: SocketLimits, onInput: (input: ConnectionInput) => void) {
    this.#limits = limits;
    this.#inbound = new InboundCount(limits);
    this.#onInput = onInput;
  }

  /** Bytes that wait to be sent, over all connections. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Accepts connections; returns where (`port` 0 lets the system choose). Throws `Trouble`. */
  async listen(host: string, port: number): Promise<NetAddress> {
    const server = net.createServer({ noDelay: true }, (socket) => {
      this.#onInbound(socket);
    });
    const address = await listen(server, { host, port });
    this.#servers.push(server);
    return address;
  }

  perform(effect: ConnectionEffect): void {
    switch (effect.type) {
      case 'dial':
        this.#dial(effect.address);
        return;
      case 'send':
        this.#connections.get(effect.peer)?.send(effect.bytes, effect.notify);
        return;
      case 'disconnect':
        this.#connections.get(effect.peer)?.end();
        this.#connections.delete(effect.peer);
        return;
      default:
        assertNever(effect);
    }
  }

  /** Bytes received from and sent to a peer since it connected. */
  traffic(
    peer: PeerId,
  ): { readonly receivedBytes: number; readonly sentBytes: number } | undefined {
    return this.#connections.get(peer)?.traffic;
  }

  /**
   * Stops listening and ends every connection, after what was sent before; takes a second at most.
   */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    for (const dial of this.#dials.values()) dial.cancel();
    for (const connection of this.#connections.values()) connection.end();
    this.#connections.clear();
    const servers = this.#servers.map((server) => promisify(server.close.bind(server))());
    await Promise.all([...servers, ...[...this.#open].map((connection) => connection.closed)]);
  }

  #dial(address: NetAddress): void {
    const key = printNetAddress(address);
    if (this.#closing !== undefined || this.#dials.has(key)) return;
    const dial = new Dial(address, this.#limits.dialTimeoutMs, {
      onConnected: (socket) => {
        this.#dials.delete(key);
        this.#connect(socket, address);
      },
      onFailed: (problem) => {
        this.#dials.delete(key);
        this.#onInput({ type: 'dial-failed', address, problem });
      },
    });
    this.#dials.set(key, dial);
  }

  #onInbound(socket: net.Socket): void {
    const host = remoteOf(socket)?.host;
    if (host === undefined || !this.#inbound.hasPlaceFor(host)) {
      discard(socket);
      return;
    }
    this.#inbound.add(host, 1);
    socket.once('close', () => {
      this.#inbound.add(host, -1);
    });
    this.#connect(socket, undefined);
  }

  #connect(socket: net.Socket, dialed: NetAddress | undefined): void {
    const [remote, local] = [remoteOf(socket), localOf(socket)];
    if (remote === undefined || local === undefined) {
      discard(socket);
      if (dialed === undefined) return;
      this.#onInput({ type: 'dial-failed', address: dialed, problem: 'unreachable' });
      return;
    }
    const peer = ++this.#lastPeer as PeerId;
    const connection = new TcpConnection(socket, this.#limits, this.#listeners(peer));
    this.#connections.set(peer, connection);
    this.#open.add(connection);
    void connection.closed.then(() => this.#open.delete(connection));
    this.#onInput({ type: 'connected', peer, remote, local, dialed });
  }

  #listeners(peer: PeerId): TcpConnectionListeners {
    return {
      onReceived: (bytes) => {
        this.#onInput({ type: 'received', peer, bytes });
      },
      onSent: () => {
        this.#onInput({ type: 'sent', peer });
      },
      onQueued: (changeBytes) => {
        this.#queuedBytes += changeBytes;
        if (changeBytes > 0) this.#keepQueuesBounded();
      },
      onClosed: (reason) => {
        this.#connections.delete(peer);
        this.#onInput({ type: 'closed', peer, ...(reason === undefined ? {} : { reason }) });
      },
    };
  }

  #keepQueuesBounded(): void {
    while (this.#queuedBytes > this.#limits.queuedBytesMax) {
      let longest: TcpConnection | undefined;
      for (const connection of this.#open) {
        if (connection.queuedBytes > (longest?.queuedBytes ?? 0)) longest = connection;
      }
      if (longest === undefined) return;
      longest.giveUp('queue-full');
    }
  }
}

/** Connections that others made to us: how many there are, and whether one more may come. */
class InboundCount {
  readonly #limits: SocketLimits;
  readonly #byHost = new Map<string, number>();
  #count = 0;

  constructor(limits: SocketLimits) {
    this.#limits = limits;
  }

  hasPlaceFor(host: string): boolean {
    if (this.#count >= this.#limits.inboundMax) return false;
    if (scopeOf(host) === 'loopback') return true;
    return (this.#byHost.get(host) ?? 0) < this.#limits.inboundPerHostMax;
  }

  add(host: string, change: 1 | -1): void {
    const count = (this.#byHost.get(host) ?? 0) + change;
    if (count === 0) this.#byHost.delete(host);
    else this.#byHost.set(host, count);
    this.#count += change;
  }
}
