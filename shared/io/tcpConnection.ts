/**
 * One open TCP connection: what waits to be sent is counted and bounded, a peer that does not read
 * is not read from, and one that sends without end waits for the others after each piece.
 */

import type net from 'node:net';

import type { DisconnectReason } from '../wire/disconnect.js';

export interface QueueLimits {
  readonly queuePauseBytes: number;
  readonly queueBytesMax: number;
}

export interface TcpConnectionListeners {
  onReceived(bytes: Uint8Array): void;
  /** All up to a `send` with `notify` went to the operating system. */
  onSent(): void;
  /** The queue grew or shrank. */
  onQueued(changeBytes: number): void;
  /** Not called after `end`. With a reason: we gave it up. */
  onClosed(reason: DisconnectReason | undefined): void;
}

export class TcpConnection {
  /** Resolves when the socket is gone. */
  readonly closed: Promise<void>;
  readonly #socket: net.Socket;
  readonly #limits: QueueLimits;
  readonly #listeners: TcpConnectionListeners;
  #queuedBytes = 0;
  /** It has had its turn; the others come first. */
  #isWaiting = false;
  /** No listener but `onQueued` is called any more. */
  #isOver = false;
  /** The queue was thrown away. */
  #isDropped = false;

  constructor(socket: net.Socket, limits: QueueLimits, listeners: TcpConnectionListeners) {
    this.#socket = socket;
    this.#limits = limits;
    this.#listeners = listeners;
    socket.on('data', (bytes) => {
      if (bytes.length >= PIECE_BYTES) this.#waitForTurn();
      if (!this.#isOver) listeners.onReceived(bytes);
    });
    socket.on('error', () => undefined); // 'close' follows, and says enough
    this.closed = new Promise((resolve) => {
      socket.once('close', () => {
        this.#finish(undefined);
        resolve();
      });
    });
  }

  /** Bytes that the operating system has not taken yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  get traffic(): { readonly receivedBytes: number; readonly sentBytes: number } {
    return { receivedBytes: this.#socket.bytesRead, sentBytes: this.#socket.bytesWritten };
  }

  send(bytes: Uint8Array, notify: boolean): void {
    if (this.#isOver) return;
    this.#socket.write(bytes, (error) => {
      this.#onWritten(bytes.length);
      if (notify && !this.#isOver && (error === undefined || error === null)) {
        this.#listeners.onSent();
      }
    });
    this.#queuedBytes += bytes.length;
    if (this.#queuedBytes > this.#limits.queuePauseBytes) this.#socket.pause();
    this.#listeners.onQueued(bytes.length);
    if (this.#queuedBytes > this.#limits.queueBytesMax) this.giveUp('queue-full');
  }

  /**
   * Closes after what was sent before. What still comes is read and thrown away, for an unread rest
   * would make the system drop what we sent last.
   */
  end(): void {
    this.#isOver = true;
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), LINGER_MS);
    this.#socket.once('close', () => {
      clearTimeout(timer);
    });
  }

  /** Closes at once; nothing is queued any more. */
  giveUp(reason: DisconnectReason): void {
    this.#isDropped = true;
    this.#listeners.onQueued(-this.#queuedBytes);
    this.#queuedBytes = 0;
    this.#socket.destroy();
    this.#finish(reason);
  }

  #finish(reason: DisconnectReason | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#listeners.onClosed(reason);
  }

  #onWritten(sizeBytes: number): void {
    if (this.#isDropped) return;
    this.#queuedBytes -= sizeBytes;
    this.#listeners.onQueued(-sizeBytes);
    this.#readOn();
  }

  /** Node would read thirty-two pieces from one socket before it looks at any other. */
  #waitForTurn(): void {
    this.#isWaiting = true;
    this.#socket.pause();
    setImmediate(() => {
      this.#isWaiting = false;
      this.#readOn();
    });
  }

  #readOn(): void {
    if (this.#isWaiting || !this.#socket.isPaused()) return;
    if (this.#queuedBytes * 2 <= this.#limits.queuePauseBytes) this.#socket.resume();
  }
}

/** What Node reads at a time: a piece of that size is not the last one. */
const PIECE_BYTES = 65_536;

/** How long what was sent before may take to leave. */
const LINGER_MS = 1_000;
