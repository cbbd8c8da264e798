/** One attempt to open a TCP connection, and what sockets say of their two ends. */

import net from 'node:net';

import type { DialProblem } from '../wire/connection.js';
import { canonicalHost, type NetAddress } from '../wire/netAddress.js';

export interface DialListeners {
  onConnected(socket: net.Socket): void;
  onFailed(problem: DialProblem): void;
}

/** Calls one of its listeners, once, unless it is cancelled. */
export class Dial {
  readonly #socket: net.Socket;
  readonly #timer: NodeJS.Timeout;
  readonly #listeners: DialListeners;

  constructor(address: NetAddress, timeoutMs: number, listeners: DialListeners) {
    this.#listeners = listeners;
    this.#timer = setTimeout(this.#onTimeout, timeoutMs);
    this.#socket = net.connect({ host: address.host, port: address.port, noDelay: true });
    this.#socket.once('connect', this.#onConnect);
    this.#socket.once('error', this.#onError);
  }

  cancel(): void {
    this.#letGo();
    discard(this.#socket);
  }

  readonly #onConnect = (): void => {
    this.#letGo();
    this.#listeners.onConnected(this.#socket);
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    this.#fail(problemOf(error.code));
  };

  readonly #onTimeout = (): void => {
    this.#fail('timed-out');
  };

  #fail(problem: DialProblem): void {
    this.cancel();
    this.#listeners.onFailed(problem);
  }

  #letGo(): void {
    clearTimeout(this.#timer);
    this.#socket.off('connect', this.#onConnect);
    this.#socket.off('error', this.#onError);
  }
}

function problemOf(code: string | undefined): DialProblem {
  if (code === 'ECONNREFUSED') return 'refused';
  return code === 'ETIMEDOUT' ? 'timed-out' : 'unreachable';
}

/** Closes `socket` at once, whatever it still has to say. */
export function discard(socket: net.Socket): void {
  socket.on('error', () => undefined);
  socket.destroy();
}

/** The other end's address; `undefined` when the connection is already gone. */
export const remoteOf = (socket: net.Socket): NetAddress | undefined =>
  addressOf(socket.remoteAddress, socket.remotePort);

/** Our end's address. */
export const localOf = (socket: net.Socket): NetAddress | undefined =>
  addressOf(socket.localAddress, socket.localPort);

/** The zone of a link-local address (`%eth0`) says nothing to others and is left out. */
function addressOf(text: string | undefined, port: number | undefined): NetAddress | undefined {
  const host = canonicalHost(text?.replace(/%.*$/, '') ?? '');
  return host === undefined || port === undefined ? undefined : { host, port };
}
